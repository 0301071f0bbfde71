import type { AnyFrame, DataFrame, Key } from '../frame/data-frame.ts'
import { aggregatedRows, keyOf } from './aggregated-rows.ts'
import { columnKind, plotText } from './column-kind.ts'
import { measureOf } from './measure.ts'
import { type Aggregate, checkPlotOptions, type PlotOptions } from './plot-options.ts'
import { svgOf } from './svg-of.ts'

const TOP = 30

/** What a bar chart shows. */
export interface BarOptions<S> extends PlotOptions {
  /** The column with a bar for each of its values; null has one as well. */
  readonly x: Key<S>
  /** The column that bars are as long as; without it, rows are counted. */
  readonly y?: Key<S>
  /** What is computed of `y` for each bar; `sum` when not given. */
  readonly aggregate?: Aggregate
  /** Bars at most, those of the greatest values; 30 when not given. The axis says so when there are more. */
  readonly top?: number
}

/**
 * A bar for each value of a column, longest first, as the text of an SVG document. Throws NOT_FOUND
 * for a column that is not there, INVALID for one of another kind, LIMIT for too many values.
 */
export async function bar<S>(frame: DataFrame<S>, options: BarOptions<S>): Promise<string> {
  const where = 'bar'
  checkPlotOptions(options, ['x', 'y', 'aggregate', 'top'], where)
  const { x, y, aggregate, top = TOP } = options
  const rowsOf = frame as unknown as AnyFrame
  columnKind(rowsOf, x, where)
  const measure = measureOf(rowsOf, y, aggregate, { where, otherwise: 'sum' })
  const limit = { count: top + 1 }
  const all = await aggregatedRows(rowsOf, [keyOf(x)], measure, { ...options, where, top: limit })
  const rows = all.slice(0, top)
  const shown = all.length > rows.length ? `${plotText(x)} (top ${rows.length})` : plotText(x)
  const data = rows.map(({ keys, value }) => ({ name: plotText(String(keys[0])), value }))
  return svgOf(options, ({ barX, ruleX }) => ({
    marginLeft: 20 + 6 * Math.max(6, ...data.map(({ name }) => Math.min(name.length, 30))),
    x: { label: plotText(measure.label), grid: true },
    y: { label: shown, domain: data.map(({ name }) => name) },
    marks: [barX(data, { x: 'value', y: 'name', fill: 'steelblue' }), ruleX([0])],
  }))
}
