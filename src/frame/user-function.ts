import { clip, invalid } from '../error.ts'
import type { UserFunction } from '../plan/expr.ts'
import { type ColumnType, fieldOf } from './column-type.ts'
import type { Expr, Operand } from './expr.ts'
import type { StrictOver } from './expr-type.ts'
import { expr, termFrom } from './lazy-expr.ts'
import type { AnyColumn, InputOf, JsOf, Null, Untyped } from './type-tag.ts'

/** Types of the parameters and of the result of a function. */
export interface UdfOptions<P, R> {
  /** A type for each parameter; only one that is `.nullable()` is ever given null. */
  readonly takes: P
  /** The type of the result, `.nullable()` where the function may give null itself. */
  readonly returns: ColumnType<R>
}

type ColumnIn<C> = C extends ColumnType<infer T> ? T : never
type ValuesOf<P> = { [I in keyof P]: JsOf<ColumnIn<P[I]>> }
type ListsOf<P> = { [I in keyof P]: JsOf<ColumnIn<P[I]>>[] }
type OperandOf<T> = Operand<T> | (T extends Null<unknown> ? null : never)
type OperandsOf<P> = { [I in keyof P]: OperandOf<ColumnIn<P[I]>> }
/** The arguments whose null makes the result null. */
type StrictIn<P, A> = {
  [I in keyof A]: I extends keyof P ? (ColumnIn<P[I]> extends Null<unknown> ? never : A[I]) : never
}[keyof A & number]
type AnswerOf<R> = InputOf<R> | (R extends Null<unknown> ? null | undefined : never)

/** A function to call with expressions or literals, in the order of its parameters. */
export type Udf<P, R> = <const A extends OperandsOf<P>>(
  ...args: A & readonly unknown[]
) => Expr<StrictOver<never, StrictIn<P, A>, R>>

/**
 * A function of yours for expressions: `body` is called for each row, in the thread of the query.
 * In a row with a null for a parameter that is not `.nullable()` the result is null, and `body` is not called. It
 * should give the same for the same values; how often it is called is not promised.
 *
 * @param name How plans and messages call it.
 * Throws INVALID for wrong types; the query does when `body` throws (its error is the `cause`), or gives a
 * promise or a value that is not of the type `returns`.
 */
export function udf<const P extends readonly ColumnType<AnyColumn>[], R extends AnyColumn>(
  name: string,
  options: UdfOptions<P, R>,
  body: (...values: ValuesOf<P>) => AnswerOf<R>,
): Udf<P, R> {
  return made(name, options, 'row', body)
}

/**
 * As `udf`, called for many rows at once: `body` is given a list of values for each parameter and
 * answers one of as many. Rows that `udf` would not be called for are not in the lists.
 */
export function batchUdf<const P extends readonly ColumnType<AnyColumn>[], R extends AnyColumn>(
  name: string,
  options: UdfOptions<P, R>,
  body: (...lists: ListsOf<P>) => ArrayLike<AnswerOf<R>>,
): Udf<P, R> {
  return made(name, options, 'batch', body)
}

function made(
  name: unknown,
  options: unknown,
  per: UserFunction['per'],
  body: unknown,
): (...args: readonly unknown[]) => Expr<Untyped> {
  const where = per === 'row' ? 'udf' : 'batchUdf'
  if (typeof name !== 'string' || name === '') throw invalid(`${where}: it needs a name`)
  if (typeof body !== 'function') {
    throw invalid(`${where} "${clip(name)}": expected a function, got ${typeof body}`)
  }
  const { takes, returns } = Object(options) as Record<string, unknown>
  if (!Array.isArray(takes)) {
    throw invalid(`${where} "${clip(name)}": takes is a list of types such as [t.int64()]`)
  }
  const of: UserFunction = Object.freeze({
    name,
    takes: takes.map((type: unknown, at) => fieldOf(`${at + 1}`, type, `${where} "${clip(name)}"`)),
    returns: fieldOf(name, returns, `${where} "${clip(name)}", returns`),
    per,
    body: body as UserFunction['body'],
  })
  return (...args) => expr({ kind: 'user', of, args: args.map((arg) => termFrom(arg, name)) })
}
