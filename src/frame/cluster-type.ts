import type { Accessor } from './accessor.ts'
import type { Expr } from './expr.ts'
import type { Untyped } from './type-tag.ts'

/**
 * What rows of columns `S` are sorted by, the first deciding most: names of columns, or expressions
 * that keep the order of one column each, such as `(o) => [o.at.dt.truncate('month'), o.name.str.left(4)]`.
 */
export type ClusterKeys<S = Untyped> =
  | readonly (0 extends 1 & S ? string : keyof S & string)[]
  | ((row: Accessor<S>) => readonly Expr<Untyped>[])
