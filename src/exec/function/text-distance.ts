import { invalid } from '../../error.ts'
import type { ScalarFunction } from './argument.ts'
import { rowFunction } from './row-function.ts'

/** How many characters differ, place by place. */
function hamming(left: string, right: string): number {
  const [a, b] = [[...left], [...right]]
  if (a.length !== b.length) {
    throw invalid(
      `hamming: the texts have ${a.length} and ${b.length} characters: as many are needed`,
    )
  }
  return a.reduce((count, character, at) => count + (character === b[at] ? 0 : 1), 0)
}

/** Which part of the different characters of both is in both: 0 to 1; of two empty texts 1. */
function jaccard(left: string, right: string): number {
  const [a, b] = [new Set(left), new Set(right)]
  const shared = [...a].filter((character) => b.has(character)).length
  const all = a.size + b.size - shared
  return all === 0 ? 1 : shared / all
}

/** Source: M. Jaro, "Advances in Record-Linkage Methodology", 1989. */
function jaro(left: string, right: string): number {
  const [a, b] = [[...left], [...right]]
  if (a.length === 0 && b.length === 0) return 1
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1)
  const taken = new Uint8Array(b.length)
  const matched: string[] = []
  for (const [at, character] of a.entries()) {
    const last = Math.min(b.length - 1, at + reach)
    for (let other = Math.max(0, at - reach); other <= last; other++) {
      if (taken[other] === 1 || b[other] !== character) continue
      taken[other] = 1
      matched.push(character)
      break
    }
  }
  const count = matched.length
  if (count === 0) return 0
  const others = b.filter((_, at) => taken[at] === 1)
  const moved = Math.floor(matched.filter((character, at) => character !== others[at]).length / 2)
  return (count / a.length + count / b.length + (count - moved) / count) / 3
}

const PREFIX_MAX = 4
const LIKE_ENOUGH = 0.7

/** Source: W. Winkler, "String Comparator Metrics", 1990: a common start counts for texts alike. */
function jaroWinkler(left: string, right: string): number {
  const likeness = jaro(left, right)
  if (likeness <= LIKE_ENOUGH) return likeness
  const [a, b] = [[...left], [...right]]
  let prefix = 0
  while (prefix < PREFIX_MAX && prefix < a.length && a[prefix] === b[prefix]) prefix++
  return likeness + prefix * 0.1 * (1 - likeness)
}

/**
 * The least number of insertions, deletions, replacements and exchanges of neighbours.
 * Source: R. Lowrance, R. Wagner, "An Extension of the String-to-String Correction Problem", 1975.
 */
function damerau(left: string, right: string): number {
  const [a, b] = [[...left], [...right]]
  const far = a.length + b.length
  const rows = Array.from({ length: a.length + 2 }, () => new Int32Array(b.length + 2))
  for (let i = 0; i <= a.length; i++) {
    rows[i + 1]![0] = far
    rows[i + 1]![1] = i
  }
  rows[0]!.fill(far)
  for (let j = 0; j <= b.length; j++) rows[1]![j + 1] = j
  const lastRow = new Map<string, number>()
  for (let i = 1; i <= a.length; i++) {
    let lastColumn = 0
    for (let j = 1; j <= b.length; j++) {
      const [k, l] = [lastRow.get(b[j - 1]!) ?? 0, lastColumn]
      const isSame = a[i - 1] === b[j - 1]
      if (isSame) lastColumn = j
      rows[i + 1]![j + 1] = Math.min(
        rows[i]![j]! + (isSame ? 0 : 1),
        rows[i + 1]![j]! + 1,
        rows[i]![j + 1]! + 1,
        rows[k]![l]! + (i - k - 1) + 1 + (j - l - 1),
      )
    }
    lastRow.set(a[i - 1]!, i)
  }
  return rows[a.length + 1]![b.length + 1]!
}

const SOUNDS = new Map(
  ['bfpv', 'cgjkqsxz', 'dt', 'l', 'mn', 'r'].flatMap((letters, at) =>
    [...letters].map((letter) => [letter, String(at + 1)] as const),
  ),
)

/** American Soundex: a letter and three digits; empty of a text without a letter of A to Z. */
function soundex(text: string): string {
  const letters = [...text.toLowerCase()].filter((letter) => letter >= 'a' && letter <= 'z')
  const [first] = letters
  if (first === undefined) return ''
  let code = first.toUpperCase()
  let last = SOUNDS.get(first)
  for (const letter of letters.slice(1)) {
    const sound = SOUNDS.get(letter)
    if (sound !== undefined && sound !== last) code += sound
    if (code.length === 4) break
    // Letters of one sound count once, also with h or w between them.
    if (letter !== 'h' && letter !== 'w') last = sound
  }
  return code.padEnd(4, '0')
}

/** How far texts are apart, and how alike they are. Positions count characters. */
export const DISTANCE_FUNCTIONS = {
  hamming: rowFunction(hamming),
  jaccard: rowFunction(jaccard),
  jaro: rowFunction(jaro),
  jaroWinkler: rowFunction(jaroWinkler),
  damerau: rowFunction(damerau),
  soundex: rowFunction(soundex),
} satisfies Record<string, ScalarFunction>
