import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DataType, date, float64, int64, utf8 } from '../../../src/arrow/data-type.ts'
import { type Scalar, scalarAt } from '../../../src/arrow/scalar.ts'
import type { ColumnPartition } from '../../../src/catalog/model/partition-set.ts'
import { joinInline } from '../../../src/exec/operator/joined-inline.ts'
import { encodeColumn } from '../../../src/io/csv/encode-column.ts'
import { openColumn } from '../../../src/io/csv/open-column.ts'
import { memoryStore } from '../../../src/io/memory-store.ts'
import { runs } from '../../support/random.ts'
import { vectorOf } from '../../support/scalar-rows.ts'

const COLUMNS: readonly (readonly [name: string, type: DataType, value: fc.Arbitrary<Scalar>])[] = [
  ['id', int64, fc.bigInt({ min: -99n, max: 2n ** 62n })],
  [
    'a "name",\nquoted',
    utf8,
    fc.string({ unit: fc.constantFrom('a', '"', '\n', ',', 'é', '\\N') }),
  ],
  ['f', float64, fc.double()],
  ['d', date, fc.integer({ min: -9, max: 20_000 })],
]

function inline(name: string, type: DataType, values: readonly Scalar[]): ColumnPartition {
  const { bytes, statistics } = encodeColumn(name, vectorOf(type, values))
  return { ...statistics, file: 1, text: Buffer.from(bytes).toString() }
}

/** Partitions 1, 2, ... of these values; of those of `files` the metadata have no text. */
function setOf(
  values: readonly (readonly Scalar[][])[],
  files: readonly boolean[] = [],
): Parameters<typeof joinInline> {
  const partitions = values.map((columns, at) => ({ id: at + 1, rows: columns[0]!.length }))
  const statistics = new Map(
    COLUMNS.map(([name, type], column) => [
      column + 1,
      new Map(
        values.map((columns, at) => {
          const { text, ...of } = inline(name, type, columns[column]!)
          return [at + 1, files[at] ? of : { ...of, text: text! }] as const
        }),
      ),
    ]),
  )
  return [partitions, statistics]
}

const partitionValues = fc
  .integer({ min: 1, max: 4 })
  .chain((rows) =>
    fc.tuple(
      ...COLUMNS.map(([, , value]) =>
        fc.array(fc.option(value, { nil: null }), { minLength: rows, maxLength: rows }),
      ),
    ),
  )

test('partitions that are read as one hold the rows of each, in order, and files stay by themselves', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(partitionValues, fc.nat(5)), { minLength: 1, maxLength: 9 }),
      async (drawn) => {
        const values = drawn.map(([of]) => of)
        const files = drawn.map(([, of]) => of === 0)
        const joined = joinInline(...setOf(values, files))
        let at = 0
        for (const { id, rows } of joined.partitions) {
          const count = joined.counts.get(id) ?? 1
          const parts = values.slice(at, at + count)
          expect(id).toBe(at + 1)
          expect(rows).toBe(parts.reduce((sum, [first]) => sum + first!.length, 0))
          if (files[at]) expect(count).toBe(1)
          at += count
          if (files[id - 1]) continue
          for (const [column, [name, type]] of COLUMNS.entries()) {
            const statistics = joined.statistics.get(column + 1)!.get(id)!
            const file = { key: 'k', name, type, statistics }
            const reader = await openColumn(memoryStore(), file, { verify: 'always' })
            const vector = await reader.read(rows)
            const found = Array.from({ length: rows }, (_, row) => scalarAt(vector, row))
            expect(found).toEqual(parts.flatMap((of) => of[column]!))
            expect(statistics.nulls).toBe(found.filter((value) => value === null).length)
          }
        }
        expect(at).toBe(values.length)
        const runsOfText = files.filter((isFile, n) => isFile || n === 0 || files[n - 1]).length
        expect(joined.partitions).toHaveLength(runsOfText)
      },
    ),
    { numRuns: runs(60) },
  )
})

test('a text that is not what is said of it is left for its reader to refuse', () => {
  const values = [1, 2, 3].map((n) => [
    [BigInt(n), 0n],
    [`n${n}`, 'x'],
    [n, n],
    [n, n],
  ])
  for (const change of [
    { text: 'id\n2\n5\n' },
    { rows: 1 },
    { crc32: 7 },
    { text: 'other\n2\n0\n' },
    { text: 'id\n2\n0' },
    { text: 'id' },
  ]) {
    const [partitions, statistics] = setOf(values)
    const ids = new Map(statistics.get(1))
    ids.set(2, { ...ids.get(2)!, ...change })
    const changed = new Map(statistics).set(1, ids)
    const joined = joinInline(partitions, changed)
    expect(joined.partitions).toEqual(partitions)
    expect(joined.statistics.get(1)!.get(2)).toEqual(ids.get(2))
  }
})
