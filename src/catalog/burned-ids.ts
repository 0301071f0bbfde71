import type { Head, IdRange } from './model/head.ts'

const RANGES_MAX = 64

/** Whether a commit on top of `head` may bring a partition of number `id`. */
export function mayCommit(head: Pick<Head, 'fence' | 'burned'>, id: number): boolean {
  return id >= head.fence && !head.burned.some(({ from, to }) => id >= from && id <= to)
}

/**
 * `head` with numbers that no later commit may bring, so that their files may be removed however
 * late a removal arrives. When the ranges become too many the fence is raised over the lowest.
 */
export function burnIds(
  head: Pick<Head, 'fence' | 'burned' | 'nextId'>,
  ids: readonly number[],
): Pick<Head, 'fence' | 'burned' | 'nextId'> {
  const nextId = ids.reduce((next, id) => Math.max(next, id + 1), head.nextId)
  const ranges = joined([...head.burned, ...ids.map((id) => ({ from: id, to: id }))])
  const surplus = ranges.slice(0, Math.max(0, ranges.length - RANGES_MAX))
  const fence = surplus.reduce((least, { to }) => Math.max(least, to + 1), head.fence)
  return { nextId, fence, burned: above(fence, ranges) }
}

/** The ranges that a raised fence does not cover already. */
export function above(fence: number, ranges: readonly IdRange[]): IdRange[] {
  return ranges
    .filter(({ to }) => to >= fence)
    .map(({ from, to }) => ({ from: Math.max(from, fence), to }))
}

function joined(ranges: readonly IdRange[]): IdRange[] {
  const result: IdRange[] = []
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last === undefined || range.from > last.to + 1) result.push(range)
    else result[result.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
  }
  return result
}
