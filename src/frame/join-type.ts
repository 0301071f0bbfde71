import type { JoinHow } from '../plan/logical-plan.ts'
import type { SuperOf } from './expr-type.ts'
import type { Base, Null, Nullable } from './type-tag.ts'

/** How two frames are joined. `L` and `R` are the names of the left and right columns. */
export type JoinOptions<L extends string, R extends string> =
  | {
      /** A name that both have, several of them, or pairs `[left, right]`. */
      readonly on: (L & R) | readonly (L & R)[] | readonly (readonly [L, R])[]
      /** `inner` when not given. */
      readonly how?: Exclude<JoinHow, 'cross'>
      /** Put behind a right column's name that the left has too; `_right` when not given. */
      readonly suffix?: string
    }
  | { readonly how: 'cross'; readonly on?: never; readonly suffix?: string }

type HowOf<O> = O extends { readonly how: infer H } ? H : 'inner'
type SuffixOf<O> = O extends { readonly suffix: infer X extends string } ? X : '_right'

/** The keys that are called the same on both sides: they appear once. */
type Merged<O> = O extends { readonly on: infer K }
  ? K extends string
    ? K
    : K extends readonly (infer E)[]
      ? E extends string
        ? E
        : E extends readonly [infer A, infer B]
          ? [A] extends [B]
            ? A
            : never
          : never
      : never
  : never

type RightName<S, R, O> = {
  [P in keyof R & string]: P extends Merged<O>
    ? never
    : P extends keyof S
      ? `${P}${SuffixOf<O>}`
      : P
}[keyof R & string]

/** The names that a join of `S` and `R` yields. */
export type JoinedNames<S, R, O> =
  HowOf<O> extends 'semi' | 'anti' ? keyof S : keyof S | RightName<S, R, O>

type MergedColumn<L, R> =
  R extends Null<unknown> ? Nullable<SuperOf<Base<L> | Base<R>>> : SuperOf<Base<L> | Base<R>>

type LeftColumn<S, R, P extends keyof S, O> =
  HowOf<O> extends 'right' | 'full'
    ? P extends Merged<O>
      ? P extends keyof R
        ? HowOf<O> extends 'full'
          ? MergedColumn<S[P], S[P] extends Null<unknown> ? S[P] : R[P]>
          : MergedColumn<S[P], R[P]>
        : never
      : Nullable<S[P]>
    : S[P]

type RightColumn<C, O> = HowOf<O> extends 'left' | 'full' ? Nullable<C> : C

/** The column called `P` of a join of `S` and `R`. */
export type JoinedColumn<S, R, P, O> = P extends keyof S
  ? LeftColumn<S, R, P, O>
  : P extends keyof R
    ? RightColumn<R[P], O>
    : P extends `${infer B}${SuffixOf<O>}`
      ? B extends keyof R
        ? RightColumn<R[B], O>
        : never
      : never

/** Which rows a join by keys yields. */
export type JoinKind = Exclude<JoinHow, 'cross'>

/** The join on all names that `S` and `R` have in common. */
export interface NaturalJoin<S, R, O> {
  readonly on: (keyof S & keyof R & string)[]
  readonly how: HowOf<O>
}

/** How two frames are joined by a predicate. */
export interface JoinWhereOptions {
  /** `inner` when not given. */
  readonly how?: 'inner' | 'left' | 'semi' | 'anti'
  /** Put behind a right column's name that the left has too; `_right` when not given. */
  readonly suffix?: string
}

/** How a row finds the nearest one. `L` and `R` are the names of the left and right columns. */
export interface AsofOptions<L extends string, R extends string> {
  /** What is near: a name that both have, or a pair `[left, right]`. The right one stays. */
  readonly on: (L & R) | readonly [L, R]
  /** What has to be equal: a name that both have, several of them, or pairs `[left, right]`. */
  readonly by?: (L & R) | readonly (L & R)[] | readonly (readonly [L, R])[]
  /** `backward` when not given: the nearest key that is not greater. */
  readonly direction?: 'backward' | 'forward'
  /** How far the nearest may be: dates in days, timestamps in milliseconds. */
  readonly tolerance?: number
  /** Put behind a right column's name that the left has too; `_right` when not given. */
  readonly suffix?: string
}

/** The left join that has the columns of an asof join with the options `O`. */
export type AsofJoin<O> = {
  readonly how: 'left'
  readonly on: O extends { readonly by: infer B } ? B : never
  readonly suffix: SuffixOf<O>
}
