import type { BenchResult, PeerFigure } from '../measure/result.ts'

const WIDTHS = [22, 20, 10, 14, 7, 9, 10]

const line = (cells: readonly string[]): string =>
  cells
    .map((cell, at) => (at < 2 ? cell.padEnd(WIDTHS[at]!) : cell.padStart(WIDTHS[at]!)))
    .join(' ')
    .trimEnd()

export function tableHead(): string {
  return line(['row', 'contender', 'median', 'least..most', 'ratio', 'goal', 'stretch'])
}

/** Ours divided by DuckDB on the row CSV, in every row. */
const CSV_GOAL = { goal: 0.12, stretch: 0.05 }

/** One line for ours, one for each peer with our ratio to it and the goal for that ratio. */
export function resultLines({ name, title, unit, ours, peers, goal }: BenchResult): string[] {
  const figure = (of: { median: number }) => `${digits(of.median)} ${unit}`
  const range = (of: { least: number; greatest: number }) =>
    `${digits(of.least)}..${digits(of.greatest)}`
  const own = peers.length === 0 && goal !== null ? goalCells(ours.median >= goal.goal, goal) : []
  const spread = unit === 'GB/s' ? '' : range(ours)
  const lines = [title, line([`  ${name}`, ours.name, figure(ours), spread, '', ...own])]
  for (const [position, peer] of peers.entries()) {
    const target = goalOf(peer, position, goal)
    const cells = target === null ? [] : goalCells(peer.ratio <= target.goal, target)
    lines.push(line(['', peer.name, figure(peer), range(peer), peer.ratio.toFixed(3), ...cells]))
  }
  return lines
}

function goalOf(peer: PeerFigure, position: number, goal: BenchResult['goal']) {
  if (position === 0) return goal
  return peer.name === 'DuckDB, row CSV' ? CSV_GOAL : null
}

const goalCells = (isMet: boolean, goal: NonNullable<BenchResult['goal']>): string[] => [
  `${goal.goal} ${isMet ? 'met' : '-'}`,
  String(goal.stretch),
]

const digits = (value: number): string => value.toFixed(value < 10 ? 2 : 0)
