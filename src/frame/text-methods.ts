import type { FunctionName } from '../plan/function.ts'
import type { Expr, TextMethods, TextOperand } from './expr.ts'
import type { Untyped } from './type-tag.ts'

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
