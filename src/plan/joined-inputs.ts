import { schemasEqual } from '../arrow/schema.ts'
import {
  distinctOf,
  estimateRows,
  type KeyGuess,
  matchedRows,
  sharedKeys,
} from './estimate-rows.ts'
import type { Expr } from './expr.ts'
import { columnExpr, columnsOf } from './expr-walk.ts'
import { columnText, type Equality, type JoinGraph, type JoinShape, renamed } from './join-graph.ts'
import { join, type LogicalPlan, project } from './logical-plan.ts'

/** Some inputs of a graph joined. */
export interface Joined {
  readonly plan: LogicalPlan
  readonly inputs: ReadonlySet<number>
  /** The name that each column has in `plan`, by its text in the graph. */
  readonly names: ReadonlyMap<string, string>
  /** Rows that are likely to come out. */
  readonly rows: number
  /** Rows that are likely to be built, probed and made on the way. */
  readonly cost: number
}

/** Joins the inputs of a graph, two at a time, in whatever order. */
export class InputJoiner {
  readonly #graph: JoinGraph
  /** A name of its own for each column, by its text; what comes out has its name already. */
  readonly #names = new Map<string, string>()

  constructor(graph: JoinGraph) {
    this.#graph = graph
    const taken = new Set(graph.outputs.keys())
    for (const [name, text] of graph.outputs) {
      if (!this.#names.has(text)) this.#names.set(text, name)
    }
    for (const [number, input] of graph.inputs.entries()) {
      for (const field of input.schema.fields) {
        const text = columnText(number, field)
        if (this.#names.has(text)) continue
        let name = field.name
        for (let n = 2; taken.has(name); n++) name = `${field.name}_${n}`
        taken.add(name)
        this.#names.set(text, name)
      }
    }
  }

  /** Input `number` alone. */
  alone(number: number): Joined {
    const plan = this.#graph.inputs[number]!
    const names = new Map(
      plan.schema.fields.map((field) => [columnText(number, field), field.name]),
    )
    const inputs = new Set([number])
    return { plan, inputs, names, rows: estimateRows(plan), cost: 0 }
  }

  /** The equalities between `a` and `b`, the side of `a` first. */
  between(a: Joined, b: Joined): readonly (readonly [Expr, Expr])[] {
    return this.#graph.equalities.flatMap(({ sides: [one, other], inputs: [ofOne, ofOther] }) => {
      if (within(ofOne, a) && within(ofOther, b)) return [[one, other]]
      return within(ofOne, b) && within(ofOther, a) ? [[other, one]] : []
    })
  }

  /** The rows that `a` and `b` are likely to make together. */
  rowsOf(a: Joined, b: Joined): number {
    return Math.max(1, matchedRows(a.rows, b.rows, this.#keysOf(a, b)))
  }

  /** The rows of `a` that are likely to be read once the keys of `b` are known. */
  rowsFound(a: Joined, b: Joined): number {
    return Math.max(1, a.rows * sharedKeys(this.#keysOf(a, b)))
  }

  #keysOf(a: Joined, b: Joined): KeyGuess[] {
    return this.between(a, b).map(([left, right]) => {
      return [distinctOf(inPlan(a, left), a.plan), distinctOf(inPlan(b, right), b.plan)]
    })
  }

  /** The join of `left` with `right`, which is collected. Only columns that are still looked at. */
  join(left: Joined, right: Joined): Joined {
    const pairs = this.between(left, right)
    const first = this.#named(left)
    const texts = textsOf(right)
    const joined = join(first.plan, right.plan, {
      how: 'inner',
      leftKeys: pairs.map(([key]) => inPlan(first, key)),
      rightKeys: pairs.map(([, key]) => inPlan(right, key)),
      rightNames: right.plan.schema.fields.map(({ name }) => this.#names.get(texts.get(name)!)!),
    })
    const all = [...first.names.keys(), ...right.names.keys()]
    const rows = this.rowsOf(left, right)
    const built = left.rows <= right.rows ? this.rowsFound(right, left) : right.rows
    const whole = {
      plan: joined,
      inputs: new Set([...left.inputs, ...right.inputs]),
      names: new Map(all.map((text) => [text, this.#names.get(text)!])),
      rows,
      cost: left.cost + right.cost + left.rows + 2 * built + rows,
    }
    return this.#narrowed(whole)
  }

  /** The inputs joined in the order of `shape`. */
  inOrder(shape: JoinShape): Joined {
    if (typeof shape === 'number') return this.alone(shape)
    return this.join(this.inOrder(shape[0]), this.inOrder(shape[1]))
  }

  /** `all` with exactly the columns that come out of the graph. */
  finished({ plan, names }: Joined, like: LogicalPlan): LogicalPlan {
    if (schemasEqual(plan.schema, like.schema)) return plan
    const fields = new Map(plan.schema.fields.map((of) => [of.name, of]))
    return project(
      plan,
      [...this.#graph.outputs].map(([name, text]) => {
        return { name, expr: columnExpr(fields.get(names.get(text)!)!) }
      }),
    )
  }

  /** `of` under names that no other input's columns have. */
  #named(of: Joined): Joined {
    if ([...of.names].every(([text, name]) => this.#names.get(text) === name)) return of
    const texts = textsOf(of)
    const columns = of.plan.schema.fields.map((field) => {
      return { name: this.#names.get(texts.get(field.name)!)!, expr: columnExpr(field) }
    })
    const names = new Map([...of.names.keys()].map((text) => [text, this.#names.get(text)!]))
    return { ...of, plan: project(of.plan, columns), names }
  }

  #narrowed(of: Joined): Joined {
    const later = this.#graph.equalities.filter(({ inputs }) => {
      return !inputs.every((side) => within(side, of))
    })
    const looked = new Set([...this.#graph.outputs.values(), ...later.flatMap(columnsOfEquality)])
    const kept = [...of.names].filter(([text]) => looked.has(text))
    if (kept.length === of.names.size || kept.length === 0) return of
    const names = new Map(kept)
    const left = new Set(names.values())
    const fields = of.plan.schema.fields.filter(({ name }) => left.has(name))
    const columns = fields.map((field) => ({ name: field.name, expr: columnExpr(field) }))
    return { ...of, plan: project(of.plan, columns), names }
  }
}

function columnsOfEquality({ sides }: Equality): string[] {
  return sides.flatMap((side) => [...columnsOf(side)])
}

const within = (inputs: ReadonlySet<number>, of: Joined): boolean =>
  [...inputs].every((input) => of.inputs.has(input))

/** `expr`, over texts of columns, over the columns of `of.plan`. */
export function inPlan(of: Joined, expr: Expr): Expr {
  return renamed(expr, (text) => of.names.get(text)!)
}

const textsOf = ({ names }: Joined): ReadonlyMap<string, string> =>
  new Map([...names].map(([text, name]) => [name, text]))
