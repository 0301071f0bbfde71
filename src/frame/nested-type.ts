import type { ElementOf } from './expr.ts'
import type { Base, Json, List, Nullable, Untyped } from './type-tag.ts'

/** Names of the columns of `S` that hold a `T`; any name where the compiler knows none. */
type KeysOf<S, T> = 0 extends 1 & S
  ? string
  : { [K in keyof S]: Base<S[K]> extends T ? K : never }[keyof S] & string

/** A name of a list column of `S`. */
export type ListKey<S> = KeysOf<S, List<unknown>>

/** A name of a json column of `S`. */
export type JsonKey<S> = KeysOf<S, Json>

/** The column of the values of a list column `T`. */
export type ExplodedColumn<T> = 0 extends 1 & T ? Untyped : Nullable<ElementOf<T>>

/** What becomes of a row without a value: it is left out, or stays with a null. */
export interface ExplodeOptions {
  readonly empty?: 'dropped' | 'kept'
}
