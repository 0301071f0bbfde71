import { invalid } from '../error.ts'
import type { AggregateName } from '../plan/function.ts'
import { type ColumnType, dataTypeOf } from './column-type.ts'
import type { Expr, TypeOfLiteral } from './expr.ts'
import { expr, termFrom } from './lazy-expr.ts'
import type { AnyColumn, Base, Int64, Null, Untyped } from './type-tag.ts'

/** A JavaScript value that may stand as a constant. */
export type Literal = string | number | bigint | boolean | Date | Uint8Array | null

/** The column called `name`, of a type that the compiler does not know. */
export function col(name: string): Expr<Untyped> {
  if (typeof name !== 'string') throw invalid(`col: expected a name, got ${typeof name}`)
  return expr({ kind: 'column', name })
}

/**
 * A constant as an expression.
 *
 * @param type What it is taken for; without it, whatever its place asks for.
 */
export function lit<const V extends Literal>(value: V): Expr<TypeOfLiteral<V>>
export function lit<C extends AnyColumn, const V extends Literal>(
  value: V,
  type: ColumnType<C>,
): Expr<V extends null ? Null<Base<C>> : Base<C>>
export function lit(value: Literal, type?: ColumnType<AnyColumn>): Expr<Untyped> {
  const term = termFrom(value, 'lit')
  if (type === undefined || term.kind !== 'literal') return expr(term)
  return expr({ ...term, type: dataTypeOf(type, 'lit') })
}

const aggregate = (name: AggregateName): Expr<Untyped> =>
  expr({ kind: 'aggregate', name, input: null })

/** Functions that belong to no column. */
export const fn = Object.freeze({
  /** How many rows there are, nulls included. */
  count: (): Expr<Int64> => aggregate('count'),
})
