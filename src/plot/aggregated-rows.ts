import { GraupelError } from '../error.ts'
import type { AnyFrame } from '../frame/data-frame.ts'
import type { Expr } from '../frame/expr.ts'
import { col } from '../frame/expr-builders.ts'
import { desc } from '../frame/sort-key.ts'
import type { Untyped } from '../frame/type-tag.ts'
import { rowOptions } from './binned-axis.ts'
import type { Measure } from './measure.ts'
import type { PlotOptions } from './plot-options.ts'

/** What a plot may draw: more would be neither seen nor quick. */
export const POINTS_MAX = 10_000

/** One place of a plot: what stands for its keys, and its value. */
export interface AggregatedRow {
  readonly keys: readonly unknown[]
  readonly value: number
}

/**
 * The value of `measure` for each combination of `keys`, computed by the engine: as many rows move
 * as places are drawn. Places without a value are left out. In the order of the keys, or with `top` the
 * greatest values of that many places. Throws LIMIT for more than 10,000 places.
 */
export async function aggregatedRows(
  frame: AnyFrame,
  keys: readonly Expr<Untyped>[],
  measure: Measure,
  options: PlotOptions & { readonly where: string; readonly top?: { readonly count: number } },
): Promise<AggregatedRow[]> {
  const { where, top } = options
  const names = keys.map((_, at) => `key${at}`)
  const own = new Set(frame.schema.fields.map(({ name }) => name))
  // The measure names the frame's own columns, so that the keys must not hide them.
  const renamed = names.map((name) => freeName(name, own))
  const value = freeName('value', own)
  const limit = top === undefined ? POINTS_MAX + 1 : top.count
  const rows = await frame
    .withColumns(() => Object.fromEntries(keys.map((key, at) => [renamed[at]!, key])))
    .groupBy(...renamed)
    .agg(() => ({ [value]: measure.term }))
    .filter(() => col(value).isFinite())
    .sort(...(top === undefined ? [] : [desc(value)]), ...renamed)
    .limit(limit)
    .toArray({ ...rowOptions(options), int64: 'number', temporal: 'iso' })
  if (rows.length > POINTS_MAX) {
    throw new GraupelError(
      'LIMIT',
      `${where}: more than 10,000 places; group, filter or bin first`,
      {
        limit: POINTS_MAX,
      },
    )
  }
  return (rows as Record<string, unknown>[]).map((row) => {
    return { keys: renamed.map((name) => row[name]), value: Number(row[value]) }
  })
}

/** `name`, with underscores before it until no column is called so. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? freeName(`_${name}`, taken) : name
}

/** The column `name` as a key. */
export const keyOf = (name: string): Expr<Untyped> => col(name)
