import { expect, test } from 'vitest'
import { int32 } from '../../src/arrow/data-type.ts'
import { field, schema } from '../../src/arrow/schema.ts'
import type { Operator } from '../../src/exec/operator.ts'
import { physicalPlan } from '../../src/exec/physical-planner.ts'
import { callExpr, columnExpr, literalExpr } from '../../src/plan/expr-walk.ts'
import * as plan from '../../src/plan/logical-plan.ts'
import { tableOf } from '../support/plan-fixture.ts'

const ONE = schema([field('i', int32)])
const i = columnExpr(ONE.fields[0]!)
const keys = [{ expr: i, descending: false, nulls: 'last' as const }]
const rows = plan.values(ONE, [], 'rows')
const window = { count: 1, offset: 0 }
const on = (how: plan.JoinHow) => {
  const key = how === 'cross' ? [] : [i]
  return { how, leftKeys: key, rightKeys: key, rightNames: ['j'] }
}

const NODES: plan.LogicalPlan[] = [
  rows,
  plan.scan(tableOf('t', [['i', int32]])),
  plan.filter(rows, callExpr('eq', [i, literalExpr(1, int32)])),
  plan.project(rows, [{ name: 'j', expr: i }]),
  plan.aggregate(rows, [{ name: 'i', expr: i }], []),
  plan.join(rows, rows, on('inner')),
  plan.join(rows, rows, on('cross')),
  plan.sort(rows, keys),
  plan.topK(rows, keys, window),
  plan.limit(rows, window),
  plan.union([rows, rows, rows]),
]

test.each(NODES)(
  'a $kind becomes the operator of that name, with its schema and inputs',
  (node) => {
    const operator = physicalPlan(node)
    expect(operator.name).toBe(node.kind)
    expect(operator.schema).toBe(node.schema)
    expect(operator.inputs.map(({ name }) => name)).toEqual(
      plan.inputsOf(node).map(({ kind }) => kind),
    )
  },
)

test('every operator can be wrapped, inputs before what reads them', () => {
  const seen: string[] = []
  const wrap = (operator: Operator, node: plan.LogicalPlan) => {
    seen.push(node.kind)
    return operator
  }
  physicalPlan(plan.limit(plan.sort(rows, keys), window), wrap)
  expect(seen).toEqual(['values', 'sort', 'limit'])
})
