import { burnIds } from './burned-ids.ts'
import type { Change } from './commit-queue.ts'
import type { Action, AddPartition } from './model/commit-record.ts'
import type { Head } from './model/head.ts'
import type { ColumnPartition, PartitionSet } from './model/partition-set.ts'
import type { Draft } from './next-commit.ts'
import { assertRetained, readPartitions, type TablePlace } from './table-partitions.ts'

/**
 * The change that gives a table the rows of an older version, in their order. No file is copied:
 * partitions that are no longer live come back under new numbers, with the files that they had.
 */
export function restoreChange(place: TablePlace, version: number): Change {
  return {
    alone: true,
    async draft(base): Promise<Draft> {
      assertRetained(base, version)
      const columns = base.columns
      const wanted = await readPartitions(place, base, { version, columns })
      const { partitions } = await readPartitions(place, base, {
        version: base.version,
        columns: [],
      })
      const live = new Set(partitions.map(({ id }) => id))
      const lost = wanted.partitions.findIndex(({ id }) => !live.has(id))
      const kept = lost < 0 ? wanted.partitions : wanted.partitions.slice(0, lost)
      const keptIds = new Set(kept.map(({ id }) => id))
      const removed = partitions
        .filter(({ id }) => !keptIds.has(id))
        .map(({ id }): Action => ({ kind: 'removePartition', id }))
      const added = broughtBack(base, wanted, kept.length)
      const rows = added.reduce((sum, partition) => sum + partition.rows, 0)
      return {
        operation: 'restore',
        actions: [...removed, ...added],
        rows,
        bytes: 0,
        head: {
          // Nobody else may bring the new numbers, for which there are no files.
          ...burnIds(
            base,
            added.map(({ id }) => id),
          ),
          partitions: wanted.partitions.length,
          rows: wanted.partitions.reduce((sum, partition) => sum + partition.rows, 0),
        },
      }
    },
  }
}

function broughtBack(base: Head, wanted: PartitionSet, from: number): AddPartition[] {
  return wanted.partitions.slice(from).map(({ id, rows }, index) => {
    const columns = new Map<number, ColumnPartition>()
    for (const column of base.columns) {
      const statistics = wanted.statistics.get(column.id)?.get(id)
      if (statistics !== undefined) columns.set(column.id, statistics)
    }
    return { kind: 'addPartition', id: base.nextId + index, rows, columns }
  })
}
