import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scalarAt } from '../../src/arrow/scalar.ts'
import type { Vector } from '../../src/arrow/vector.ts'
import { vectorFrom } from '../../src/arrow/vector-from.ts'
import { ColumnBuffer } from '../../src/catalog/column-buffer.ts'
import { anyColumn } from '../arrow/arbitrary-values.ts'
import { runs } from '../support/random.ts'

const scalars = (vector: Vector) =>
  Array.from({ length: vector.length }, (_, row) => scalarAt(vector, row))

test('holds the rows that were appended, in order, also when it is used again', () => {
  fc.assert(
    fc.property(anyColumn, fc.array(fc.nat(1000), { maxLength: 6 }), (column, cuts) => {
      const vector = vectorFrom(column.values, column.field)
      const buffer = new ColumnBuffer(column.field.type)
      for (let round = 0; round < 2; round++) {
        const expected: unknown[] = []
        for (const cut of cuts) {
          const from = vector.length === 0 ? 0 : cut % vector.length
          buffer.append(vector, from, vector.length)
          expected.push(...scalars(vector).slice(from))
        }
        expect(scalars(buffer.vector())).toEqual(expected)
        buffer.clear()
      }
      expect(buffer.vector().length).toBe(0)
    }),
    { numRuns: runs(500) },
  )
})
