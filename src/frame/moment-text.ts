import { clip, invalid } from '../error.ts'

/** A moment as frames are named by it. Throws INVALID for what is none. */
export function momentText(moment: unknown): string {
  const hint =
    "at: expected { version: 3 }, { timestamp: '2026-01-31' }, { offset: '-24h' } or { tag: 'x' }"
  if (typeof moment !== 'object' || moment === null) throw invalid(`${hint}, got ${typeof moment}`)
  const entries = Object.entries(moment)
  const [word, value] = entries[0] ?? []
  if (entries.length !== 1 || !['version', 'timestamp', 'offset', 'tag'].includes(word!)) {
    throw invalid(`${hint}, got { ${clip(entries.map(([name]) => name).join(', '))} }`)
  }
  if (word === 'version' && !(Number.isSafeInteger(value) && (value as number) >= 0)) {
    throw invalid(`at: a version is a whole number of at least 0, got ${value}`, { version: value })
  }
  if (value instanceof Date && Number.isNaN(value.getTime())) {
    throw invalid('at: the timestamp is an invalid Date')
  }
  return `${word} ${value instanceof Date ? value.toISOString() : clip(String(value))}`
}
