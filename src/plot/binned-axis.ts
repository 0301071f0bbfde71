import { t } from '../frame/column-type.ts'
import type { AnyFrame } from '../frame/data-frame.ts'
import type { Expr } from '../frame/expr.ts'
import { col, lit } from '../frame/expr-builders.ts'
import type { Untyped } from '../frame/type-tag.ts'
import { type ColumnKind, columnKind, fieldOf, plotValue } from './column-kind.ts'
import type { PlotOptions } from './plot-options.ts'

/** A place on an axis: a bin from one value to another, or a category. */
export type Place =
  | { readonly from: number | Date; readonly to: number | Date }
  | { readonly category: string }

/** A column that is cut into bins where the rows are, so that only bins leave the engine. */
export interface BinnedAxis {
  readonly kind: ColumnKind
  /** The rows that have a place on the axis. */
  readonly isPlaced: Expr<Untyped>
  /** What rows of one bin have in common. */
  readonly bin: Expr<Untyped>
  placeOf(bin: unknown): Place
}

const UNITS = [
  { unit: 'second', ms: 1000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'day', ms: 86_400_000 },
  { unit: 'week', ms: 7 * 86_400_000 },
  { unit: 'month', ms: 31 * 86_400_000 },
  { unit: 'quarter', ms: 92 * 86_400_000 },
  { unit: 'year', ms: 366 * 86_400_000 },
] as const
type Unit = (typeof UNITS)[number]['unit']

/**
 * The columns `names` in about `bins` bins each: of a round width for numbers, of a calendar's unit
 * for times. Asks for the columns' extremes, which is one row.
 */
export async function binnedAxes(
  frame: AnyFrame,
  names: readonly string[],
  { bins, where, ...options }: PlotOptions & { readonly bins: number; readonly where: string },
): Promise<BinnedAxis[]> {
  const kinds = names.map((name) => columnKind(frame, name, where))
  const placed = names.map((name) => isPlaced(frame, name))
  const extremes = await frame
    .filter(() => placed.reduce((all, one) => all.and(one)))
    .agg(() => ({
      n: lit(1).count(),
      ...Object.fromEntries(
        names.flatMap((name, at) => [
          [`least${at}`, col(name).min()],
          [`most${at}`, col(name).max()],
        ]),
      ),
    }))
    .toArray({ ...rowOptions(options), temporal: 'iso' })
  const row = extremes[0]! as Record<string, unknown>
  return names.map((name, at) => {
    const kind = kinds[at]!
    const least = plotValue(row[`least${at}`] ?? null, kind)
    const most = plotValue(row[`most${at}`] ?? null, kind)
    const base = { kind, isPlaced: placed[at]! }
    if (kind === 'category') {
      return { ...base, bin: col(name), placeOf: (bin) => ({ category: textOf(bin) }) }
    }
    if (kind === 'time') return { ...base, ...timeBins(frame, name, [least, most], bins) }
    return { ...base, ...numberBins(frame, name, [Number(least), Number(most)], bins) }
  })
}

/** The options of an action among those of a plot. */
export function rowOptions({
  signal,
  onProgress,
}: PlotOptions): Pick<PlotOptions, 'signal' | 'onProgress'> {
  return { signal, onProgress }
}

const textOf = (value: unknown): string => String(plotValue(value, 'category'))

/** Not null, and for floats neither infinite nor NaN, which lie on no axis. */
export function isPlaced(frame: AnyFrame, name: string): Expr<Untyped> {
  const isFloat = fieldOf(frame, name).type.startsWith('float')
  return isFloat ? col(name).isFinite() : col(name).isNotNull()
}

function numberBins(
  frame: AnyFrame,
  name: string,
  [least, most]: readonly [number, number],
  bins: number,
): Pick<BinnedAxis, 'bin' | 'placeOf'> {
  const isWhole = /^u?int/.test(fieldOf(frame, name).type)
  const step = roundStep((most - least) / bins, { least: isWhole ? 1 : 0 })
  const first = Math.floor(least / step)
  const start = first * step
  const value = col(name).cast(t.float64())
  return {
    bin: value.sub(lit(start, t.float64())).div(lit(step, t.float64())).floor(),
    placeOf: (bin) => {
      const at = first + Number(bin)
      return { from: exact(at, step), to: exact(at + 1, step) }
    },
  }
}

/** `at * step` without the noise of 0.1 + 0.2. */
const exact = (at: number, step: number): number => Number((at * step).toPrecision(14))

/** The least of 1, 2 and 5 times a power of ten that is not below `width`; 1 for nothing. */
export function roundStep(width: number, { least }: { readonly least: number }): number {
  if (!(width > 0) || !Number.isFinite(width)) return 1
  const power = 10 ** Math.floor(Math.log10(width))
  const times = [1, 2, 5, 10].find((candidate) => candidate * power >= width * 0.999_999)!
  return Math.max(least, Number((times * power).toPrecision(12)))
}

function timeBins(
  frame: AnyFrame,
  name: string,
  [least, most]: readonly unknown[],
  bins: number,
): Pick<BinnedAxis, 'bin' | 'placeOf'> {
  const spanMs = Number(most) - Number(least)
  const isDate = fieldOf(frame, name).type === 'date'
  const units = UNITS.slice(isDate ? 3 : 0)
  // The unit whose number of bins is nearest to what was asked for, in proportion.
  const distance = ({ ms }: { readonly ms: number }) => Math.abs(Math.log(spanMs / ms / bins))
  const { unit } = units.reduce((best, next) => (distance(next) < distance(best) ? next : best))
  return {
    bin: col(name).dt.truncate(unit),
    placeOf: (bin) => {
      const from = plotValue(bin, 'time') as Date
      return { from, to: unitLater(from, unit) }
    },
  }
}

/** The instant one unit of the calendar after `instant`. */
export function unitLater(instant: Date, unit: Unit): Date {
  const later = new Date(instant)
  const months = { month: 1, quarter: 3, year: 12 }[unit as string]
  if (months !== undefined) later.setUTCMonth(later.getUTCMonth() + months)
  else later.setTime(later.getTime() + UNITS.find((of) => of.unit === unit)!.ms)
  return later
}
