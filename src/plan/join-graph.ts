import type { Field } from '../arrow/schema.ts'
import { fieldNames } from '../arrow/schema.ts'
import type { Expr } from './expr.ts'
import { columnExpr, columnsOf, mapExpr } from './expr-walk.ts'
import type { Join, LogicalPlan } from './logical-plan.ts'

/** Two expressions that have to be equal, over the texts of columns. */
export interface Equality {
  readonly sides: readonly [Expr, Expr]
  /** The inputs that each side looks at. */
  readonly inputs: readonly [ReadonlySet<number>, ReadonlySet<number>]
}

/** Inner joins, one above another, without their order. */
export interface JoinGraph {
  readonly inputs: readonly LogicalPlan[]
  readonly equalities: readonly Equality[]
  /** What comes out: names, and the texts of the columns that stand there. */
  readonly outputs: ReadonlyMap<string, string>
  /** The order in which they are joined as written. */
  readonly shape: JoinShape
}

/** The number of an input, or two that are joined, the second being collected. */
export type JoinShape = number | readonly [JoinShape, JoinShape]

interface Gathered {
  readonly outputs: ReadonlyMap<string, string>
  readonly shape: JoinShape
}

/** `whole`: also joins on the right side of joins; `spine`: those on the left only. */
type Extent = 'whole' | 'spine'

/** The name that column `field` of input number `input` has in a graph. */
export function columnText(input: number, { name }: Field): string {
  return `${input}.${name}`
}

/**
 * The inner joins at the top of `plan`, also through projections that do nothing but choose and
 * rename columns. `inputs` has one element when `plan` is no such join.
 */
export function joinGraph(plan: LogicalPlan, extent: Extent): JoinGraph {
  const inputs: LogicalPlan[] = []
  const equalities: Equality[] = []
  return { inputs, equalities, ...gather(plan, extent, inputs, equalities) }
}

function gather(
  plan: LogicalPlan,
  extent: Extent,
  inputs: LogicalPlan[],
  equalities: Equality[],
): Gathered {
  if (plan.kind === 'project' && plan.columns.every(({ expr }) => expr.kind === 'column')) {
    const { outputs, shape } = gather(plan.input, extent, inputs, equalities)
    const kept = plan.columns.map(({ name, expr }): [string, string] => {
      return [name, outputs.get(expr.kind === 'column' ? expr.name : '')!]
    })
    return { outputs: new Map(kept), shape }
  }
  if (plan.kind !== 'join' || plan.how !== 'inner') return asInput(plan, inputs)
  const left = gather(plan.left, extent, inputs, equalities)
  const right =
    extent === 'whole'
      ? gather(plan.right, extent, inputs, equalities)
      : asInput(plan.right, inputs)
  for (const [position, key] of plan.leftKeys.entries()) {
    const other = plan.rightKeys[position]!
    equalities.push(equality(over(left.outputs, key), over(right.outputs, other)))
  }
  const outputs = new Map([...left.outputs, ...rightOutputs(plan, right.outputs)])
  return { outputs, shape: [left.shape, right.shape] }
}

function asInput(plan: LogicalPlan, inputs: LogicalPlan[]): Gathered {
  const shape = inputs.push(plan) - 1
  const { fields } = plan.schema
  return { outputs: new Map(fields.map((of) => [of.name, columnText(shape, of)])), shape }
}

function rightOutputs(
  { right, rightNames }: Join,
  outputs: ReadonlyMap<string, string>,
): [string, string][] {
  return fieldNames(right.schema).map((name, position) => {
    return [rightNames[position]!, outputs.get(name)!]
  })
}

/** `expr` over the texts of columns instead of the names that they have here. */
function over(outputs: ReadonlyMap<string, string>, expr: Expr): Expr {
  return renamed(expr, (name) => outputs.get(name)!)
}

function equality(left: Expr, right: Expr): Equality {
  return { sides: [left, right], inputs: [inputsNamed(left), inputsNamed(right)] }
}

function inputsNamed(expr: Expr): ReadonlySet<number> {
  return new Set([...columnsOf(expr)].map((text) => Number.parseInt(text, 10)))
}

/** `expr` with every column called otherwise. */
export function renamed(expr: Expr, nameOf: (name: string) => string): Expr {
  return mapExpr(expr, (of) =>
    of.kind === 'column' ? columnExpr({ ...of, name: nameOf(of.name) }) : of,
  )
}
