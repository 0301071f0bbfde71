import type { AnyFrame, DataFrame, Key } from '../frame/data-frame.ts'
import type { TruncateUnit } from '../frame/expr.ts'
import { col } from '../frame/expr-builders.ts'
import { aggregatedRows, keyOf } from './aggregated-rows.ts'
import { isPlaced } from './binned-axis.ts'
import { columnKind, plotText, plotValue } from './column-kind.ts'
import { measureOf } from './measure.ts'
import { type Aggregate, checkPlotOptions, type PlotOptions } from './plot-options.ts'
import { svgOf } from './svg-of.ts'

/** What a line chart shows. */
export interface LineOptions<S> extends PlotOptions {
  /** The column along the bottom. */
  readonly x: Key<S>
  /** The column of heights; without it, rows are counted. */
  readonly y?: Key<S>
  /** What is computed of `y` for each `x`; `mean` when not given. */
  readonly aggregate?: Aggregate
  /** The column with a line for each of its values. */
  readonly series?: Key<S>
  /** The unit that times in `x` are cut to, e.g. `month`. */
  readonly every?: TruncateUnit
}

/**
 * A line through the values at each `x`, as the text of an SVG document. Throws NOT_FOUND for a column
 * that is not there, INVALID for one of another kind, LIMIT for more than 10,000 points.
 */
export async function line<S>(frame: DataFrame<S>, options: LineOptions<S>): Promise<string> {
  const where = 'line'
  checkPlotOptions(options, ['x', 'y', 'aggregate', 'series', 'every'], where)
  const { x, y, aggregate, series, every } = options
  const rowsOf = frame as unknown as AnyFrame
  const kind = columnKind(rowsOf, x, where)
  if (series !== undefined) columnKind(rowsOf, series, where)
  const measure = measureOf(rowsOf, y, aggregate, { where, otherwise: 'mean' })
  const keys = [every === undefined ? keyOf(x) : col(x).dt.truncate(every)]
  if (series !== undefined) keys.push(keyOf(series))
  const placed = rowsOf.filter(() => isPlaced(rowsOf, x))
  const rows = await aggregatedRows(placed, keys, measure, { ...options, where })
  const data = rows.map(({ keys: [at, of], value }) => ({
    x: plotValue(at, kind),
    value,
    series: series === undefined ? '' : plotText(String(of)),
  }))
  return svgOf(options, (library) => ({
    marginRight: series === undefined ? 30 : 100,
    x: { label: plotText(x), ...(kind === 'category' ? { type: 'point' } : {}) },
    y: { label: plotText(measure.label), grid: true },
    marks: [
      library.lineY(data, { x: 'x', y: 'value', z: 'series', stroke: 'series' }),
      // A line through one point would not be seen.
      library.dot(data, { x: 'x', y: 'value', r: data.length > 200 ? 0 : 1.5, fill: 'series' }),
      ...(series === undefined ? [] : [nameOfLine(library, data)]),
    ],
  }))
}

function nameOfLine(
  { text, selectLast }: typeof import('@observablehq/plot'),
  data: readonly object[],
): unknown {
  const place = { x: 'x', y: 'value', z: 'series', text: 'series', fill: 'series' }
  return text(data as object[], selectLast({ ...place, textAnchor: 'start', dx: 5 }))
}
