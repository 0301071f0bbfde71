import { expect, test } from 'vitest'
import { int32, int64 } from '../../src/arrow/data-type.ts'
import { bindPartitions } from '../../src/plan/bind-partitions.ts'
import type { AggregateExpr } from '../../src/plan/expr.ts'
import {
  aggregate,
  filter,
  type JoinHow,
  join,
  type LogicalPlan,
  limit,
  project,
  type Scan,
  scan,
  sort,
} from '../../src/plan/logical-plan.ts'
import { orderJoins } from '../../src/plan/order-joins.ts'
import { by, call, column, int, outline, statistics, tableOf } from '../support/plan-fixture.ts'

/** A scan of `rows` rows in one partition, of columns of which the first has a value of its own in each. */
function table(name: string, rows: number, ...more: string[]): Scan {
  const names = [`${name}_id`, ...more]
  const bare = scan(
    tableOf(
      name,
      names.map((of) => [of, int32] as const),
    ),
  )
  const known = names.map((_, position) => {
    const distinct = position === 0 ? rows : Math.min(rows, 10)
    return statistics(1, distinct, { rows, distinct, distinctExact: true })
  })
  const set = {
    partitions: [{ id: 1, rows }],
    statistics: new Map(
      known.map((of, position) => [position + 1, new Map([[1, { ...of, file: 1 }]])]),
    ),
  }
  return bindPartitions(bare, () => set) as Scan
}

function joined(
  left: LogicalPlan,
  right: LogicalPlan,
  [a, b]: readonly [string, string],
  how: JoinHow = 'inner',
): LogicalPlan {
  return join(left, right, {
    how,
    leftKeys: [column(a)],
    rightKeys: [column(b)],
    rightNames: right.schema.fields.map(({ name }) => name),
  })
}

const count: AggregateExpr = {
  name: 'n',
  aggregate: 'count',
  input: null,
  type: int64,
  nullable: false,
}
const first: AggregateExpr = {
  name: 'f',
  aggregate: 'first',
  input: column('big_id'),
  type: int32,
  nullable: true,
}
const big = table('big', 100_000, 'big_mid', 'big_small')
const mid = table('mid', 1000, 'mid_small')
const small = table('small', 10)

const leaves = (plan: LogicalPlan): string =>
  outline(plan)
    .split('\n')
    .filter((line) => /scan/.test(line))
    .map((line) => line.trim().replace(/scan (\w+).*/, '$1'))
    .join(' ')

test('the smaller side is collected where nobody sees the order of rows', () => {
  const plan = aggregate(joined(small, big, ['small_id', 'big_small']), [], [count])
  expect(leaves(orderJoins(plan))).toBe('big small')
  const sorted = sort(
    aggregate(
      joined(small, big, ['small_id', 'big_small']),
      [{ name: 'k', expr: column('small_id') }],
      [count],
    ),
    [by('k')],
  )
  expect(leaves(orderJoins(sorted))).toBe('big small')
})

test('rows that can be seen keep their order: the first input stays first', () => {
  const plan = joined(small, big, ['small_id', 'big_small'])
  const grouped = aggregate(plan, [{ name: 'k', expr: column('small_id') }], [count])
  for (const of of [plan, limit(plan, { count: 3, offset: 0 }), grouped]) {
    expect(orderJoins(of)).toBe(of)
  }
  const lone = aggregate(plan, [], [first])
  expect(orderJoins(lone)).toBe(lone)
  const tied = sort(grouped, [by('n')])
  expect(orderJoins(tied)).toBe(tied)
})

test('a join that finds one row at most moves before one that makes more rows', () => {
  const few = filter(small, call('lt', column('small_id'), int(2)))
  const many = joined(joined(big, mid, ['big_mid', 'mid_id']), few, ['big_small', 'small_id'])
  expect(leaves(orderJoins(many))).toBe('big small mid')
  expect(orderJoins(many).schema).toEqual(many.schema)
  const meets = joined(joined(big, mid, ['big_mid', 'mid_small']), few, ['big_small', 'small_id'])
  expect(leaves(orderJoins(meets))).toBe('big small mid')
  const twice = joined(joined(big, few, ['big_mid', 'small_id']), mid, ['big_small', 'mid_small'])
  expect(orderJoins(twice)).toBe(twice)
})

test('joins that are not inner are neither moved nor crossed', () => {
  for (const how of ['left', 'right', 'full'] as const) {
    const plan = aggregate(joined(small, big, ['small_id', 'big_small'], how), [], [count])
    expect(orderJoins(plan)).toBe(plan)
    const above = joined(joined(big, mid, ['big_mid', 'mid_small'], how), small, [
      'big_small',
      'small_id',
    ])
    expect(leaves(orderJoins(aggregate(above, [], [count])))).toBe('big mid small')
  }
})

test('a semi join lets its right side be joined in any order', () => {
  const right = joined(small, big, ['small_id', 'big_small'])
  const plan = joined(mid, right, ['mid_id', 'big_mid'], 'semi')
  expect(leaves(orderJoins(plan))).toBe('mid big small')
})

test('columns that have one name in two inputs are told apart', () => {
  const renamed = project(mid, [
    { name: 'big_id', expr: column('mid_small') },
    { name: 'k', expr: column('mid_id') },
  ])
  const plan = join(renamed, big, {
    how: 'inner',
    leftKeys: [column('k')],
    rightKeys: [column('big_mid')],
    rightNames: ['big_id_right', 'k_right', 'big_small'],
  })
  const max = { ...first, aggregate: 'max', input: column('big_id_right') } as const
  const least = { ...first, name: 'm', aggregate: 'min', input: column('big_id') } as const
  const found = orderJoins(aggregate(plan, [], [max, least]))
  expect(leaves(found)).toBe('big mid')
  expect(outline(found)).toContain('f=max(big_id_right), m=min(big_id)')
})

test('what may raise an error is left where it is', () => {
  const key = call('add', column('small_id'), int(1))
  const plan = join(small, big, {
    how: 'inner',
    leftKeys: [key],
    rightKeys: [call('add', column('big_small'), int(0))],
    rightNames: ['big_id', 'big_mid', 'big_small'],
  })
  const counted = aggregate(plan, [], [count])
  expect(orderJoins(counted)).toBe(counted)
})
