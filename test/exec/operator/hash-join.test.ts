import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HashJoinOperator } from '../../../src/exec/operator/hash-join.ts'
import { physicalPlan } from '../../../src/exec/physical-planner.ts'
import { execContext } from '../../../src/exec/run.ts'
import { columnExpr } from '../../../src/plan/expr-walk.ts'
import { type JoinHow, join, values } from '../../../src/plan/logical-plan.ts'
import { runs } from '../../support/random.ts'
import { anyContext, runOperator } from '../../support/run-operator.ts'
import type { ScalarRow } from '../../support/scalar-rows.ts'
import {
  batchesOf,
  batchOf,
  cutLengths,
  keyText,
  WIDE_SCHEMA,
  wideRows,
} from '../../support/scalar-rows.ts'
import { WatchedOperator } from '../../support/watched-operator.ts'

const { fields } = WIDE_SCHEMA
const rightNames = fields.map(({ name }) => `right ${name}`)
const NULLS: ScalarRow = fields.map(() => null)

function expected(
  how: JoinHow,
  left: ScalarRow[],
  right: ScalarRow[],
  keys: number[],
): ScalarRow[] {
  const matches = (a: ScalarRow, b: ScalarRow) =>
    keys.every((key) => a[key] !== null && keyText([a[key]!]) === keyText([b[key]!]))
  const pairs = left.map((row) => right.filter((other) => how === 'cross' || matches(row, other)))
  if (how === 'semi') return left.filter((_, index) => pairs[index]!.length > 0)
  if (how === 'anti') return left.filter((_, index) => pairs[index]!.length === 0)
  const rows = left.flatMap((row, index) => {
    const found = pairs[index]!.map((other) => [...row, ...other])
    return found.length === 0 && (how === 'left' || how === 'full') ? [[...row, ...NULLS]] : found
  })
  if (how !== 'right' && how !== 'full') return rows
  const alone = right.filter((other) => !left.some((row) => matches(row, other)))
  return [...rows, ...alone.map((other) => [...NULLS, ...other])]
}

const HOWS = ['inner', 'left', 'right', 'full', 'semi', 'anti', 'cross'] as const

test.each(HOWS)('a %s join gives what two nested loops give', async (how) => {
  const keySets =
    how === 'cross'
      ? fc.constant<number[]>([])
      : fc.uniqueArray(fc.integer({ min: 0, max: fields.length - 1 }), {
          minLength: 1,
          maxLength: 3,
        })
  await fc.assert(
    fc.asyncProperty(
      wideRows(25),
      wideRows(25),
      cutLengths,
      keySets,
      async (left, right, cuts, keys) => {
        const leftPlan = values(WIDE_SCHEMA, batchesOf(WIDE_SCHEMA, left, cuts), 'rows')
        const rightPlan = values(WIDE_SCHEMA, batchesOf(WIDE_SCHEMA, right, cuts), 'rows')
        const on = keys.map((key) => columnExpr(fields[key]!))
        const plan = join(leftPlan, rightPlan, { how, leftKeys: on, rightKeys: on, rightNames })
        const wanted = expected(how, left, right, keys)
        for (const context of anyContext()) {
          expect(await runOperator(physicalPlan(plan), context)).toEqual(wanted)
        }
      },
    ),
    { numRuns: runs(40) },
  )
})

const row = (i: number): ScalarRow => [i, i, BigInt(i), `row ${i}`, true, 0n, 0]
const plain = values(WIDE_SCHEMA, [], 'rows')
const on = [columnExpr(fields[0]!)]

test('a join whose reader stops ends both inputs and lets its memory go', async () => {
  const batches = [batchOf(WIDE_SCHEMA, [row(1), row(2)]), batchOf(WIDE_SCHEMA, [row(1), row(2)])]
  const left = new WatchedOperator(WIDE_SCHEMA, batches)
  const right = new WatchedOperator(WIDE_SCHEMA, batches)
  const plan = join(plain, plain, { how: 'inner', leftKeys: on, rightKeys: on, rightNames })
  const context = execContext({ batchRowsMax: 2 })
  for await (const batch of new HashJoinOperator(plan, left, right).execute(context)) {
    expect(batch.length).toBe(2)
    break
  }
  expect(left).toMatchObject({ given: 1, ended: 1 })
  expect(right).toMatchObject({ given: 2, ended: 1 })
  expect(context.memory.heldBytes).toBe(0)
})

test.each(HOWS)(
  'a %s join of one key whose rows have no room gives what two nested loops give',
  async (how) => {
    const few = [row(7), ...Array.from({ length: 40 }, () => row(1)), row(8)]
    const many = [row(9), ...Array.from({ length: 130 }, () => row(1)), [null, ...row(1).slice(1)]]
    const cuts = [9]
    const plan = join(
      values(WIDE_SCHEMA, batchesOf(WIDE_SCHEMA, few, cuts), 'rows'),
      values(WIDE_SCHEMA, batchesOf(WIDE_SCHEMA, many, cuts), 'rows'),
      {
        how,
        leftKeys: how === 'cross' ? [] : on,
        rightKeys: how === 'cross' ? [] : on,
        rightNames,
      },
    )
    const context = execContext({ memoryLimit: 10_000, batchRowsMax: 64 })
    const found = await runOperator(physicalPlan(plan), context)
    const wanted = expected(how, few, many, how === 'cross' ? [] : [0])
    expect(found.length).toBe(wanted.length)
    expect(found).toEqual(wanted)
  },
)

test('an empty right side of an inner join spares the left side', async () => {
  const left = new WatchedOperator(WIDE_SCHEMA, [batchOf(WIDE_SCHEMA, [row(1)])])
  const right = new WatchedOperator(WIDE_SCHEMA, [])
  const plan = join(plain, plain, { how: 'inner', leftKeys: on, rightKeys: on, rightNames })
  expect(await runOperator(new HashJoinOperator(plan, left, right))).toEqual([])
  expect(left.given).toBe(0)
})
