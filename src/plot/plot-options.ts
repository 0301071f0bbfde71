import { clip, invalid } from '../error.ts'
import type { ActionOptions } from '../frame/action-options.ts'

/** How a plot is drawn. */
export interface PlotOptions extends ActionOptions {
  /** A line above the plot. */
  readonly title?: string
  /** Pixels; 640 when not given. */
  readonly width?: number
  /** Pixels; 400 when not given. */
  readonly height?: number
  /**
   * The DOM document that elements are made in: the browser's when not given, or outside of browsers
   * one of the package `linkedom`, which has to be installed.
   */
  readonly document?: unknown
}

/** What is computed of the rows at one place of a plot; nulls are left out. */
export type Aggregate = 'count' | 'sum' | 'mean' | 'min' | 'max' | 'median' | 'countDistinct'

const AGGREGATES = ['count', 'sum', 'mean', 'min', 'max', 'median', 'countDistinct']
const COMMON = ['title', 'width', 'height', 'document', 'signal', 'onProgress']

/** Throws INVALID for an option that does not exist, and for a value that one cannot have. */
export function checkPlotOptions(
  options: PlotOptions & { readonly aggregate?: unknown },
  own: readonly string[],
  where: string,
): void {
  if (typeof options !== 'object' || options === null) {
    throw invalid(`${where}: expected options such as { x: 'column' }, got ${options}`)
  }
  for (const name of Object.keys(options)) {
    if (own.includes(name) || COMMON.includes(name)) continue
    const all = [...own, ...COMMON].join(', ')
    throw invalid(`${where}: unknown option "${clip(name)}"; options: ${all}`, { option: name })
  }
  for (const name of ['width', 'height', 'bins', 'top', 'points'] as const) {
    const value = (options as Record<string, unknown>)[name]
    const isSize = Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= 100_000
    if (value === undefined || isSize) continue
    throw invalid(`${where}: ${name} has to be a whole number from 1 to 100,000, got ${value}`, {
      option: name,
    })
  }
  const { aggregate } = options
  if (aggregate !== undefined && !AGGREGATES.includes(aggregate as string)) {
    throw invalid(`${where}: aggregate can be ${AGGREGATES.join(', ')}, got "${aggregate}"`, {
      aggregate,
    })
  }
}
