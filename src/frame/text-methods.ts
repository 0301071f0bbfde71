import type { FunctionName } from '../plan/function.ts'
import type { Expr } from './expr.ts'
import type { Bool, Int32, Maybe, Of, Strict, Untyped, Utf8 } from './type-tag.ts'

type Text = Of<Maybe<Utf8>>
type TextOperand = string | Expr<Maybe<Utf8>>

/** Methods of text columns, at `o.name.str`. Lengths and positions count characters (code points). */
export interface TextMethods<T> extends Of<T> {
  lower(this: Text): Expr<T>
  upper(this: Text): Expr<T>
  length(this: Text): Expr<Strict<T, Int32>>
  /** Without white space at both ends. */
  trim(this: Text): Expr<T>
  trimStart(this: Text): Expr<T>
  trimEnd(this: Text): Expr<T>
  startsWith(this: Text, prefix: TextOperand): Expr<Strict<T, Bool>>
  endsWith(this: Text, suffix: TextOperand): Expr<Strict<T, Bool>>
  contains(this: Text, part: TextOperand): Expr<Strict<T, Bool>>
  /** Matches a pattern whole: `%` stands for any text, `_` for one character, `\` escapes. */
  like(this: Text, pattern: string): Expr<Strict<T, Bool>>
  /** `length` characters (default: all) from position `start` (0-based) on. */
  slice(this: Text, start: number, length?: number): Expr<T>
  /** With every `part` replaced by `replacement`. */
  replace(this: Text, part: string, replacement: string): Expr<T>
  /** Followed by `others`, in order. */
  concat(this: Text, ...others: TextOperand[]): Expr<T>
}

/** Makes the call of a function on the column that the methods belong to. */
export type CallMaker = (name: FunctionName, ...args: readonly unknown[]) => Expr<Untyped>

/** The methods over `call`, which applies a function to the text column. */
export function textMethods(call: CallMaker): TextMethods<Untyped> {
  return Object.freeze({
    lower: () => call('lower'),
    upper: () => call('upper'),
    length: () => call('length'),
    trim: () => call('trim'),
    trimStart: () => call('trimStart'),
    trimEnd: () => call('trimEnd'),
    startsWith: (prefix: TextOperand) => call('startsWith', prefix),
    endsWith: (suffix: TextOperand) => call('endsWith', suffix),
    contains: (part: TextOperand) => call('contains', part),
    like: (pattern: string) => call('like', pattern),
    slice: (start: number, length?: number) =>
      length === undefined ? call('slice', start) : call('slice', start, length),
    replace: (part: string, replacement: string) => call('replace', part, replacement),
    concat: (...others: TextOperand[]) => call('concat', ...others),
  })
}
