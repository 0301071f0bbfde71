import { timestamp } from '../arrow/data-type.ts'
import { parseTimestamp } from '../arrow/temporal.ts'
import { clip, GraupelError, invalid } from '../error.ts'
import type { Head } from './model/head.ts'
import type { Moment } from './model/moment.ts'
import { instantText } from './stored-json.ts'

/** The first instant that a Date holds. */
const INSTANT_MIN = -8.64e15

const UNIT_MS = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
])

/**
 * What a moment asks for: a version, an instant in milliseconds since 1970, or a tag. Throws INVALID for
 * what is no moment.
 *
 * @param nowMs Milliseconds since 1970, which offsets count back from.
 */
export function momentOf(
  moment: Moment,
  nowMs: number,
): { readonly version: number } | { readonly instant: number } | { readonly tag: string } {
  if ('version' in moment) {
    if (Number.isSafeInteger(moment.version) && moment.version >= 0) {
      return { version: moment.version }
    }
    throw invalid(`version ${String(moment.version)} is no whole number from 0 on`, { moment })
  }
  if ('tag' in moment) return { tag: moment.tag }
  if ('timestamp' in moment) return { instant: instantOf(moment.timestamp) }
  const parts = /^-(\d{1,9})(ms|s|m|h|d|w)$/.exec(String(moment.offset))
  if (parts === null) {
    throw invalid(
      `offset "${clip(String(moment.offset))}" is none: use e.g. "-30m", "-24h" or "-7d"`,
      {
        offset: moment.offset,
      },
    )
  }
  return { instant: Math.max(nowMs - Number(parts[1]) * UNIT_MS.get(parts[2]!)!, INSTANT_MIN) }
}

/** Throws NOT_FOUND unless the table has or had `version`. */
export function assertVersion(head: Head, name: string, version: number): void {
  if (version <= head.version) return
  throw noSuchVersion(head, name, `version ${version}`)
}

/** The NOT_FOUND for a moment that a table has nothing at, with what there is. */
export function noSuchVersion(head: Head, name: string, what: string): GraupelError {
  const [from, to] = [instantText(head.created), instantText(head.timestamp)]
  return new GraupelError(
    'NOT_FOUND',
    `table "${name}" has nothing at ${what}; it has versions 0 to ${head.version}, from ${from} to ${to}`,
    { table: name, oldest: 0, newest: head.version, from, to },
  )
}

function instantOf(value: Date | string): number {
  if (value instanceof Date) {
    if (!Number.isNaN(value.getTime())) return value.getTime()
    throw invalid('the timestamp is an invalid Date')
  }
  const micros = parseTimestamp(String(value), timestamp('us', 'UTC'))
  if (micros !== undefined) return Math.floor(Number(micros) / 1000)
  throw invalid(`"${clip(String(value))}" is no timestamp: use e.g. "2026-01-31T10:00:00Z"`, {
    timestamp: clip(String(value)),
  })
}
