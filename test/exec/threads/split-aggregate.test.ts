import { expect, test } from 'vitest'
import { decimal, float64, int32, int64, utf8 } from '../../../src/arrow/data-type.ts'
import { field } from '../../../src/arrow/schema.ts'
import type { Column, TableSnapshot } from '../../../src/catalog/model/table.ts'
import { splitAggregate } from '../../../src/exec/threads/split-aggregate.ts'
import { columnExpr } from '../../../src/plan/expr-walk.ts'
import type { AggregateName } from '../../../src/plan/function.ts'
import { aggregate, limit, scan } from '../../../src/plan/logical-plan.ts'
import { aggregateSignature } from '../../../src/plan/signature.ts'

const TYPES = {
  i: int32,
  l: int64,
  f: float64,
  d: decimal(12, 2),
  p: decimal(37, 2),
  w: decimal(38, 2),
  s: utf8,
}
const columns: Column[] = Object.entries(TYPES).map(([name, type], position) => {
  return { id: position + 1, name, type, nullable: true, folder: name }
})
const table: TableSnapshot = {
  name: 'a/b.t',
  tableId: 'id',
  storeUrl: 'file:///x',
  folder: 'a/b/t',
  version: 1,
  columns,
  clusterBy: [],
}
const all = { partitions: [{ id: 7, rows: 1 }], statistics: new Map() }
const source = scan(table, { partitions: { all, kept: [7], pruned: new Map() } })

const over = (name: AggregateName, column: keyof typeof TYPES | null, input = source as never) => {
  const arg = column === null ? null : columnExpr(field(column, TYPES[column]))
  return aggregate(
    input,
    [],
    [{ name: 'a', aggregate: name, input: arg, ...aggregateSignature(name, arg) }],
  )
}

test.each([
  ['count', null],
  ['count', 's'],
  ['min', 'f'],
  ['max', 's'],
  ['sum', 'i'],
  ['sum', 'd'],
  ['sum', 'p'],
] as const)('%s of %s is the same in parts', (name, column) => {
  const split = splitAggregate(over(name, column))
  expect(split?.partial(7).schema).toEqual(over(name, column).schema)
})

test.each([
  ['sum', 'l'], // a part could overflow where the whole does not
  ['sum', 'w'],
  ['sum', 'f'], // rounding would depend on the parts
  ['mean', 'i'],
  ['first', 'i'],
  ['countDistinct', 'i'],
  ['median', 'i'],
] as const)('%s of %s is left to one thread', (name, column) => {
  expect(splitAggregate(over(name, column))).toBeNull()
})

test('an aggregate over a limit stays whole: parts would keep other rows', () => {
  const some = limit(source, { count: 1, offset: 0 })
  expect(splitAggregate(over('count', null, some as never))).toBeNull()
})
