import type { AnyFrame, DataFrame, Key } from '../frame/data-frame.ts'
import { aggregatedRows } from './aggregated-rows.ts'
import { type BinnedAxis, binnedAxes, type Place } from './binned-axis.ts'
import { plotText } from './column-kind.ts'
import { measureOf } from './measure.ts'
import { type Aggregate, checkPlotOptions, type PlotOptions } from './plot-options.ts'
import { type PlotLibrary, svgOf } from './svg-of.ts'

const BINS = 30

/** What a heatmap shows. */
export interface HeatmapOptions<S> extends PlotOptions {
  /** Columns of numbers and times are cut into bins, others have a place for each value. */
  readonly x: Key<S>
  readonly y: Key<S>
  /** The column that fields are coloured by; without it, rows are counted. */
  readonly value?: Key<S>
  /** What is computed of `value` for each field; `mean` when not given. */
  readonly aggregate?: Aggregate
  /** About how many bins a column of numbers or times is cut into; 30 when not given. */
  readonly bins?: number
}

/**
 * A coloured field for each pair of bins, as the text of an SVG document. The engine aggregates: only
 * fields leave it. Throws NOT_FOUND for a column that is not there, INVALID for one of another kind,
 * LIMIT for more than 10,000 fields.
 */
export async function heatmap<S>(frame: DataFrame<S>, options: HeatmapOptions<S>): Promise<string> {
  const where = 'heatmap'
  checkPlotOptions(options, ['x', 'y', 'value', 'aggregate', 'bins'], where)
  const { x, y, value, aggregate, bins = BINS } = options
  const rowsOf = frame as unknown as AnyFrame
  const measure = measureOf(rowsOf, value, aggregate, { where, otherwise: 'mean' })
  const found = await binnedAxes(rowsOf, [x, y], { ...options, bins, where })
  const [across, up] = found as [BinnedAxis, BinnedAxis]
  const placed = rowsOf.filter(() => across.isPlaced.and(up.isPlaced))
  const rows = await aggregatedRows(placed, [across.bin, up.bin], measure, { ...options, where })
  const data = rows.map((row) => ({
    ...sided('x', across.placeOf(row.keys[0])),
    ...sided('y', up.placeOf(row.keys[1])),
    value: row.value,
  }))
  const values = rows.map((row) => row.value)
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const range = values.length === 0 ? '' : `: ${rounded(least)} (light) to ${rounded(most)} (dark)`
  return svgOf(options, (library) => ({
    color: { scheme: 'YlGnBu', type: 'linear' },
    x: { label: plotText(x) },
    y: { label: plotText(y) },
    marks: [
      fieldsMark(library, data, [across, up]),
      library.text([plotText(measure.label) + range], {
        frameAnchor: 'top-right',
        text: (line: string) => line,
        dy: -16,
      }),
    ],
  }))
}

const rounded = (value: number): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: 6 })

const sided = (axis: 'x' | 'y', place: Place): object =>
  'category' in place
    ? { [axis]: place.category }
    : { [`${axis}1`]: place.from, [`${axis}2`]: place.to }

function fieldsMark(
  { rect, barX, barY, cell }: PlotLibrary,
  data: object[],
  [across, up]: readonly [BinnedAxis, BinnedAxis],
): unknown {
  const fill = { fill: 'value', inset: 0 }
  const [xs, ys] = [
    { x1: 'x1', x2: 'x2' },
    { y1: 'y1', y2: 'y2' },
  ]
  if (across.kind === 'category' && up.kind === 'category') {
    return cell(data, { x: 'x', y: 'y', ...fill })
  }
  if (across.kind === 'category') return barY(data, { x: 'x', ...ys, ...fill })
  if (up.kind === 'category') return barX(data, { y: 'y', ...xs, ...fill })
  return rect(data, { ...xs, ...ys, ...fill })
}
