import { GraupelError } from '../error.ts'
import { t } from '../frame/column-type.ts'
import type { AnyFrame, DataFrame, Key } from '../frame/data-frame.ts'
import { col } from '../frame/expr-builders.ts'
import { POINTS_MAX } from './aggregated-rows.ts'
import { isPlaced, rowOptions } from './binned-axis.ts'
import { columnKind, plotText, plotValue } from './column-kind.ts'
import { checkPlotOptions, type PlotOptions } from './plot-options.ts'
import { svgOf } from './svg-of.ts'

/** What a scatter plot shows. */
export interface ScatterOptions<S> extends PlotOptions {
  readonly x: Key<S>
  readonly y: Key<S>
  /** The column that points are coloured by. */
  readonly series?: Key<S>
  /** Points at most; 10,000 when not given. More rows than that are LIMIT, not left out. */
  readonly points?: number
}

/**
 * A point for each row with both values, as the text of an SVG document. Throws NOT_FOUND for a
 * column that is not there, INVALID for one of another kind, LIMIT for more rows than `points`.
 */
export async function scatter<S>(frame: DataFrame<S>, options: ScatterOptions<S>): Promise<string> {
  const where = 'scatter'
  checkPlotOptions(options, ['x', 'y', 'series', 'points'], where)
  const { x, y, series, points = POINTS_MAX } = options
  const rowsOf = frame as unknown as AnyFrame
  const names = series === undefined ? [x, y] : [x, y, series]
  const kinds = names.map((name) => columnKind(rowsOf, name, where))
  const rows: Record<string, unknown>[] = await rowsOf
    .filter(() => isPlaced(rowsOf, x).and(isPlaced(rowsOf, y)))
    .select(() =>
      Object.fromEntries(
        names.map((name, at) => {
          const isNumber = kinds[at] === 'number'
          return [`at${at}`, isNumber ? col(name).cast(t.float64()) : col(name)]
        }),
      ),
    )
    .limit(points + 1)
    .toArray({ ...rowOptions(options), temporal: 'iso' })
  if (rows.length > points) {
    const hint = 'use heatmap, or filter first'
    throw new GraupelError('LIMIT', `scatter: more than ${points} points; ${hint}`, { points })
  }
  const data = rows.map((row) => ({
    x: plotValue(row['at0'], kinds[0]!),
    y: plotValue(row['at1'], kinds[1]!),
    series: series === undefined ? '' : plotText(String(row['at2'])),
  }))
  return svgOf(options, ({ dot }) => ({
    x: { label: plotText(x), grid: true },
    y: { label: plotText(y), grid: true },
    marks: [dot(data, { x: 'x', y: 'y', stroke: 'series', r: 2.5 })],
  }))
}
