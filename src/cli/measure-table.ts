import type { PartitionSet } from '../catalog/model/partition-set.ts'
import type { Column } from '../catalog/model/table.ts'
import { clip } from '../error.ts'
import type { AnyFrame } from '../frame/data-frame.ts'
import { col, fn } from '../frame/expr-builders.ts'
import type { Table } from '../frame/table.ts'
import type { Untyped } from '../frame/type-tag.ts'
import { type OnProgress, type Progress, stepProgress } from '../io/progress.ts'
import { tableFacts } from './table-facts.ts'

/** What one query took. */
export interface Measurement {
  readonly query: string
  /** What it was, for people. */
  readonly what: string
  /** Median of the rounds. */
  readonly ms: number
  readonly rowsRead: number
  readonly bytesRead: number
  /** 10^6 bytes of column files a second. */
  readonly mbPerSecond: number
  readonly partitions: string
}

const GREATEST_MAX = 3

interface Candidate {
  readonly query: string
  readonly what: string
  readonly frame: AnyFrame
}

/**
 * Times three queries of a table: all of it, the rows of one value, and groups of one column. Each
 * is run once before it counts; then all in turn, `rounds` times. The lake must not have a cache.
 */
export async function measureTable(
  table: Table<Untyped>,
  options: { readonly rounds: number; readonly onProgress?: OnProgress },
): Promise<Measurement[]> {
  const candidates = await candidatesOf(table)
  const runs = candidates.map(() => [] as Run[])
  for (let round = 0; round <= options.rounds; round++) {
    for (const [at, { frame }] of candidates.entries()) {
      const run = await timed(frame, stepProgress(options.onProgress))
      if (round > 0) runs[at]!.push(run)
    }
  }
  const told = runs.flat().map((run) => run.told)
  const sum = (of: 'rows' | 'bytes') => told.reduce((all, progress) => all + progress[of], 0)
  options.onProgress?.({ phase: 'done', rows: sum('rows'), bytes: sum('bytes') })
  return candidates.map(({ query, what }, at) => {
    const ms = median(runs[at]!.map((run) => run.ms))
    const { rows, bytes, partitions = 0, totalPartitions = 0 } = runs[at]![0]!.told
    return {
      query,
      what,
      ms,
      rowsRead: rows,
      bytesRead: bytes,
      mbPerSecond: ms > 0 ? bytes / ms / 1000 : 0,
      partitions: `${partitions}/${totalPartitions}`,
    }
  })
}

interface Run {
  readonly ms: number
  readonly told: Progress
}

async function timed(frame: AnyFrame, onProgress: OnProgress | undefined): Promise<Run> {
  let told: Progress = { phase: 'done', rows: 0, bytes: 0 }
  const start = performance.now()
  const batches = frame.batches({
    onProgress: (progress) => {
      told = progress
      onProgress?.(progress)
    },
  })
  for await (const _ of batches);
  return { ms: performance.now() - start, told }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
}

async function candidatesOf(table: Table<Untyped>): Promise<Candidate[]> {
  const { snapshot, set } = await tableFacts(table)
  const { columns, clusterBy } = snapshot
  const all = { query: 'scan', what: `all ${columns.length} columns`, frame: table as AnyFrame }
  const key = columns.find(({ name }) => name === clusterBy[0]) ?? columns[0]!
  const rows = set.partitions.reduce((sum, partition) => sum + partition.rows, 0)
  const middle = await table
    .select(key.name)
    .limit(1, Math.floor(rows / 2))
    .first()
  const value = middle?.[key.name] ?? null
  const sought = table.filter(() => col(key.name).eqNullSafe(value as never))
  const group = fewestValues(columns, set)
  const others = columns.filter((column) => column !== group).slice(0, GREATEST_MAX)
  const greatest = others.map(({ name }) => [`max ${name}`, col(name).max()] as const)
  const grouped = table
    .groupBy(group.name)
    .agg(() => ({ ...Object.fromEntries(greatest), rows: fn.count() }))
  return [
    all,
    { query: 'filter', what: `one value of ${clip(key.name)}`, frame: sought },
    {
      query: 'aggregate',
      what: `count and ${others.length} maxima by ${clip(group.name)}`,
      frame: grouped,
    },
  ]
}

/** The column with the fewest values in its partitions, but more than one where there is such. */
function fewestValues(columns: readonly Column[], { statistics }: PartitionSet): Column {
  const valuesOf = ({ id }: Column) => {
    const known = [...(statistics.get(id)?.values() ?? [])]
    return known.reduce((most, { distinct }) => Math.max(most, distinct), 0)
  }
  const several = columns.filter((column) => valuesOf(column) > 1)
  return (several.length > 0 ? several : columns).reduce((least, column) =>
    valuesOf(column) < valuesOf(least) ? column : least,
  )
}
