import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { int64 } from '../../src/arrow/data-type.ts'
import { field, schema } from '../../src/arrow/schema.ts'
import { accessor } from '../../src/frame/accessor.ts'
import { termOfExpr } from '../../src/frame/lazy-expr.ts'
import { runs } from '../support/random.ts'

const over = (...names: string[]) => accessor(schema(names.map((name) => field(name, int64))))

test('every name is a column, whatever it means elsewhere', () => {
  const odd = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('then', '__proto__', 'constructor', '', 'toString', 'hasOwnProperty', '0'),
  )
  fc.assert(
    fc.property(fc.uniqueArray(odd, { minLength: 1 }), (names) => {
      const columns = over(...names)
      for (const name of names) {
        expect(termOfExpr(columns[name], 'test')).toEqual({ kind: 'column', name })
      }
      expect(Object.keys(columns)).toEqual(names)
    }),
    { numRuns: runs(30) },
  )
})

test.each(['amonut', 'then', '__proto__', 'constructor', 'toString', ''])(
  'a name that is no column throws at once: %j',
  (name) => {
    expect(() => over('amount')[name]).toThrow(
      expect.objectContaining({
        code: 'NOT_FOUND',
        facts: expect.objectContaining({ column: name }),
      }),
    )
  },
)

test('the nearest name is offered', () => {
  expect(() => over('amount', 'id').amonut).toThrow(/did you mean "amount"/)
})

test('nothing can be set, and looking at it throws nothing', () => {
  const columns = over('a')
  expect(() => {
    columns.b = 1
  }).toThrow(TypeError)
  expect(() => inspect(columns)).not.toThrow()
  expect('a' in columns).toBe(true)
  expect('b' in columns).toBe(false)
})
