import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bool, int32, int64 } from '../../src/arrow/data-type.ts'
import type { Scalar } from '../../src/arrow/scalar.ts'
import { schemasEqual } from '../../src/arrow/schema.ts'
import type { ColumnPartition, PartitionSet } from '../../src/catalog/model/partition-set.ts'
import { bindPartitions, scansOf } from '../../src/plan/bind-partitions.ts'
import type { Expr } from '../../src/plan/expr.ts'
import { columnExpr, literalExpr } from '../../src/plan/expr-walk.ts'
import type { FunctionName } from '../../src/plan/function.ts'
import {
  aggregate,
  filter,
  type JoinHow,
  join,
  type LogicalPlan,
  limit,
  project,
  scan,
  sort,
  union,
} from '../../src/plan/logical-plan.ts'
import { optimize, optimizeBound, RULES, type Rule } from '../../src/plan/optimizer.ts'
import { dropDeterminedKeys } from '../../src/plan/rule/drop-determined-keys.ts'
import { dropUnusedJoin } from '../../src/plan/rule/drop-unused-join.ts'
import { removeUselessDistinct } from '../../src/plan/rule/remove-useless-distinct.ts'
import { call, int, keyedTable, outline, statistics, tableOf } from '../support/plan-fixture.ts'
import { runs } from '../support/random.ts'
import { referenceEvaluate } from '../support/reference-evaluate.ts'
import { referenceRun } from '../support/reference-run.ts'

const COLUMNS = [
  ['a', int32],
  ['b', int32],
  ['c', int32],
] as const
/** Rows of `k` are told apart by `a`, those of `v` by `b`, where it is not null. */
const TABLES = [
  tableOf('t', COLUMNS),
  tableOf('u', COLUMNS),
  keyedTable('k', COLUMNS, { primaryKey: ['a'] }),
  keyedTable('v', COLUMNS, { unique: ['b'] }),
]

/** Rules that apply to tables with keys only. */
const KEY_RULES = [dropDeterminedKeys, dropUnusedJoin, removeUselessDistinct]

/** A stream of choices from which a plan is built: each asks for a whole number below `end`. */
type Choose = (end: number) => number

const fields = (plan: LogicalPlan): Expr[] =>
  plan.schema.fields.filter(({ type }) => type.name === 'int32').map(columnExpr)

function number(plan: LogicalPlan, choose: Choose): Expr {
  const columns = fields(plan)
  if (columns.length === 0 || choose(4) === 0) return int(choose(4))
  const column = columns[choose(columns.length)]!
  return choose(3) === 0 ? call('coalesce', column, int(choose(3))) : column
}

function predicate(plan: LogicalPlan, choose: Choose): Expr {
  const compared = (['eq', 'ne', 'lt', 'gte'] as FunctionName[])[choose(4)]!
  switch (choose(6)) {
    case 0:
      return call('and', predicate(plan, choose), predicate(plan, choose))
    case 1:
      return call('or', predicate(plan, choose), predicate(plan, choose))
    case 2:
      return call('not', predicate(plan, choose))
    case 3:
      return call('isNull', number(plan, choose))
    case 4:
      return choose(4) === 0
        ? literalExpr([true, false, null][choose(3)]!, bool)
        : call('isNotNull', number(plan, choose))
    default:
      return call(compared, number(plan, choose), number(plan, choose))
  }
}

function build(depth: number, choose: Choose): LogicalPlan {
  if (depth === 0) return scan(TABLES[choose(TABLES.length)]!)
  const input = build(depth - 1, choose)
  switch (choose(9)) {
    case 0:
      return limit(input, { count: choose(6), offset: choose(3) })
    case 1:
      return sort(input, [
        { expr: number(input, choose), descending: choose(2) === 0, nulls: 'last' },
      ])
    case 2: {
      const names = ['a', 'b', 'c', 'd'].slice(0, 1 + choose(4))
      return project(
        input,
        names.map((name) => ({ name, expr: number(input, choose) })),
      )
    }
    case 3: {
      const count = 1 + choose(2)
      const keys = ['a', 'b', 'k'].slice(0, choose(4))
      return aggregate(
        input,
        keys.map((name) => ({ name, expr: number(input, choose) })),
        [
          { name: 'n', aggregate: 'count', input: null, type: int64, nullable: false },
          {
            name: 's',
            aggregate: 'sum',
            input: number(input, choose),
            type: int64,
            nullable: true,
          },
        ].slice(0, keys.length > 0 && choose(3) === 0 ? 0 : count) as never,
      )
    }
    case 4: {
      const names = ['x', 'y']
      const narrow = (of: LogicalPlan): LogicalPlan =>
        project(
          of,
          names.map((name) => ({ name, expr: number(of, choose) })),
        )
      return union([narrow(input), narrow(build(choose(2), choose))])
    }
    case 5: {
      const right = build(choose(3), choose)
      const how = (['inner', 'left', 'right', 'full', 'semi', 'anti', 'cross'] as JoinHow[])[
        choose(7)
      ]!
      const keyed = how !== 'cross'
      return join(input, right, {
        how,
        leftKeys: keyed ? [number(input, choose)] : [],
        rightKeys: keyed ? [number(right, choose)] : [],
        rightNames: right.schema.fields.map(({ name }) => `${name}_${depth}`),
      })
    }
    default:
      return filter(input, predicate(input, choose))
  }
}

const value: fc.Arbitrary<Scalar> = fc.constantFrom(0, 1, 2, 3, null)
const rows = fc.array(fc.tuple(value, value, value), { maxLength: 5 })
const keyed = fc
  .uniqueArray(fc.tuple(fc.constantFrom(0, 1, 2, 3, 4), value, value), {
    selector: ([a]) => a,
    maxLength: 5,
  })
  .map((of) => of as (readonly Scalar[])[])
const unique = fc.uniqueArray(fc.tuple(value, value, value), {
  selector: ([, b]) => b ?? Symbol('null equals none'),
  maxLength: 6,
})
/** Rows of every table by its name. */
const tablesOf = (plain: typeof rows) =>
  fc
    .record({ t: plain, u: plain, k: keyed, v: unique })
    .map((of): ReadonlyMap<string, readonly (readonly Scalar[])[]> => new Map(Object.entries(of)))
const plans = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.infiniteStream(fc.nat({ max: 2 ** 20 })))
  .map(([depth, stream]) => build(depth, (end) => stream.next().value % end))

const fold = (expr: Expr): Scalar | undefined => referenceEvaluate(expr, new Map())

test('an optimized plan gives the same rows in the same order', () => {
  let changed = 0
  fc.assert(
    fc.property(plans, tablesOf(rows), (plan, tables) => {
      const optimized = optimize(plan, { fold })
      if (optimized !== plan) changed++
      expect(schemasEqual(optimized.schema, plan.schema)).toBe(true)
      expect(referenceRun(optimized, tables), outline(plan)).toEqual(referenceRun(plan, tables))
    }),
    { numRuns: runs(2000) },
  )
  expect(changed).toBeGreaterThan(runs(2000) / 2)
})

test('each rule alone gives the same rows in the same order, and each changes some plan', () => {
  const applied = new Set<Rule>()
  fc.assert(
    fc.property(plans, tablesOf(rows), fc.constantFrom(...RULES), (plan, tables, rule) => {
      const optimized = optimize(plan, { fold, rules: [rule] })
      if (optimized !== optimize(plan, { fold, rules: [] })) applied.add(rule)
      expect(referenceRun(optimized, tables), outline(plan)).toEqual(referenceRun(plan, tables))
    }),
    { numRuns: runs(4000) },
  )
  const idle = [...KEY_RULES].filter((rule) => !applied.has(rule)).map(({ name }) => name)
  expect(idle).toEqual([])
})

/** `rows` cut into partitions of two, with their exact statistics. */
function partitioned(rows: readonly (readonly Scalar[])[]): PartitionSet {
  const parts = Array.from({ length: Math.ceil(rows.length / 2) }, (_, part) =>
    rows.slice(part * 2, part * 2 + 2),
  )
  const partitions = parts.map(({ length }, position) => ({ id: position + 1, rows: length }))
  const ofColumn = (column: number): Map<number, ColumnPartition> =>
    new Map(
      parts.map((part, position) => {
        const values = part.map((row) => row[column]!)
        const known = values.filter((value) => value !== null).map(Number)
        const of = statistics(
          known.length === 0 ? null : Math.min(...known),
          known.length === 0 ? null : Math.max(...known),
          {
            rows: part.length,
            nulls: part.length - known.length,
            sum: BigInt(known.reduce((sum, value) => sum + value, 0)),
          },
        )
        return [position + 1, { ...of, file: position + 1 }]
      }),
    )
  return { partitions, statistics: new Map([1, 2, 3].map((id) => [id, ofColumn(id - 1)])) }
}

test('a plan that knows its partitions gives the same rows in the same order', () => {
  const longer = fc.array(fc.tuple(value, value, value), { maxLength: 9 })
  let pruned = 0
  let answered = 0
  fc.assert(
    fc.property(plans, tablesOf(longer), (plan, tables) => {
      const optimized = optimize(plan, { fold })
      const bound = optimizeBound(
        bindPartitions(optimized, ({ table }) => partitioned(tables.get(table.name)!)),
      )
      if (scansOf(bound).some(({ partitions }) => partitions!.pruned.size > 0)) pruned++
      if (scansOf(bound).length < scansOf(optimized).length) answered++
      expect(referenceRun(bound, tables), outline(plan)).toEqual(referenceRun(plan, tables))
    }),
    { numRuns: runs(3000) },
  )
  expect(pruned).toBeGreaterThan(runs(3000) / 20)
  expect(answered).toBeGreaterThan(0)
})
