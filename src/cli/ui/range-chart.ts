import { type Scalar, scalarText } from '../../arrow/scalar.ts'
import type { Column } from '../../catalog/model/table.ts'
import { clip } from '../../error.ts'
import type { TableFacts } from '../table-facts.ts'
import { Html, html } from './html.ts'

const WIDTH = 900
const LEFT = 90
const ROW = 14
/** Below the bars: the least and the greatest value. */
const AXIS = 18
/** More are not told apart. */
const PARTITIONS_MAX = 500

/**
 * Each partition as a bar from the least to the greatest value of `column`: bars one after the other
 * are what clustering gives, bars over the whole width are read by every query.
 */
export function rangeChart({ set }: TableFacts, column: Column): Html {
  const statistics = set.statistics.get(column.id)
  const shown = set.partitions.slice(0, PARTITIONS_MAX)
  const ranges = shown.map(({ id, rows }) => {
    const { min = null, max = null } = statistics?.get(id) ?? {}
    return { id, rows, min, max }
  })
  const placeOf = scale(ranges.flatMap(({ min, max }) => [min, max]))
  const text = (value: Scalar) => (value === null ? 'null' : clip(scalarText(value, column.type)))
  const bars = ranges.map(({ id, rows, min, max }, at) => {
    const label = html`<text x="${LEFT - 8}" y="${at * ROW + 11}" text-anchor="end">${id}</text>`
    if (min === null || max === null) return html`<g>${label}</g>`
    const from = LEFT + placeOf(min) * (WIDTH - LEFT)
    const width = Math.max(2, LEFT + placeOf(max) * (WIDTH - LEFT) - from)
    return html`<g>${label}<rect x="${from.toFixed(1)}" y="${at * ROW + 2}" width="${width.toFixed(1)}" height="${ROW - 4}"><title>partition ${id}: ${rows} rows, ${text(min)} to ${text(max)}</title></rect></g>`
  })
  const end = (value: Scalar, { x, anchor }: { readonly x: number; readonly anchor: string }) =>
    html`<text class="bound" x="${x}" y="${ranges.length * ROW + 12}" text-anchor="${anchor}">${value === null ? '' : text(value)}</text>`
  const more = set.partitions.length - shown.length
  const height = Math.max(1, ranges.length) * ROW + AXIS
  const bounds = ranges.flatMap(({ min, max }) => [min, max]).filter((bound) => bound !== null)
  const [least, most] = [0, 1].map((place) => bounds.find((bound) => placeOf(bound) === place))
  return html`<svg class="ranges" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="ranges of partitions">${bars}${end(least ?? null, { x: LEFT, anchor: 'start' })}${end(most ?? null, { x: WIDTH, anchor: 'end' })}</svg>
${more > 0 ? html`<p>${more} more partitions are not drawn.</p>` : new Html('')}`
}

/** Where a value lies from 0 to 1: in proportion for numbers, by rank for others. */
function scale(bounds: readonly Scalar[]): (value: Scalar) => number {
  const known = bounds.filter((bound) => bound !== null)
  if (known.every((bound) => typeof bound === 'number' || typeof bound === 'bigint')) {
    const numbers = known.map(Number)
    const least = numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    const span = numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) - least
    if (Number.isFinite(span)) return (value) => (span > 0 ? (Number(value) - least) / span : 0)
  }
  const texts = [...new Set(known.map(String))].sort()
  const ranks = new Map(texts.map((text, rank) => [text, rank / Math.max(1, texts.length - 1)]))
  return (value) => ranks.get(String(value)) ?? 0
}
