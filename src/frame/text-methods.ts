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
    ilike: (pattern: string) => call('lower').str.like(lowerCase(pattern)),
    reverse: () => call('reverse'),
    titleCase: () => call('titleCase'),
    repeat: (count: number) => call('repeat', count),
    padStart: (size: number, fill = ' ') => call('padStart', size, fill),
    padEnd: (size: number, fill = ' ') => call('padEnd', size, fill),
    left: (count: number) => call('left', count),
    right: (count: number) => call('right', count),
    indexOf: (part: TextOperand) => call('indexOf', part),
    countMatches: (part: TextOperand) => call('countMatches', part),
    splitPart: (separator: string, index: number) => call('splitPart', separator, index),
    split: (separator: string) => call('split', separator),
    chunk: (size: number, overlap = 0) => call('chunk', size, overlap),
    translate: (from: string, to: string) => call('translate', from, to),
    stripPrefix: (prefix: TextOperand) => call('stripPrefix', prefix),
    stripSuffix: (suffix: TextOperand) => call('stripSuffix', suffix),
    trimCharacters: (characters: string) => call('trimCharacters', characters),
    byteLength: () => call('byteLength'),
    codePoint: () => call('codePoint'),
    editDistance: (other: TextOperand) => call('editDistance', other),
    toHex: () => call('toHex'),
    fromHex: () => call('fromHex'),
    toBase64: () => call('toBase64'),
    fromBase64: () => call('fromBase64'),
    urlEncode: () => call('urlEncode'),
    urlDecode: () => call('urlDecode'),
    md5: () => call('md5'),
    sha256: () => call('sha256'),
    sha1: () => call('sha1'),
    sha512: () => call('sha512'),
    crc32: () => call('crc32'),
    hamming: (other: TextOperand) => call('hamming', other),
    damerau: (other: TextOperand) => call('damerau', other),
    jaccard: (other: TextOperand) => call('jaccard', other),
    jaro: (other: TextOperand) => call('jaro', other),
    jaroWinkler: (other: TextOperand) => call('jaroWinkler', other),
    soundex: () => call('soundex'),
    splice: (start: number, count: number, part: string) => call('splice', start, count, part),
    stripAccents: () => call('stripAccents'),
    normalize: (form: string) => call('normalize', form),
    lastIndexOf: (part: TextOperand) => call('lastIndexOf', part),
    toInteger: (base = 10) => call('parseWhole', base),
    isJson: () => call('isJson'),
    matches: (pattern: string) => call('matches', pattern),
    matchAt: (pattern: string, group = 0) => call('matchAt', pattern, group),
    countPattern: (pattern: string) => call('countPattern', pattern),
    replacePattern: (pattern: string, replacement: string) =>
      call('replacePattern', pattern, replacement),
    toDate: (format: string) => call('parseDate', format),
    toTimestamp: (format: string) => call('parseTimestamp', format),
    tryToDate: (format: string) => call('tryParseDate', format),
    tryToTimestamp: (format: string) => call('tryParseTimestamp', format),
  })
}

/** Anything but text is left to the function's own check. */
const lowerCase = (pattern: string): string =>
  typeof pattern === 'string' ? pattern.toLowerCase() : pattern
