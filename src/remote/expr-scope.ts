/** What an expression stands in: the names of its columns, and fresh names. */
export interface ExprScope {
  /** The name in the statement of the column that the plan calls `name`. */
  column(name: string): string
  /** A name that the statement has nowhere else. */
  fresh(): string
}
