import { bytesEqual } from './compare-texts.ts'

const ANY_CHARACTER = 256
const ANY_RUN = 257
const PERCENT = 0x25
const UNDERSCORE = 0x5f
const BACKSLASH = 0x5c

/**
 * A LIKE pattern ready to match. `equals`, `prefix`, `suffix` and `contains` look for `literal`;
 * `general` follows `tokens`: bytes, 256 for one character, 257 for any run of characters; its
 * `literal` is a run of bytes that every match has.
 */
export interface LikeProgram {
  readonly kind: 'equals' | 'prefix' | 'suffix' | 'contains' | 'general'
  readonly literal: Uint8Array
  readonly tokens: Uint16Array
}

/**
 * Reads a pattern: `%` any run of characters, `_` one character, `\` takes the next character as
 * it is. Null when the pattern ends in a `\` that escapes nothing.
 */
export function compileLike(pattern: Uint8Array): LikeProgram | null {
  const tokens: number[] = []
  for (let i = 0; i < pattern.length; i++) {
    const byte = pattern[i]!
    if (byte === BACKSLASH) {
      if (++i === pattern.length) return null
      tokens.push(pattern[i]!)
    } else if (byte === UNDERSCORE) tokens.push(ANY_CHARACTER)
    else if (byte !== PERCENT) tokens.push(byte)
    else if (tokens.at(-1) !== ANY_RUN) tokens.push(ANY_RUN)
  }
  const opens = tokens[0] === ANY_RUN
  const closes = tokens.at(-1) === ANY_RUN
  const inner = tokens.slice(opens ? 1 : 0, closes ? Math.max(tokens.length - 1, 1) : undefined)
  const plain = inner.every((token) => token < 256)
  const ends = opens ? (closes ? 'contains' : 'suffix') : closes ? 'prefix' : 'equals'
  return {
    kind: plain ? ends : 'general',
    literal: Uint8Array.from(plain ? inner : longestLiteral(tokens)),
    tokens: Uint16Array.from(tokens),
  }
}

/** The longest run of bytes that every match has. */
function longestLiteral(tokens: readonly number[]): readonly number[] {
  let best: readonly number[] = []
  let from = 0
  for (let i = 0; i <= tokens.length; i++) {
    if (i < tokens.length && tokens[i]! < 256) continue
    if (i - from > best.length) best = tokens.slice(from, i)
    from = i + 1
  }
  return best
}

/** Whether `bytes[start .. end)` matches. Time: the text's length times, at worst, the pattern's. */
export function matchesLike(
  program: LikeProgram,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const { kind, literal } = program
  const size = literal.length
  switch (kind) {
    case 'equals':
      return end - start === size && bytesEqual(bytes, start, literal, 0, size)
    case 'prefix':
      return end - start >= size && bytesEqual(bytes, start, literal, 0, size)
    case 'suffix':
      return end - start >= size && bytesEqual(bytes, end - size, literal, 0, size)
    case 'contains':
      return indexOfBytes(bytes, start, end, literal) >= 0
    case 'general':
      return matchesTokens(program.tokens, bytes, start, end)
  }
}

/**
 * Greedy with one point to come back to: a later `%` makes the earlier ones settled, since it can
 * take over whatever they would have taken.
 */
function matchesTokens(
  tokens: Uint16Array,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  let token = 0
  let at = start
  let resumeToken = -1
  let resumeAt = 0
  while (at < end) {
    const wanted = token < tokens.length ? tokens[token]! : -1
    if (wanted === ANY_RUN) {
      resumeToken = ++token
      resumeAt = at
      if (token === tokens.length) return true
    } else if (wanted === bytes[at]!) {
      token++
      at++
    } else if (wanted === ANY_CHARACTER) {
      token++
      at++
      while (at < end && (bytes[at]! & 0xc0) === 0x80) at++
    } else if (resumeToken < 0) return false
    else {
      token = resumeToken
      at = ++resumeAt
    }
  }
  while (token < tokens.length && tokens[token] === ANY_RUN) token++
  return token === tokens.length
}

/** The first index in `bytes[start .. end)` where `needle` begins; -1 when there is none. */
export function indexOfBytes(
  bytes: Uint8Array,
  start: number,
  end: number,
  needle: Uint8Array,
): number {
  const size = needle.length
  if (size === 0) return start
  const first = needle[0]!
  const last = end - size
  for (let at = start; at <= last; at++) {
    if (bytes[at] === first && bytesEqual(bytes, at, needle, 0, size)) return at
  }
  return -1
}
