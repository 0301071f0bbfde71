import { float64, int64, isNumeric, typesEqual, typeText } from '../arrow/data-type.ts'
import { type GraupelError, invalid } from '../error.ts'
import type { AggregateOptions, Expr, Frame, SortKey, WindowExpr } from './expr.ts'
import { AGGREGATE_NAMES, type AggregateName, type WindowName } from './function.ts'
import { aggregateSignature } from './signature.ts'
import type { WindowTerm } from './term.ts'

const AGGREGATES: ReadonlySet<string> = new Set(AGGREGATE_NAMES)
/** What is not computed for a frame that moves. */
const WHOLE_ONLY: ReadonlySet<string> = new Set(['approxTopK', 'histogram', 'entropy'])
const NULLS_MAY_BE_IGNORED: ReadonlySet<string> = new Set(['lag', 'lead', 'nth', 'first', 'last'])

export const isAggregateName = (name: string): name is AggregateName => AGGREGATES.has(name)

export function framesEqual(a: Frame | null, b: Frame | null): boolean {
  if (a === null || b === null) return a === b
  return a.unit === b.unit && a.from === b.from && a.to === b.to
}

/** Plain data, made in one place, so that equal ones have one text. */
export function optionsEqual(
  a: AggregateOptions | undefined,
  b: AggregateOptions | undefined,
): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

/** The error of a window where there must be none. */
export function misplacedWindow({ name, over }: WindowTerm): GraupelError {
  const text =
    over === null
      ? `${name}() is a window function: say over which rows, e.g. ${name}(...).over({ orderBy: o.day })`
      : `${name}().over(...) may stand in select, withColumns and filter only, and not in another ` +
        'window: compute it in a withColumns(...) before'
  return invalid(text, { function: name })
}

/**
 * An output typed and with its frame settled.
 *
 * Throws INVALID for wrong types and counts, for a frame where none counts or over keys that have
 * no distance, and for `ignoreNulls` where nulls are nothing special.
 */
export function windowExpr(
  name: string,
  { name: of, count, ignoreNulls, options, over }: WindowTerm,
  inputs: readonly Expr[],
  orderBy: readonly SortKey[],
): WindowExpr {
  if (ignoreNulls && !NULLS_MAY_BE_IGNORED.has(of)) {
    throw invalid(`over: ignoreNulls goes with lag, lead, nth, first and last, not with ${of}`)
  }
  const frame = over?.frame ?? null
  const head = { name, inputs, count, ignoreNulls, ...(options && { options }) }
  if (isAggregateName(of) || of === 'nth') {
    const typed = isAggregateName(of)
      ? aggregateSignature(of, inputs[0] ?? null, inputs.slice(1))
      : { type: inputs[0]!.type, nullable: true }
    const settled = settledFrame(frame, orderBy)
    if (WHOLE_ONLY.has(of) && (settled.from !== -Infinity || settled.to !== Infinity)) {
      throw invalid(
        `over: ${of} looks at the whole partition: leave out orderBy, rows and range, or give ` +
          'rows: [-Infinity, Infinity]',
        { function: of },
      )
    }
    return Object.freeze({ ...head, function: of, frame: settled, ...typed })
  }
  if (frame !== null)
    throw invalid(`over: ${of} looks at the whole partition: leave out ${frame.unit}`)
  return Object.freeze({ ...head, function: of as WindowName, frame: null, ...typeOf(of, inputs) })
}

function typeOf(name: string, inputs: readonly Expr[]): Pick<WindowExpr, 'type' | 'nullable'> {
  if (name === 'percentRank' || name === 'cumeDist') return { type: float64, nullable: false }
  if (name !== 'lag' && name !== 'lead') return { type: int64, nullable: false }
  const [input, otherwise] = inputs as readonly [Expr, Expr?]
  if (otherwise === undefined) return { type: input.type, nullable: true }
  if (!typesEqual(input.type, otherwise.type)) {
    const [found, wanted] = [typeText(otherwise.type), typeText(input.type)]
    throw invalid(`${name}: the default is ${found}, the column ${wanted}: cast one of them`)
  }
  return { type: input.type, nullable: input.nullable || otherwise.nullable }
}

const HAS_DISTANCE: ReadonlySet<string> = new Set(['date', 'timestamp'])

/** The frame that counts: the usual one where none is given. */
function settledFrame(frame: Frame | null, orderBy: readonly SortKey[]): Frame {
  if (frame === null) {
    const to = orderBy.length === 0 ? Infinity : 0
    return Object.freeze({ unit: 'range', from: -Infinity, to })
  }
  const far = [frame.from, frame.to].find((end) => end !== 0 && Number.isFinite(end))
  if (frame.unit === 'rows' || far === undefined) return frame
  const key = orderBy[0]?.expr.type
  if (orderBy.length !== 1 || key === undefined) {
    throw invalid(`over: a range of ${far} needs exactly one key in orderBy, got ${orderBy.length}`)
  }
  if (isNumeric(key) || HAS_DISTANCE.has(key.name)) return frame
  throw invalid(
    `over: a range of ${far} needs a number, date or timestamp to order by, not ${typeText(key)}`,
  )
}
