import type { DataType } from '../arrow/data-type.ts'
import { fieldNamed } from '../arrow/schema.ts'
import { clip, invalid } from '../error.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'
import { checkedNames } from './project-verbs.ts'

/** A length of time: so many of a unit. */
export interface Step {
  readonly count: number
  readonly unit: string
}

const UNITS = new Map([
  ['us', 'microsecond'],
  ['ms', 'millisecond'],
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
])
/** The least and the most microseconds of a unit. */
const MICROS = new Map<string, readonly [least: number, most: number]>([
  ['microsecond', [1, 1]],
  ['millisecond', [1000, 1000]],
  ['second', [1_000_000, 1_000_000]],
  ['minute', [60_000_000, 60_000_000]],
  ['hour', [3_600_000_000, 3_600_000_000]],
  ['day', [86_400_000_000, 86_400_000_000]],
  ['week', [604_800_000_000, 604_800_000_000]],
  ['month', [28 * 86_400_000_000, 31 * 86_400_000_000]],
  ['year', [365 * 86_400_000_000, 366 * 86_400_000_000]],
])
const OF_DATES = ['day', 'week', 'month', 'year']

/** The microseconds that a step has at least and at most: months and years differ. */
export function microsOf({ count, unit }: Step): readonly [least: number, most: number] {
  const [least, most] = MICROS.get(unit)!
  return [count * least, count * most]
}

/** The microseconds of a step; undefined for months and years. */
export function fixedMicros(step: Step): bigint | undefined {
  const [least, most] = microsOf(step)
  return least === most ? BigInt(step.count) * BigInt(MICROS.get(step.unit)![0]) : undefined
}

/** A step such as `15m`; with `sign` also `-15m`. Throws INVALID for other text, naming `option`. */
export function stepOf(
  text: unknown,
  { option, verb, sign = '' }: { option: string; verb: string; sign?: '-' | '' },
): Step {
  const parts = typeof text === 'string' ? /^(-?)([1-9]\d{0,8})([a-z]+)$/.exec(text) : null
  const unit = UNITS.get(parts?.[3] ?? '')
  if (parts !== null && unit !== undefined && (parts[1] === '' || parts[1] === sign)) {
    return { count: Number(`${parts[1]}${parts[2]}`), unit }
  }
  throw invalid(
    `${verb}: ${option} is a number and one of ${[...UNITS.keys()].join(', ')}, such as "15m", got ${clip(String(text))}`,
  )
}

/** The time column of a verb, and the columns that make the groups beside it. */
export interface TimeColumn {
  readonly column: string
  readonly type: DataType
  readonly keys: readonly string[]
}

/** Throws NOT_FOUND for a column, INVALID for one that is no time. */
export function timeColumn(
  input: LogicalPlan,
  name: unknown,
  { by = [], verb }: { readonly by?: unknown; readonly verb: string },
): TimeColumn {
  const [column] = checkedNames(input, [name], verb) as [string]
  const { type } = fieldNamed(input.schema, column)
  if (type.name !== 'date' && type.name !== 'timestamp') {
    throw invalid(`${verb}: "${clip(column)}" is no date or timestamp`, { column })
  }
  const keys = checkedNames(input, Array.isArray(by) ? by : [by], verb)
  if (keys.includes(column)) throw invalid(`${verb}: "${clip(column)}" is the time, not in by`)
  return { column, type, keys }
}

/** Throws INVALID where a date column has no part as short as one of `steps`. */
export function requirePartsOf(
  { type, column }: TimeColumn,
  steps: readonly Step[],
  verb: string,
): void {
  const short = steps.find(({ unit }) => type.name === 'date' && !OF_DATES.includes(unit))
  if (short === undefined) return
  throw invalid(`${verb}: dates have no parts as short as a ${short.unit}`, { column })
}

const CLOSED = ['left', 'right', 'both', 'none'] as const
/** Which ends of a window are in it. */
export type Closed = (typeof CLOSED)[number]

export function closedOf(value: unknown, verb: string): Closed {
  const found = CLOSED.find((closed) => closed === value)
  if (found !== undefined) return found
  throw invalid(`${verb}: closed is one of ${CLOSED.join(', ')}, got ${clip(String(value))}`)
}

/** Throws INVALID for an option that `known` does not name. */
export function requireOptions(options: object, known: readonly string[], verb: string): void {
  const wrong = Object.keys(options).find((option) => !known.includes(option))
  if (wrong === undefined) return
  throw invalid(`${verb}: unknown option "${clip(wrong)}"; options: ${known.join(', ')}`, {
    option: wrong,
  })
}
