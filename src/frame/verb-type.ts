import type { Base, DateType, LiteralOf, Timestamp, Untyped } from './type-tag.ts'

/** A length of time: a number and a unit, such as `15m`, `1d` or `1mo`. */
export type Duration = `${number}${'us' | 'ms' | 's' | 'm' | 'h' | 'd' | 'w' | 'mo' | 'y'}`

/** A name of a date or timestamp column of `S`. */
export type TimeKey<S> = 0 extends 1 & S
  ? string
  : { [K in keyof S]: Base<S[K]> extends DateType | Timestamp ? K : never }[keyof S] & string

/** A JavaScript value of the column `K` of `S`. */
export type ValueOf<S, K> = 0 extends 1 & S ? Untyped : K extends keyof S ? LiteralOf<S[K]> : never

/** Per column pairs of a value and what takes its place. */
export type Replacements<S> = 0 extends 1 & S
  ? Readonly<Record<string, readonly (readonly [unknown, unknown])[]>>
  : { readonly [K in keyof S]?: readonly (readonly [LiteralOf<S[K]>, LiteralOf<S[K]>])[] }
