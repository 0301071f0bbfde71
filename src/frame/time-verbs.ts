import { fieldNamed } from '../arrow/schema.ts'
import { clip, invalid } from '../error.ts'
import { explode, type LogicalPlan } from '../plan/logical-plan.ts'
import type { Expr } from './expr.ts'
import { freshName } from './fresh-name.ts'
import { expr, termFrom } from './lazy-expr.ts'
import {
  checkedNames,
  dropNullsPlan,
  dropPlan,
  filterPlan,
  withColumnsPlan,
} from './project-verbs.ts'
import { numbered } from './reshape-verbs.ts'
import type { Untyped } from './type-tag.ts'

type AnyExpr = Expr<Untyped>

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
const MICROS = new Map([
  ['microsecond', 1n],
  ['millisecond', 1000n],
  ['second', 1_000_000n],
  ['minute', 60_000_000n],
  ['hour', 3_600_000_000n],
  ['day', 86_400_000_000n],
  ['week', 604_800_000_000n],
])

/** A length of time: so many of a unit. */
interface Step {
  readonly count: number
  readonly unit: string
}

function stepOf(text: unknown, option: string, verb: string): Step {
  const parts = typeof text === 'string' ? /^([1-9]\d{0,8})([a-z]+)$/.exec(text) : null
  const unit = UNITS.get(parts?.[2] ?? '')
  if (parts !== null && unit !== undefined) return { count: Number(parts[1]), unit }
  throw invalid(
    `${verb}: ${option} is a number and one of ${[...UNITS.keys()].join(', ')}, such as "15m", got ${clip(String(text))}`,
  )
}

/** The named time column, those of `by`, and the steps that the options give. */
function timeOptions(input: LogicalPlan, name: unknown, options: unknown, verb: string) {
  const { every, period = every, by = [], ...rest } = Object(options) as Record<string, unknown>
  const known = verb === 'groupByDynamic' ? ['every', 'period', 'by'] : ['every', 'by']
  const wrong = [...Object.keys(rest), ...(period === every ? [] : ['period'])].find(
    (option) => !known.includes(option),
  )
  if (wrong !== undefined) {
    throw invalid(`${verb}: unknown option "${clip(wrong)}"; options: ${known.join(', ')}`)
  }
  const [column] = checkedNames(input, [name], verb) as [string]
  const { type } = fieldNamed(input.schema, column)
  if (type.name !== 'date' && type.name !== 'timestamp') {
    throw invalid(`${verb}: "${clip(column)}" is no date or timestamp`, { column })
  }
  const keys = checkedNames(input, Array.isArray(by) ? by : [by], verb)
  if (keys.includes(column)) throw invalid(`${verb}: "${clip(column)}" is the time, not in by`)
  const step = stepOf(every, 'every', verb)
  const length = stepOf(period, 'period', verb)
  if (type.name === 'date' && !['day', 'week', 'month', 'year'].includes(step.unit)) {
    throw invalid(`${verb}: dates have no parts as short as "${clip(String(every))}"`, { column })
  }
  return { column, keys, type, step, length }
}

/**
 * The rows of `groupByDynamic`, each as often as there are windows that it is in, with the start
 * of the window in the place of its time; and the names that make the groups.
 */
export function windowedRows(input: LogicalPlan, name: unknown, options: unknown) {
  const verb = 'groupByDynamic'
  const { column, keys, type, step, length } = timeOptions(input, name, options, verb)
  if (length.unit !== step.unit || length.count < step.count) {
    throw invalid(`${verb}: period is at least as long as every, and in the same unit`)
  }
  const { count, unit } = step
  const overlap = Math.ceil(length.count / count)
  const number = freshName('_window', input.schema)
  const start = freshName('_start', input.schema)
  const timed = dropNullsPlan(input, [column])
  const rows = overlap === 1 ? timed : numbered(timed, overlap, number)
  const at = expr({ kind: 'column', name: column })
  const epoch = at.dt.epoch(unit as 'day')
  const zero = unit === 'week' ? '1969-12-29' : '1970-01-01'
  const text = type.name === 'date' ? zero : `${zero}T00:00:00`
  const base: AnyExpr = expr({ kind: 'literal', value: text, type })
  const first = epoch.sub(epoch.mod(count).add(count).mod(count))
  const steps = overlap === 1 ? first : first.sub(expr({ kind: 'column', name: number }).mul(count))
  const begun = withColumnsPlan(rows, () => ({ [start]: base.dt.add(steps, unit as 'day') }))
  const began = expr({ kind: 'column', name: start })
  const inside = filterPlan(begun, () => at.lt(began.dt.add(length.count, unit as 'day')))
  const moved = withColumnsPlan(inside, () => ({ [column]: began }))
  const plan = dropPlan(moved, overlap === 1 ? [start] : [start, number])
  return { plan, keys: [...keys, column] }
}

/** Plan of `fillGaps`: after each row those that are missing before the next one of its group. */
export function fillGapsPlan(input: LogicalPlan, name: unknown, options: unknown): LogicalPlan {
  const { column, keys, step } = timeOptions(input, name, options, 'fillGaps')
  const size = MICROS.get(step.unit)
  if (size === undefined) {
    throw invalid(`fillGaps: a ${step.unit} has no one length; say every in weeks or shorter`)
  }
  const length = size * BigInt(step.count)
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
