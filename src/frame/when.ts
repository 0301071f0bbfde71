import type { Term } from '../plan/term.ts'
import type { Expr } from './expr.ts'
import type { Literal } from './expr-builders.ts'
import type { CaseOf } from './expr-type.ts'
import { inspectedAs } from './inspected-as.ts'
import { expr, termFrom, termOfExpr, termText } from './lazy-expr.ts'
import type { Bool, Maybe } from './type-tag.ts'

type Branches = readonly { readonly when: Term; readonly then: Term }[]

/** A condition that waits for its outcome; `V` are the outcomes so far. */
export interface When<out V> {
  /** The outcome where the condition is true. */
  then<const W extends Literal | Expr<unknown>>(outcome: W): Then<V | W>
}

/** Outcomes so far: add another `when`, or end with `otherwise`. */
export interface Then<out V> {
  when(condition: Expr<Maybe<Bool>>): When<V>
  /** The outcome where no condition is true; `null` for null. */
  otherwise<const W extends Literal | Expr<unknown>>(outcome: W): Expr<CaseOf<V | W>>
}

/**
 * The outcome of the first condition that is true:
 * `when(o.amount.gt(100)).then('big').otherwise('small')`.
 */
export function when(condition: Expr<Maybe<Bool>>): When<never> {
  return waiting([], termOfExpr(condition, 'when'))
}

function waiting(branches: Branches, condition: Term): When<never> {
  const waits = {
    // biome-ignore lint/suspicious/noThenProperty: the word that everybody knows; awaiting it rejects
    then: (outcome: unknown) => decided([...branches, branch(condition, outcome)]),
  }
  const text = () => `When { ${chainText(branches)}when ${termText(condition)} } · .then(outcome)`
  return Object.freeze(inspectedAs(waits, text))
}

function branch(condition: Term, outcome: unknown): Branches[number] {
  // biome-ignore lint/suspicious/noThenProperty: plain data of the plan
  return { when: condition, then: termFrom(outcome, 'then') }
}

function decided(branches: Branches): Then<never> {
  const chain = {
    when: (condition: Expr<Maybe<Bool>>) => waiting(branches, termOfExpr(condition, 'when')),
    otherwise: (outcome: unknown) =>
      expr({ kind: 'case', branches, otherwise: termFrom(outcome, 'otherwise') }),
  }
  const text = () => `Then { ${chainText(branches).trimEnd()} } · .otherwise(outcome)`
  return Object.freeze(inspectedAs(chain, text))
}

const chainText = (branches: Branches): string =>
  branches.map(({ when, then }) => `when ${termText(when)} then ${termText(then)} `).join('')
