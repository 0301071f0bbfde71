import type { ColumnStatistics } from '../arrow/statistics.ts'
import type { Column, TableSnapshot } from '../catalog/model/table.ts'
import { tableSchema } from '../catalog/model/table.ts'
import { simulatedPartitions } from '../catalog/simulated-partitions.ts'
import type { TableCatalog } from '../catalog/table-catalog.ts'
import { invalid } from '../error.ts'
import { foldConstant } from '../exec/fold-constant.ts'
import { scansOf } from '../plan/bind-partitions.ts'
import type { Expr } from '../plan/expr.ts'
import { columnsOf } from '../plan/expr-walk.ts'
import { optimize } from '../plan/optimizer.ts'
import { mightMatch, type StatisticsOf } from '../plan/prune.ts'
import { statisticsIn } from '../plan/scan-statistics.ts'
import type { ClusteringAdvice } from './advice-type.ts'
import { conditionOf, rowScope } from './change-clauses.ts'
import { frameState, isFrame } from './frame-state.ts'

/** Partitions that are simulated at most: shares of them are asked for, which need no more. */
const PARTITIONS_MAX = 1000
/** Columns of which pairs are looked at. */
const PAIRED_MAX = 5
const ADVICE_MAX = 10

/** What columns to cluster by would make of `queries`: see `Table.adviseClustering`. */
export async function adviseClustering(
  catalog: TableCatalog,
  snapshot: TableSnapshot,
  queries: unknown,
): Promise<ClusteringAdvice<string>> {
  if (!Array.isArray(queries) || queries.length === 0) {
    throw invalid('adviseClustering: expected a list of frames, or of predicates (o) => ...')
  }
  const predicates = queries.flatMap((query: unknown) => predicatesOf(query, snapshot))
  const names = new Set(predicates.flatMap((of) => (of === null ? [] : [...columnsOf(of)])))
  const columns = snapshot.columns.filter(({ name }) => names.has(name))
  const set = await catalog.partitions(
    snapshot,
    columns.map(({ id }) => id),
  )
  const known = statisticsIn(snapshot, set)
  const now = averageShare(predicates, set.partitions.map(known))
  const count = Math.min(set.partitions.length, PARTITIONS_MAX)
  const shareBy = (keys: readonly Column[]) => {
    const simulated = simulatedPartitions(set, { columns, keys }, Math.max(1, count))
    return { keys, share: averageShare(predicates, simulated.map(knownIn)) }
  }
  const singles = columns.map((column) => shareBy([column])).sort((a, b) => a.share - b.share)
  const best = singles.slice(0, PAIRED_MAX).map(({ keys }) => keys[0]!)
  const pairs = best.flatMap((first) =>
    best.filter((second) => second !== first).map((second) => shareBy([first, second])),
  )
  const advice = [...singles, ...pairs]
    .filter(({ share }) => share < 1)
    .sort((a, b) => a.share - b.share || a.keys.length - b.keys.length)
    .slice(0, ADVICE_MAX)
    .map(({ keys, share }) => ({ columns: keys.map(({ name }) => name), share }))
  return { partitions: set.partitions.length, queries: queries.length, now, advice }
}

/** What a query asks of the rows of the table: null for all of them. */
function predicatesOf(query: unknown, snapshot: TableSnapshot): (Expr | null)[] {
  if (!isFrame(query)) {
    return [conditionOf(query, rowScope(tableSchema(snapshot.columns)), 'adviseClustering')]
  }
  const plan = optimize(query[frameState].plan, { fold: foldConstant })
  const scans = scansOf(plan).filter(({ table }) => table.tableId === snapshot.tableId)
  if (scans.length > 0) return scans.map(({ predicate }) => predicate)
  throw invalid(`adviseClustering: a frame does not read table "${snapshot.name}"`, {
    table: snapshot.name,
  })
}

/** Which part of the partitions is read, on average over the predicates. */
function averageShare(
  predicates: readonly (Expr | null)[],
  partitions: readonly StatisticsOf[],
): number {
  if (partitions.length === 0) return 0
  let read = 0
  for (const predicate of predicates) {
    for (const of of partitions) if (predicate === null || mightMatch(predicate, of)) read++
  }
  return read / partitions.length / predicates.length
}

function knownIn(partition: ReadonlyMap<string, ColumnStatistics>): StatisticsOf {
  return (name) => {
    const statistics = partition.get(name)
    return statistics === undefined ? undefined : { statistics, rows: statistics.rows }
  }
}
