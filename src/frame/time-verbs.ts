import { GraupelError, invalid } from '../error.ts'
import { explode, type LogicalPlan } from '../plan/logical-plan.ts'
import type { Expr } from './expr.ts'
import { freshName } from './fresh-name.ts'
import { expr, termFrom } from './lazy-expr.ts'
import { dropNullsPlan, dropPlan, filterPlan, withColumnsPlan } from './project-verbs.ts'
import { numbered } from './reshape-verbs.ts'
import {
  type Closed,
  closedOf,
  fixedMicros,
  microsOf,
  requireOptions,
  requirePartsOf,
  type Step,
  stepOf,
  timeColumn,
} from './time-step.ts'
import type { Untyped } from './type-tag.ts'

type AnyExpr = Expr<Untyped>

/** Windows that a row may be in: the rows are made as often. */
const WINDOWS_MAX = 10_000
const CALENDAR = ['month', 'year']

/** Windows of time: where they begin, how long they are, and which ends are in them. */
interface TimeWindows {
  readonly every: Step
  readonly period: Step
  readonly offset: Step | null
  readonly closed: Closed
}

/**
 * The rows of `groupByDynamic`, each as often as there are windows that it is in, with the start
 * of the window in the place of its time; and the names that make the groups.
 */
export function windowedRows(input: LogicalPlan, name: unknown, options: unknown) {
  const verb = 'groupByDynamic'
  const given = Object(options) as Record<string, unknown>
  const time = timeColumn(input, name, { by: given['by'], verb })
  const windows = windowsOf(given)
  const { every, period, offset, closed } = windows
  requirePartsOf(time, [every, period, ...(offset === null ? [] : [offset])], verb)
  const { column, keys, type } = time
  const count = windowsOfRow(windows)
  const number = freshName('_window', input.schema)
  const start = freshName('_start', input.schema)
  const timed = dropNullsPlan(input, [column])
  const rows = count === 1 ? timed : numbered(timed, count, number)
  const at: AnyExpr = expr({ kind: 'column', name: column })
  const moved = (from: AnyExpr, by: Step, sign: 1 | -1 = 1): AnyExpr =>
    from.dt.add(sign * by.count, by.unit as 'day')
  const { unit } = every
  const epoch = (offset === null ? at : moved(at, offset, -1)).dt.epoch(unit as 'day')
  const zero = unit === 'week' ? '1969-12-29' : '1970-01-01'
  const text = type.name === 'date' ? zero : `${zero}T00:00:00`
  const base: AnyExpr = expr({ kind: 'literal', value: text, type })
  const first = epoch.sub(epoch.mod(every.count).add(every.count).mod(every.count))
  const steps =
    count === 1 ? first : first.sub(expr({ kind: 'column', name: number }).mul(every.count))
  const regular = base.dt.add(steps, unit as 'day')
  const begun = withColumnsPlan(rows, () => ({
    [start]: offset === null ? regular : moved(regular, offset),
  }))
  const began: AnyExpr = expr({ kind: 'column', name: start })
  const end = moved(began, period)
  const inside = filterPlan(begun, () => {
    const before = closed === 'right' || closed === 'both' ? at.lte(end) : at.lt(end)
    return closed === 'right' || closed === 'none' ? before.and(at.gt(began)) : before
  })
  const placed = withColumnsPlan(inside, () => ({ [column]: began }))
  const plan = dropPlan(placed, count === 1 ? [start] : [start, number])
  return { plan, keys: [...keys, column] }
}

function windowsOf(given: Record<string, unknown>): TimeWindows {
  const verb = 'groupByDynamic'
  requireOptions(given, ['every', 'period', 'offset', 'closed', 'by'], verb)
  const { every: text, period: length = text, offset: from, closed = 'left' } = given
  const every = stepOf(text, { option: 'every', verb })
  const period = stepOf(length, { option: 'period', verb })
  const offset = from === undefined ? null : stepOf(from, { option: 'offset', verb, sign: '-' })
  if (offset !== null && CALENDAR.includes(offset.unit) && !CALENDAR.includes(every.unit)) {
    throw invalid(`${verb}: an offset in ${offset.unit}s goes with every in months or years only`)
  }
  return { every, period, offset, closed: closedOf(closed, verb) }
}

/** In how many windows a row may be, counted back from the last that begins at it or before. */
function windowsOfRow({ every, period, offset, closed }: TimeWindows): number {
  const [, most] = microsOf(period)
  const [least] = microsOf(every)
  // Months that begin on another day than the first may end on the last of a shorter one.
  const isFixed = offset === null || !CALENDAR.includes(every.unit)
  const isRegular = every.unit === period.unit && isFixed
  const lengths = isRegular ? period.count / every.count : most / least
  const isEndIn = closed === 'right' || closed === 'both'
  const count = Math.ceil(lengths) + (isRegular && !isEndIn ? 0 : 1)
  if (count <= WINDOWS_MAX) return count
  const message = `groupByDynamic: a row would be in ${count} windows, at most ${WINDOWS_MAX} are made`
  throw new GraupelError('LIMIT', message, { windows: count, windowsMax: WINDOWS_MAX })
}

/** Plan of `fillGaps`: after each row those that are missing before the next one of its group. */
export function fillGapsPlan(input: LogicalPlan, name: unknown, options: unknown): LogicalPlan {
  const verb = 'fillGaps'
  const given = Object(options) as Record<string, unknown>
  requireOptions(given, ['every', 'by'], verb)
  const { every, by } = given
  const time = timeColumn(input, name, { by, verb })
  const step = stepOf(every, { option: 'every', verb })
  requirePartsOf(time, [step], verb)
  const { column, keys } = time
  const length = fixedMicros(step)
  if (length === undefined) {
    throw invalid(`fillGaps: a ${step.unit} has no one length; say every in weeks or shorter`)
  }
  const list = freshName('_steps', input.schema)
  const at: AnyExpr = expr({ kind: 'column', name: column })
  const partitionBy = keys.map((key) => expr({ kind: 'column', name: key }))
  const next: AnyExpr = at
    .lead()
    .over({ ...(keys.length === 0 ? {} : { partitionBy }), orderBy: at } as never)
  const gap = next.dt.epoch('microsecond').sub(at.dt.epoch('microsecond'))
  const count = gap
    .add(length - 1n)
    .intDiv(length)
    .coalesce(1)
  const atLeastOne = expr({
    kind: 'call',
    name: 'greatest',
    args: [termFrom(count, 'fillGaps'), termFrom(1, 'fillGaps')],
  })
  const counted = withColumnsPlan(input, () => ({
    [list]: expr({ kind: 'call', name: 'listRange', args: [termFrom(atLeastOne, 'fillGaps')] }),
  }))
  const rows = explode(counted, { name: list, empty: 'dropped' })
  const number: AnyExpr = expr({ kind: 'column', name: list })
  const isFirst = termFrom(number.eq(0), 'fillGaps')
  const kept = new Set([column, ...keys, list])
  const others = input.schema.fields.filter((of) => !kept.has(of.name))
  const filled = withColumnsPlan(rows, () =>
    Object.fromEntries([
      [column, at.dt.add(number.mul(step.count), step.unit as 'day')],
      ...others.map(({ name: of }) => {
        const value = { kind: 'column', name: of } as const
        // biome-ignore lint/suspicious/noThenProperty: plain data of the plan
        const branches = [{ when: isFirst, then: value }]
        return [of, expr({ kind: 'case', branches, otherwise: null })]
      }),
    ]),
  )
  return dropPlan(filled, [list])
}
