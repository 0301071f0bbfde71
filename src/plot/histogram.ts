import { clip, invalid } from '../error.ts'
import type { AnyFrame, DataFrame, Key } from '../frame/data-frame.ts'
import { aggregatedRows } from './aggregated-rows.ts'
import { binnedAxes } from './binned-axis.ts'
import { columnKind, plotText } from './column-kind.ts'
import { measureOf } from './measure.ts'
import { checkPlotOptions, type PlotOptions } from './plot-options.ts'
import { svgOf } from './svg-of.ts'

const BINS = 30

/** What a histogram shows. */
export interface HistogramOptions<S> extends PlotOptions {
  /** A column of numbers, dates or timestamps; nulls, NaN and infinities are left out. */
  readonly x: Key<S>
  /** About how many bins; 30 when not given. Their width is round. */
  readonly bins?: number
}

/**
 * How many rows lie in each bin of a column, as the text of an SVG document. The engine counts: only
 * bins leave it. Throws NOT_FOUND for a column that is not there, INVALID for one without bins.
 */
export async function histogram<S>(
  frame: DataFrame<S>,
  options: HistogramOptions<S>,
): Promise<string> {
  const where = 'histogram'
  checkPlotOptions(options, ['x', 'bins'], where)
  const { x, bins = BINS } = options
  const rowsOf = frame as unknown as AnyFrame
  if (columnKind(rowsOf, x, where) === 'category') {
    throw invalid(`histogram: column "${clip(x)}" has no bins; use bar`, { column: x })
  }
  const [axis] = await binnedAxes(rowsOf, [x], { ...options, bins, where })
  const { isPlaced, bin, placeOf } = axis!
  const measure = measureOf(rowsOf, undefined, 'count', { where, otherwise: 'count' })
  const rows = await aggregatedRows(
    rowsOf.filter(() => isPlaced),
    [bin],
    measure,
    { ...options, where },
  )
  const data = rows.map(({ keys, value }) => ({ ...placeOf(keys[0]), value }))
  return svgOf(options, ({ rectY, ruleY }) => ({
    x: { label: plotText(x) },
    y: { label: 'count', grid: true },
    marks: [rectY(data, { x1: 'from', x2: 'to', y: 'value', fill: 'steelblue' }), ruleY([0])],
  }))
}
