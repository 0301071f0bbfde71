import { corrupt, GraupelError } from '../error.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { pooled } from '../io/pooled.ts'
import { liveAt, metadataFile, partitionsFile, readCheckpoint } from './checkpoint.ts'
import type { CommitLog } from './commit-log.ts'
import type { Head } from './model/head.ts'
import type { ColumnPartition, PartitionSet } from './model/partition-set.ts'
import type { Column, Partition } from './model/table.ts'
import type { ColumnTypes } from './record-json.ts'

const REQUESTS_MAX = 16

/** Where a table's metadata are. */
export interface TablePlace {
  readonly store: ObjectStore
  readonly folder: string
  readonly log: CommitLog
}

/**
 * The partitions live at `version` and the statistics of `columns`: from the checkpoints, whatever
 * their state, and the commits after them. Throws DATA when stored metadata are not what they
 * should be, EXPIRED when the version is no longer kept.
 */
export async function readPartitions(
  { store, folder, log }: TablePlace,
  head: Head,
  { version, columns }: { version: number; columns: readonly Column[] },
  signal?: AbortSignal,
): Promise<PartitionSet> {
  assertRetained(head, version)
  const list = partitionsFile(folder)
  const files = columns.map((column) => ({ column, file: metadataFile(folder, column) }))
  const [listed, read] = await Promise.all([
    readCheckpoint(store, list, signal),
    pooled(files, REQUESTS_MAX, async ({ column, file }) => {
      return { column, file, checkpoint: await readCheckpoint(store, file, signal) }
    }),
  ])
  const oldest = read.reduce(
    (least, { checkpoint }) => Math.min(least, checkpoint.upto),
    listed.upto,
  )
  const span = { from: oldest + 1, to: version }
  const records = await log.records(head, span, columnTypes(columns), signal)
  const live = liveAt(list, listed, records, version)
  const statistics = new Map<number, ReadonlyMap<number, ColumnPartition>>()
  for (const { column, file, checkpoint } of read) {
    const found = liveAt(file, checkpoint, records, version)
    checkAgainst(live, found, file.key)
    statistics.set(column.id, found)
  }
  return { partitions: [...live.values()].sort((a, b) => a.id - b.id), statistics }
}

/** Throws EXPIRED when `version` has been vacuumed. */
export function assertRetained(head: Head, version: number): void {
  if (version >= head.retainedFrom) return
  throw new GraupelError(
    'EXPIRED',
    `version ${version} has been vacuumed; versions ${head.retainedFrom} to ${head.version} are kept`,
    { version, retainedFrom: head.retainedFrom, newest: head.version },
  )
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
