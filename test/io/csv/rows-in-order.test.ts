import fc from 'fast-check'
import { expect, it } from 'vitest'
import { layoutOf } from '../../../src/arrow/data-type.ts'
import type { Scalar } from '../../../src/arrow/scalar.ts'
import type { ColumnStatistics } from '../../../src/arrow/statistics.ts'
import { encodeColumn } from '../../../src/io/csv/encode-column.ts'
import { openColumn } from '../../../src/io/csv/open-column.ts'
import { rowsInOrder } from '../../../src/io/csv/rows-in-order.ts'
import { runs } from '../../support/random.ts'
import { columnFile, oneFileStore, vectorOf } from './column-store.ts'
import { columnsOf, TYPES } from './column-values.ts'

const NUMBERS = TYPES.filter((type) => layoutOf(type) !== 'utf8')
type Order = ColumnStatistics['hints']['order']

/** Values of one type as they come, or those of the commonest width, in order. */
const anyColumn = fc.constantFrom(...NUMBERS).chain((type) =>
  fc
    .record({
      values: columnsOf(type),
      order: fc.constantFrom<Order>('ascending', 'descending', null),
    })
    .map(({ values, order }) => ({ type, order, values: even(values, order, type) })),
)

function even(
  values: readonly Scalar[],
  order: Order,
  type: (typeof TYPES)[number],
): readonly Scalar[] {
  if (order === null) return values
  const isEven = (of: readonly Scalar[]) =>
    encodeColumn('c', vectorOf(type, of)).statistics.hints.width !== null
  const kept: Scalar[] = []
  for (const value of values) {
    if (value !== null && !Number.isNaN(value) && isEven([...kept, value])) kept.push(value)
  }
  const up = kept.sort((a, b) => (Number(a) < Number(b) ? -1 : Number(a) > Number(b) ? 1 : 0))
  return order === 'ascending' ? up : up.reverse()
}

async function readWhole(
  store: Parameters<typeof openColumn>[0],
  file: Parameters<typeof openColumn>[1],
) {
  const reader = await openColumn(store, file)
  if (file.statistics.rows > 0) await reader.read(file.statistics.rows)
  reader.close()
}

it('finds the rows in a range where the file is known to be in order, and says nothing elsewhere', async () => {
  let found = 0
  await fc.assert(
    fc.asyncProperty(
      anyColumn,
      fc.array(fc.nat(), { minLength: 2, maxLength: 2 }),
      async (column, [low, high]) => {
        const { type, values } = column
        const { bytes, statistics } = encodeColumn('c', vectorOf(type, values))
        const store = oneFileStore(bytes)
        const file = columnFile(type, statistics)
        const known = [-Infinity, Infinity, 0, ...values.map(Number)].filter(
          (bound) => Math.abs(bound) === Infinity || Math.abs(bound) <= Number.MAX_SAFE_INTEGER,
        )
        const [least, greatest] = [known[low! % known.length]!, known[high! % known.length]!]
        const search = () => rowsInOrder(store, file, { least, greatest, flip: 0 }, {})
        expect(await search()).toBeNull()
        if (values.length === 0) return
        await readWhole(store, file)
        const span = await search()
        const { width, order } = statistics.hints
        if (width === null || order === null) {
          expect(span).toBeNull()
          return
        }
        const inside = values.flatMap((value, row) =>
          Number(value) >= least && Number(value) <= greatest ? [row] : [],
        )
        const isEmpty = span!.to <= span!.from
        if (isEmpty) expect(inside).toEqual([])
        else expect(span).toEqual({ from: inside[0]!, to: inside.at(-1)! + 1 })
        if (!isEmpty) found++
      },
    ),
    { numRuns: runs(400) },
  )
  expect(found).toBeGreaterThan(runs(400) / 20)
})

it('refuses a file that is not in the order that its hints claim', async () => {
  const type = NUMBERS.find(({ name }) => name === 'date')!
  const { bytes, statistics } = encodeColumn('c', vectorOf(type, [5, 3, 9]))
  for (const order of ['ascending', 'descending'] as const) {
    const hints = { ...statistics.hints, order }
    const file = columnFile(type, { ...statistics, hints })
    const store = oneFileStore(bytes)
    await readWhole(store, file)
    for (let time = 0; time < 2; time++) {
      const search = rowsInOrder(store, file, { least: 4, greatest: 6, flip: 0 }, {})
      await expect(search).rejects.toMatchObject({ code: 'DATA' })
    }
  }
})
