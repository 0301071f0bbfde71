import type { Goal } from '../rows/bench-row.ts'
import { median, type Timing } from './contender.ts'

/** One contender's figures in a row. */
export interface PeerFigure {
  readonly name: string
  /** In the result's unit. */
  readonly median: number
  readonly least: number
  readonly greatest: number
  /** Our median divided by this one: below 1 we are ahead. */
  readonly ratio: number
}

/** One row of the table: ours, and every peer's. */
export interface BenchResult {
  readonly name: string
  readonly title: string
  readonly unit: 'ms' | 'MB' | 'GB/s'
  readonly ours: Omit<PeerFigure, 'ratio'>
  readonly peers: readonly PeerFigure[]
  /** A ratio to the first peer; for GB/s the speed itself. Null where none is set. */
  readonly goal: Goal | null
}

type ResultHead = Pick<BenchResult, 'name' | 'title' | 'goal'>

/** The result of figures, ours first. */
export function resultOf(
  head: ResultHead,
  figures: readonly Timing[],
  unit: 'ms' | 'MB' = 'ms',
): BenchResult {
  const [ours, ...peers] = figures.map(({ name, times }) => ({
    name,
    median: median(times),
    least: Math.min(...times),
    greatest: Math.max(...times),
  }))
  return {
    name: head.name,
    title: head.title,
    goal: head.goal,
    unit,
    ours: ours!,
    peers: peers.map((peer) => ({ ...peer, ratio: ours!.median / peer.median })),
  }
}
