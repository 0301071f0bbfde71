import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { int32, int64 } from '../../src/arrow/data-type.ts'
import { bindPartitions, scansOf } from '../../src/plan/bind-partitions.ts'
import type { AggregateExpr } from '../../src/plan/expr.ts'
import {
  aggregate,
  filter,
  join,
  type LogicalPlan,
  limit,
  project,
  scan,
  sort,
} from '../../src/plan/logical-plan.ts'
import { applyRule, BOUND_RULES, optimize, optimizeBound, RULES } from '../../src/plan/optimizer.ts'
import {
  by,
  call,
  column,
  int,
  outline,
  partitionSet,
  statistics,
  tableOf,
} from '../support/plan-fixture.ts'

const fold = (): undefined => undefined
const orders = tableOf('orders', [
  ['id', int32],
  ['customer', int32],
  ['amount', int32],
  ['note', int32],
])
const customers = tableOf('customers', [
  ['key', int32],
  ['country', int32],
])
const lines = (...of: string[]): string => of.join('\n')
const count: AggregateExpr = {
  name: 'n',
  aggregate: 'count',
  input: null,
  type: int64,
  nullable: false,
}

test('a filter and the choice of columns travel through a join to the scans', () => {
  const joined = join(scan(orders), scan(customers), {
    how: 'inner',
    leftKeys: [column('customer')],
    rightKeys: [column('key')],
    rightNames: ['key', 'country'],
  })
  const doubled = project(joined, [
    { name: 'country', expr: column('country') },
    { name: 'twice', expr: call('mul', column('amount'), int(2)) },
  ])
  const plan = limit(sort(filter(doubled, call('eq', column('country'), int(7))), [by('twice')]), {
    count: 3,
    offset: 0,
  })
  expect(outline(optimize(plan, { fold }))).toBe(
    lines(
      'top-k twice 3+0',
      '  project country=country, twice=amount * 2',
      '    join inner',
      '      scan orders(customer, amount)',
      '      scan customers(key, country) where country = 7',
    ),
  )
})

test('an optimized plan is optimal: once more gives the very same object', () => {
  const plan = filter(
    filter(scan(orders), call('gt', column('id'), int(1))),
    call('lt', column('amount'), int(9)),
  )
  const optimized = optimize(plan, { fold })
  expect(optimize(optimized, { fold })).toBe(optimized)
})

test('once partitions are known, a filtered count comes from metadata', () => {
  const set = partitionSet({ 1: [statistics(0, 9), statistics(10, 19), statistics(20, 29)] })
  const plan = aggregate(filter(scan(orders), call('gte', column('id'), int(10))), [], [count])
  const optimized = bindPartitions(optimize(plan, { fold }), () => set)
  expect(scansOf(optimized)).toHaveLength(1)
  expect(outline(optimized)).toBe(
    lines('aggregate by (): n=count()', '  scan orders() where id >= 10 kept 1,2,3'),
  )
  const bound = optimizeBound(optimized)
  expect(outline(bound)).toBe('values metadata')
  expect(bound).toMatchObject({ batches: [{ columns: [{ values: Float64Array.of(20) }] }] })
})

test('once partitions are known, a limit reads as many as it needs', () => {
  const set = partitionSet({ 1: [statistics(0, 9), statistics(10, 19), statistics(20, 29)] })
  const plan = limit(filter(scan(orders), call('gte', column('id'), int(10))), {
    count: 3,
    offset: 0,
  })
  const bound = optimizeBound(bindPartitions(optimize(plan, { fold }), () => set))
  expect(outline(bound)).toBe(
    lines('limit 3+0', '  scan orders(id, customer, amount, note) limit 3 kept 2'),
  )
})

test('a rule that changes a schema is a bug, and is told by name', () => {
  function forgetful(plan: LogicalPlan): LogicalPlan {
    return plan.kind === 'filter' ? project(plan.input, [{ name: 'id', expr: column('id') }]) : plan
  }
  const plan = sort(filter(scan(orders), call('gt', column('id'), int(1))), [by('id')])
  expect(() => applyRule(plan, forgetful)).toThrow('rule forgetful changed the schema of a filter')
})

test('every rule in the folder runs, and has a test of its name', () => {
  const kebab = (name: string): string =>
    name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const ran = new Set([...RULES, ...BOUND_RULES].map((rule) => `${kebab(rule.name)}.ts`))
  ran.add('fold-constants.ts')
  expect([...ran].sort()).toEqual(readdirSync('src/plan/rule').sort())
  const tested = readdirSync('test/plan/rule').map((file) => file.replace('.test.ts', '.ts'))
  expect([...ran].sort()).toEqual(tested.sort())
})
