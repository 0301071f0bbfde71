import { clip, GraupelError, invalid } from '../error.ts'

/** No key may have a segment that begins so: stores keep unfinished files under it. */
export const UNFINISHED_PREFIX = '.tmp-'

const KEY_BYTES_MAX = 1024
const SEGMENT_BYTES_MAX = 255

/**
 * Throws INVALID unless `key` is safe on every store: segments separated by `/`, none of them
 * empty, `.`, `..` or beginning with `.tmp-`; no backslash, no control character, no lone
 * surrogate; at most 1024 bytes in all and 255 in a segment.
 */
export function assertKey(key: string): void {
  const problem = keyProblem(key)
  if (problem !== undefined) {
    throw invalid(`storage key "${clip(key)}" ${problem}`, { key: clip(key) })
  }
}

/** Throws INVALID unless `prefix` is '' or a safe key with a `/` after it. */
export function assertPrefix(prefix: string): void {
  if (prefix === '') return
  if (!prefix.endsWith('/')) {
    throw invalid(`list prefix "${clip(prefix)}" must be '' or end with "/"`, { prefix })
  }
  assertKey(prefix.slice(0, -1))
}

/** Throws INVALID unless `key` is safe and ends with `.json`, as keys of cells do. */
export function assertCellKey(key: string): void {
  assertKey(key)
  if (!key.endsWith('.json') || key.endsWith('/.json') || key === '.json') {
    throw invalid(`cell key "${clip(key)}" must end with ".json"`, { key: clip(key) })
  }
}

/** Wraps what a store's medium threw: UNAVAILABLE with the key, unless it is ours already. */
export function storeFailure(operation: string, key: string, cause: unknown): GraupelError {
  if (cause instanceof GraupelError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new GraupelError(
    'UNAVAILABLE',
    `storage could not ${operation} "${clip(key)}": ${clip(reason)}`,
    { operation, key },
    { cause },
  )
}

function keyProblem(key: string): string | undefined {
  if (key.startsWith('/')) return 'is absolute; keys are relative to the root of the store'
  if (!key.isWellFormed()) return 'holds a lone surrogate'
  if (Buffer.byteLength(key) > KEY_BYTES_MAX) return `is longer than ${KEY_BYTES_MAX} bytes`
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i)
    if (code < 32 || code === 127) return 'holds a control character'
    if (code === 92) return 'holds a backslash'
  }
  for (const segment of key.split('/')) {
    if (segment === '') return 'has an empty segment'
    if (segment === '.' || segment === '..') return `has the segment "${segment}"`
    if (segment.startsWith(UNFINISHED_PREFIX)) return `has a segment with "${UNFINISHED_PREFIX}"`
    if (Buffer.byteLength(segment) > SEGMENT_BYTES_MAX) {
      return `has a segment longer than ${SEGMENT_BYTES_MAX} bytes`
    }
  }
  return undefined
}
