import { expect, test } from 'vitest'
import { int32 } from '../../src/arrow/data-type.ts'
import { bindPartitions } from '../../src/plan/bind-partitions.ts'
import { filter, type JoinHow, join, type LogicalPlan, scan } from '../../src/plan/logical-plan.ts'
import { sideReadFirst } from '../../src/plan/side-read-first.ts'
import { call, column, int, statistics, tableOf } from '../support/plan-fixture.ts'

/** A scan of `rows` rows, each with a value of its own in its one column. */
function table(name: string, rows: number): LogicalPlan {
  const set = {
    partitions: [{ id: 1, rows }],
    statistics: new Map([
      [1, new Map([[1, { ...statistics(1, rows, { rows, distinct: rows }), file: 1 }]])],
    ]),
  }
  return bindPartitions(scan(tableOf(name, [[name, int32]])), () => set)
}

const big = table('big', 100_000)
const small = table('small', 100_000)
const few = filter(small, call('lt', column('small'), int(100)))
const first = (left: LogicalPlan, right: LogicalPlan, how: JoinHow) =>
  sideReadFirst(
    join(left, right, {
      how,
      leftKeys: how === 'cross' ? [] : [column(left.schema.fields[0]!.name)],
      rightKeys: how === 'cross' ? [] : [column(right.schema.fields[0]!.name)],
      rightNames: right.schema.fields.map(({ name }) => name),
    }),
  )

test('the side with few keys is read first, where rows of the other one count only with a match', () => {
  for (const how of ['inner', 'semi'] as const) {
    expect(first(few, big, how)).toBe('left')
    expect(first(big, few, how)).toBe('right')
  }
})

test('rows that count without a match are not spared: of left and anti the left ones, of right the right ones', () => {
  for (const how of ['left', 'anti'] as const) {
    expect(first(few, big, how)).toBe('left')
    expect(first(big, few, how)).toBe(null)
  }
  expect(first(big, few, 'right')).toBe('right')
  expect(first(few, big, 'right')).toBe('right')
  for (const how of ['full', 'cross'] as const) expect(first(few, big, how)).toBe(null)
})

test('a side that may raise an error in its keys, or reads no table, cannot be told', () => {
  const risky = join(few, big, {
    how: 'anti',
    leftKeys: [column('small')],
    rightKeys: [call('add', column('big'), int(1))],
    rightNames: ['big'],
  })
  expect(sideReadFirst(risky)).toBe(null)
  const riskyLeft = join(few, big, {
    how: 'anti',
    leftKeys: [call('add', column('small'), int(1))],
    rightKeys: [column('big')],
    rightNames: ['big'],
  })
  expect(sideReadFirst(riskyLeft)).toBe(null)
  expect(first(few, scan(tableOf('unbound', [['unbound', int32]])), 'semi')).toBe('right')
})
