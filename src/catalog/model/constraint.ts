import type { Extra } from './extra.ts'

interface Rule {
  /** Distinct within the table. */
  readonly name: string
  /** Ids of the columns that it is about: of a key in order, of a check those that it names. */
  readonly columns: readonly number[]
  /** The first version whose rows, and those of every later one, are known to keep it. */
  readonly since: number
  readonly extra: Extra
}

/** A condition that is false for no row. Null passes. */
export interface CheckConstraint extends Rule {
  readonly kind: 'check'
  /** JSON as `plan/expr-json.ts` has it: an expression of type bool over `columns`. */
  readonly predicate: unknown
}

/** No two rows have the same values in `columns`. Rows with a null in one of them pass. */
export interface KeyConstraint extends Rule {
  readonly kind: 'primaryKey' | 'unique'
}

/** What every row of a table keeps, from version `since` on. */
export type Constraint = CheckConstraint | KeyConstraint

/** A constraint that has not been validated. */
export type NewConstraint =
  | Omit<CheckConstraint, 'since' | 'extra'>
  | Omit<KeyConstraint, 'since' | 'extra'>

/** A column whose values the table gives. */
export interface Identity {
  readonly column: number
  /** The least value that has not been given to a writer. */
  readonly next: number
}

export function isKey(of: Constraint): of is KeyConstraint {
  return of.kind !== 'check'
}
