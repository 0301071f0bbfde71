import { type DataType, typesEqual, typeText } from '../arrow/data-type.ts'
import type { Scalar } from '../arrow/scalar.ts'
import { corrupt, GraupelError } from '../error.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { pooled } from '../io/pooled.ts'
import {
  type Checkpoint,
  type CheckpointFile,
  liveAt,
  metadataFile,
  partitionsFile,
  readCheckpoint,
  usable,
} from './checkpoint.ts'
import type { CommitLog } from './commit-log.ts'
import type { Head } from './model/head.ts'
import type { ColumnPartition, PartitionSet } from './model/partition-set.ts'
import type { Column, Partition } from './model/table.ts'
import type { PartitionCache } from './partition-cache.ts'
import type { ColumnTypes } from './record-json.ts'
import { asType, storedColumns } from './schema-at.ts'

const REQUESTS_MAX = 64

/** Where a table's metadata are. */
export interface TablePlace {
  readonly store: ObjectStore
  readonly folder: string
  readonly log: CommitLog
  /** What this process has read; without it everything is read anew. */
  readonly cache?: PartitionCache | undefined
}

/**
 * The partitions live at `version` and the statistics of `columns`: from the checkpoints, whatever
 * their state, and the commits after them. Throws DATA when stored metadata are not what they
 * should be, EXPIRED when the version is no longer kept.
 */
export async function readPartitions(
  place: TablePlace,
  head: Head,
  { version, columns: asked }: { version: number; columns: readonly Column[] },
  signal?: AbortSignal,
): Promise<PartitionSet> {
  const { folder, log, cache } = place
  assertRetained(head, version)
  const list = partitionsFile(folder)
  // Checkpoints may tell of later versions, in which columns take more values.
  const stored = new Map(storedColumns(head).map((column) => [column.id, column]))
  const columns = asked.map((column) => stored.get(column.id) ?? column)
  const files = columns.map((column) => ({ column, file: metadataFile(folder, column) }))
  const [listed, read] = await Promise.all([
    checkpointFor(place, list, { head, version, known: list.key }, signal),
    pooled(files, REQUESTS_MAX, async ({ column, file }) => {
      const known = cacheKey(file.key, column)
      const checkpoint = await checkpointFor(place, file, { head, version, known }, signal)
      return { column, file, checkpoint }
    }),
  ])
  const oldest = read.reduce(
    (least, { checkpoint }) => Math.min(least, checkpoint.upto),
    listed.upto,
  )
  const span = { from: oldest + 1, to: version }
  const records = await log.changes(head, span, columnTypes(columns), signal)
  const live =
    cache?.exactly<Partition>(list.key, version) ?? liveAt(list, listed, records, version)
  const statistics = new Map<number, ReadonlyMap<number, ColumnPartition>>()
  for (const { column, file, checkpoint } of read) {
    const known = cache?.exactly<ColumnPartition>(cacheKey(file.key, column), version)
    const found = known ?? liveAt(file, checkpoint, records, version)
    if (known === undefined) checkAgainst(live, found, file.key)
    const { type } = asked.find(({ id }) => id === column.id)!
    statistics.set(column.id, statisticsAs(found, column.type, type))
    cache?.keep(cacheKey(file.key, column), version, found)
  }
  cache?.keep(list.key, version, live)
  return { partitions: [...live.values()].sort((a, b) => a.id - b.id), statistics }
}

/** What is known already, or what is stored. Throws EXPIRED when that no longer tells of `version`. */
async function checkpointFor<T>(
  { store, cache }: TablePlace,
  file: CheckpointFile<T>,
  { head, version, known: key }: { head: Head; version: number; known: string },
  signal: AbortSignal | undefined,
): Promise<Checkpoint<T>> {
  const known = cache?.find<T>(key, version)
  if (known !== undefined && usable(known, head) === known) return known
  const read = usable(await readCheckpoint(store, file, { version, signal }), head)
  assertRetained({ ...head, retainedFrom: read.prunedTo }, version)
  return read
}

/** Statistics of a column of `from` as of one of `to`, which it was before. */
function statisticsAs(
  known: ReadonlyMap<number, ColumnPartition>,
  from: DataType,
  to: DataType,
): ReadonlyMap<number, ColumnPartition> {
  if (typesEqual(from, to)) return known
  const as = (value: Scalar) => (value === null ? null : asType(value, from, to))
  return new Map(
    [...known].map(([id, of]) => [id, { ...of, min: as(of.min), max: as(of.max) }] as const),
  )
}

/** Statistics are remembered as values of the column's type, which may be another in other versions. */
function cacheKey(file: string, { type }: Column): string {
  return `${file} ${typeText(type)}`
}

/** Throws EXPIRED when `version` has been vacuumed. */
export function assertRetained(
  head: Pick<Head, 'retainedFrom' | 'version'>,
  version: number,
): void {
  if (version >= head.retainedFrom) return
  const isPurged = head.retainedFrom > head.version
  const kept = isPurged
    ? 'the table was dropped, and none is kept'
    : `versions ${head.retainedFrom} to ${head.version} are kept`
  throw new GraupelError('EXPIRED', `version ${version} has been vacuumed; ${kept}`, {
    version,
    retainedFrom: head.retainedFrom,
    newest: head.version,
  })
}

export function columnTypes(columns: readonly Column[]): ColumnTypes {
  return new Map(columns.map(({ id, type }) => [id, type]))
}

function checkAgainst(
  live: ReadonlyMap<number, Partition>,
  found: ReadonlyMap<number, ColumnPartition>,
  key: string,
): void {
  for (const [id, { rows }] of found) {
    if (live.get(id)?.rows === rows) continue
    throw corrupt(
      `"${key}": partition ${id} has ${rows} rows here, ${live.get(id)?.rows ?? 'none'} in the table`,
      {
        key,
        partition: id,
      },
    )
  }
}
