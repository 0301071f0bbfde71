import { compareText } from '../arrow/scalar.ts'
import type { Interval } from './interval.ts'
import type { Ordinary } from './interval-arithmetic.ts'

/** Text that begins with `prefix`: `rest` says what may follow it. */
export interface PrefixPattern {
  readonly prefix: string
  /** `none`: nothing. `any`: whatever. `some`: something that is not looked at here. */
  readonly rest: 'none' | 'any' | 'some'
}

/** What a LIKE pattern asks of the beginning of a text: `%`, `_`, and `\` before either. */
export function likePrefix(pattern: string): PrefixPattern {
  let prefix = ''
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!
    if (char === '%' || char === '_') {
      return { prefix, rest: /^%+$/.test(pattern.slice(at)) ? 'any' : 'some' }
    }
    if (char !== '\\') prefix += char
    else if (at + 1 < pattern.length) prefix += pattern[++at]!
    else return { prefix, rest: 'some' }
  }
  return { prefix, rest: 'none' }
}

/**
 * Whether the texts of `of` may fit `pattern`, and whether they may not. Texts with one prefix
 * stand together in the order of UTF-8: from the prefix itself up to the first without it.
 */
export function prefixPossible(
  of: Interval,
  { prefix, rest }: PrefixPattern,
): { readonly canBeTrue: boolean; readonly canBeFalse: boolean } {
  const least = typeof of.least === 'string' ? of.least : null
  const greatest = typeof of.greatest === 'string' ? of.greatest : null
  const below = greatest !== null && compareText(greatest, prefix) < 0
  const above =
    least !== null &&
    compareText(least, prefix) > 0 &&
    (rest === 'none' || !least.startsWith(prefix))
  const allFit =
    (rest === 'any' && prefix === '') ||
    (least !== null &&
      greatest !== null &&
      (rest === 'any'
        ? least.startsWith(prefix) && greatest.startsWith(prefix)
        : rest === 'none' && least === prefix && greatest === prefix))
  return { canBeTrue: !below && !above, canBeFalse: !allFit }
}

/** Bounds of the first `count` characters of the texts of `of`: they are in the order of the texts. */
export function prefixEnds({ least, greatest }: Interval, count: number): Ordinary | undefined {
  if (typeof least !== 'string' || typeof greatest !== 'string' || !(count >= 0)) return undefined
  const first = (text: string) => [...text].slice(0, count).join('')
  return { least: first(least), greatest: first(greatest), canBeNan: false }
}
