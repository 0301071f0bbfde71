import type { ProfileJson, ProfileStep } from './query-profile.ts'

/** A profile as a tree for people, a line a step, under a line of totals. */
export function profileText(profile: ProfileJson): string {
  const note = cacheNote(profile)
  const head = totals(profile).join('  ') + (note === null ? '' : `  (${note})`)
  return [head, ...linesOf(profile.root, '', '')].join('\n')
}

/** What the cache has of the answer; null for nothing. */
export function cacheNote({ inCache, partitionsInCache }: ProfileJson): string | null {
  if (inCache) return 'the answer is in the cache'
  const some = partitionsInCache === 1 ? 'partition is' : 'partitions are'
  return partitionsInCache > 0 ? `groups of ${partitionsInCache} ${some} in the cache` : null
}

/** What a whole run came to. */
export function totals({ rows, timeMs, scannedBytes }: ProfileJson): string[] {
  return [`${count(rows)} rows`, time(timeMs), `${bytesText(scannedBytes)} read`]
}

function linesOf(step: ProfileStep, head: string, rest: string): string[] {
  const figures = figuresOf(step)
    .map(([name, value]) => `${name} ${value}`)
    .join('  ')
  const lines = [`${head}${step.description}`, `${rest}   ${figures}`]
  for (const [position, input] of step.inputs.entries()) {
    const last = position === step.inputs.length - 1
    lines.push(
      ...linesOf(input, `${rest}${last ? '└─ ' : '├─ '}`, `${rest}${last ? '   ' : '│  '}`),
    )
  }
  return lines
}

/** What is worth telling of a step: names and values. */
export function figuresOf(step: ProfileStep): (readonly [name: string, value: string])[] {
  const { rows, timeMs, bytes, scannedBytes, spilledBytes, partitions } = step
  const figures: [string, string][] = [
    ['rows', count(rows)],
    ['time', time(timeMs)],
    ['gave', bytesText(bytes)],
  ]
  if (partitions !== null) {
    const { read, total, columnsCached, columnsDecoded } = partitions
    figures.push(['partitions', `${count(read)}/${count(total)}`])
    figures.push(['read', bytesText(scannedBytes)])
    const columns = columnsCached + columnsDecoded
    if (columns > 0)
      figures.push(['columns from cache', `${count(columnsCached)}/${count(columns)}`])
  }
  if (spilledBytes > 0) figures.push(['spilled', bytesText(spilledBytes)])
  return figures
}

const count = (value: number): string => value.toLocaleString('en-US')
const time = (ms: number): string => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`

function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}
