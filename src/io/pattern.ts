import type { RE2JS } from 're2js'
import { clip, invalid } from '../error.ts'

/** A compiled regular expression of RE2's syntax, matched in time linear in the text. */
export type Pattern = RE2JS

const CACHED_MAX = 64
const cached = new Map<string, Pattern>()

/**
 * Compiles a regular expression. The engine is loaded at the first call, at once: expressions are
 * evaluated without waiting. Throws INVALID for what is none, such as a back-reference.
 */
export function compilePattern(text: string): Pattern {
  const known = cached.get(text)
  if (known !== undefined) return known
  const { createRequire } = process.getBuiltinModule('node:module')
  const { RE2JS } = createRequire(import.meta.url)('re2js') as typeof import('re2js')
  let pattern: Pattern
  try {
    pattern = RE2JS.compile(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw invalid(`"${clip(text)}" is no regular expression: ${why}`, { pattern: clip(text) })
  }
  if (cached.size >= CACHED_MAX) cached.delete(cached.keys().next().value!)
  cached.set(text, pattern)
  return pattern
}
