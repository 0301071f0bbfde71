import { describe, expect, it } from 'vitest'
import { date, decimal, int32, int64, utf8 } from '../../src/arrow/data-type.ts'
import { field, schema } from '../../src/arrow/schema.ts'
import type { ColumnPartition, PartitionSet } from '../../src/catalog/model/partition-set.ts'
import type { Column, TableSnapshot } from '../../src/catalog/model/table.ts'
import { callExpr, columnExpr, literalExpr } from '../../src/plan/expr-walk.ts'
import {
  aggregate,
  filter,
  join,
  type LogicalPlan,
  limit,
  project,
  scan,
  sort,
  topK,
  union,
  values,
} from '../../src/plan/logical-plan.ts'
import { planToJson, printPlan } from '../../src/plan/print.ts'
import { resolveTerm } from '../../src/plan/resolve-term.ts'
import { call, column, lit } from './term-samples.ts'

const COLUMNS: readonly Column[] = [
  { id: 1, name: 'id', type: int64, nullable: false, folder: 'id' },
  { id: 2, name: 'customer', type: utf8, nullable: true, folder: 'customer' },
  { id: 3, name: 'amount', type: decimal(12, 2), nullable: true, folder: 'amount' },
  { id: 4, name: 'day', type: date, nullable: true, folder: 'day' },
]
const TABLE: TableSnapshot = {
  name: 'acme/sales.orders',
  tableId: 't1',
  storeUrl: 'memory:',
  folder: 'acme/sales/orders',
  version: 42,
  columns: COLUMNS,
  clusterBy: [],
  constraints: [],
  identities: [],
}
const whole = scan(TABLE)
const col = (plan: LogicalPlan, name: string) =>
  columnExpr(plan.schema.fields[plan.schema.positions.get(name)!]!)
const predicate = resolveTerm(call('gte', column('day'), lit('2024-01-01')), whole.schema)

const statistics = (bytes: number): ColumnPartition => ({
  file: 1,
  rows: 10,
  nulls: 0,
  nans: 0,
  min: null,
  max: null,
  minExact: false,
  maxExact: false,
  sum: 1n,
  distinct: 0,
  distinctExact: false,
  bytes,
  crc32: 0,
  hints: { width: null, longest: 0, plain: false, ascii: false, order: null },
})
const setOf = (...ids: number[]): PartitionSet => ({
  partitions: [1, 2, 3, 4].map((id) => ({ id, rows: 10 })),
  statistics: new Map(
    ids.map((id) => [id, new Map([1, 2, 3].map((partition) => [partition, statistics(100 * id)]))]),
  ),
})
const pruned = new Map([
  [1, 'day < 2024-01-01'],
  [2, 'day < 2024-01-01'],
])

describe('printPlan', () => {
  it('draws joins, aggregates and scans as a tree', () => {
    const left = aggregate(whole, [{ name: 'id', expr: col(whole, 'id') }], [])
    const right = scan({ ...TABLE, name: 'acme/sales.customers' }, { columns: [COLUMNS[0]!] })
    const both = join(left, right, {
      how: 'left',
      leftKeys: [col(left, 'id')],
      rightKeys: [col(right, 'id')],
      rightNames: ['id_right'],
    })
    const top = sort(limit(both, { count: 5, offset: 2 }), [
      { expr: col(both, 'id'), descending: false, nulls: 'last' },
      { expr: col(both, 'id_right'), descending: true, nulls: 'last' },
    ])
    expect(printPlan(top)).toBe(
      [
        'Sort id, id_right desc nulls last',
        '└─ Limit 5 offset 2',
        '   └─ Join left on id',
        '      ├─ Distinct id',
        '      │  └─ Scan acme/sales.orders @42  columns 4/4',
        '      └─ Scan acme/sales.customers @42  columns 1/4',
      ].join('\n'),
    )
  })

  it('tells of a bound scan what it reads of what there is, and why not the rest', () => {
    const bound = scan(TABLE, {
      columns: [COLUMNS[0]!],
      predicate,
      limit: 7,
      partitions: { all: setOf(1, 4), kept: [3, 4], pruned },
    })
    expect(printPlan(union([bound, bound]))).toBe(
      [
        'Union of 2',
        '├─ Scan acme/sales.orders @42  columns 2/4  partitions 2/4  bytes 500  filter day >= 2024-01-01  limit 7',
        '│     pruned 2: day < 2024-01-01 (2)',
        '└─ Scan acme/sales.orders @42  columns 2/4  partitions 2/4  bytes 500  filter day >= 2024-01-01  limit 7',
        '      pruned 2: day < 2024-01-01 (2)',
      ].join('\n'),
    )
  })

  it('says at least, where the bytes of a column are not known', () => {
    const bound = scan(TABLE, { partitions: { all: setOf(1), kept: [1], pruned: new Map() } })
    expect(printPlan(bound)).toContain('bytes at least 100')
  })

  it('sums up the reasons, most first', () => {
    const reasons = new Map(
      Array.from({ length: 20 }, (_, i) => [i, `x < ${i % 6 === 5 ? 0 : i % 6}`]),
    )
    const bound = scan(TABLE, { partitions: { all: setOf(), kept: [], pruned: reasons } })
    expect(printPlan(bound)).toContain(
      'pruned 20: x < 0 (7), x < 1 (4), x < 2 (3), x < 3 (3), other reasons (3)',
    )
  })

  it('cuts long names and long lists', () => {
    const fields = Array.from({ length: 100 }, (_, i) => field(`${i}`.repeat(5000), int32))
    const wide = values(schema(fields), [], 'rows')
    const columns = fields.map((of) => ({ name: of.name, expr: callExpr('neg', [columnExpr(of)]) }))
    const text = printPlan(project(wide, columns))
    expect(text.length).toBeLessThan(8000)
    expect(text).toContain('... 88 more')
  })

  it('appends what annotate says of a node', () => {
    const plan = filter(whole, literalExpr(true, { name: 'bool' }))
    const text = printPlan(plan, {
      annotate: ({ kind }) => (kind === 'filter' ? 'rows 3' : undefined),
    })
    expect(text).toBe('Filter true  rows 3\n└─ Scan acme/sales.orders @42  columns 4/4')
  })

  it('prints a plan of thousands of nodes', () => {
    let plan: LogicalPlan = whole
    for (let i = 0; i < 5000; i++) plan = limit(plan, { count: 1, offset: 0 })
    expect(printPlan(plan).split('\n')).toHaveLength(5001)
  })
})

describe('planToJson', () => {
  it('comes back from JSON as it was, whatever the nodes', () => {
    const keys = [{ expr: col(whole, 'id'), descending: false, nulls: 'last' } as const]
    const bound = scan(TABLE, { predicate, partitions: { all: setOf(1), kept: [1], pruned } })
    const plan = union([
      topK(filter(bound, predicate), keys, { count: 1, offset: 0 }),
      sort(limit(values(whole.schema, [], 'rows'), { count: 1, offset: 0 }), keys),
    ])
    const data = planToJson(plan)
    expect(JSON.parse(JSON.stringify(data))).toEqual(data)
    expect(data).toMatchObject({
      kind: 'union',
      inputs: [{ kind: 'top-k', inputs: [{ kind: 'filter', predicate: 'day >= 2024-01-01' }] }, {}],
    })
  })

  it('gives the figures of a scan as numbers', () => {
    const bound = scan(TABLE, {
      columns: [COLUMNS[0]!],
      partitions: { all: setOf(1), kept: [3], pruned },
    })
    expect(planToJson(bound)).toMatchObject({
      kind: 'scan',
      table: 'acme/sales.orders',
      version: 42,
      columnsRead: ['id'],
      columns: 4,
      partitionsRead: 1,
      partitions: 4,
      bytes: 100,
      bytesExact: true,
      pruned: [{ reason: 'day < 2024-01-01', partitions: 2 }],
      inputs: [],
    })
  })
})
