import type { BenchResult } from '../measure/result.ts'

const ROW = 26
const LEFT = 390
const WIDTH = 920
const [LEAST, MOST] = [0.01, 10]

/** Where a ratio stands: the axis is logarithmic. */
const x = (ratio: number): number => {
  const clipped = Math.min(Math.max(ratio, LEAST), MOST)
  const share = Math.log(clipped / LEAST) / Math.log(MOST / LEAST)
  return Math.round(LEFT + share * (WIDTH - LEFT - 60))
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A bar for every row that has a first peer: our figure divided by it, and a mark at the goal. */
export function chartSvg(
  results: readonly BenchResult[],
  { scale }: { readonly scale: number },
): string {
  const shown = results.filter(({ peers }) => peers.length > 0)
  const height = 70 + shown.length * ROW
  const bars = shown.map((result, row) => bar(result, 60 + row * ROW))
  const ticks = [0.01, 0.1, 1, 10].map(
    (ratio) =>
      `<line x1="${x(ratio)}" x2="${x(ratio)}" y1="52" y2="${height - 10}" class="tick"/>` +
      `<text x="${x(ratio)}" y="46" class="axis">${ratio}</text>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Our time or memory divided by the peer's">
<style>
svg { font: 13px system-ui, sans-serif; background: #fff }
text { fill: #222 } .axis { text-anchor: middle; fill: #666 } .label { text-anchor: end }
.tick { stroke: #ddd } .met { fill: #2a78b8 } .missed { fill: #c9772b } .plain { fill: #8a9199 } .goal { stroke: #111; stroke-width: 2 }
</style>
<rect width="100%" height="100%" fill="#fff"/>
<text x="12" y="20" font-weight="600">Ours ÷ DuckDB on Parquet (caches on: ÷ its native table), scale ${scale}; left of 1 is ahead</text>
${ticks.join('\n')}
${bars.join('\n')}
</svg>
`
}

function bar({ title, peers, goal }: BenchResult, y: number): string {
  const { ratio } = peers[0]!
  const kind = goal === null ? 'plain' : ratio <= goal.goal ? 'met' : 'missed'
  const mark =
    goal === null
      ? ''
      : `<line x1="${x(goal.goal)}" x2="${x(goal.goal)}" y1="${y - 2}" y2="${y + 18}" class="goal"/>`
  return (
    `<text x="${LEFT - 8}" y="${y + 13}" class="label">${escaped(title)}</text>` +
    `<rect x="${LEFT}" y="${y}" width="${Math.max(1, x(ratio) - LEFT)}" height="16" class="${kind}"/>` +
    `${mark}<text x="${x(ratio) + 6}" y="${y + 13}">${ratio.toFixed(2)}</text>`
  )
}
