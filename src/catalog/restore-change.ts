import { burnIds } from './burned-ids.ts'
import type { Change } from './commit-queue.ts'
import type { Action, AddPartition } from './model/commit-record.ts'
import type { Constraint } from './model/constraint.ts'
import type { Head } from './model/head.ts'
import type { ColumnPartition, PartitionSet } from './model/partition-set.ts'
import { fileText, type Partition } from './model/table.ts'
import { assertSameConstraints, type Draft } from './next-commit.ts'
import { assertRetained, readPartitions, type TablePlace } from './table-partitions.ts'

/**
 * The change that gives a table the rows of an older version, in their order. No file is copied:
 * partitions that were rewritten get their files back, and those that are no longer live come back
 * under new numbers, with the files that they had.
 *
 * @param constraints All that the table keeps; those rows are known to keep them.
 */
export function restoreChange(
  place: TablePlace & { readonly name: string },
  version: number,
  constraints: readonly Constraint[],
): Change {
  return {
    alone: true,
    async draft(base): Promise<Draft> {
      assertRetained(base, version)
      assertSameConstraints(base, { constraints, name: place.name })
      const columns = base.columns
      const wanted = await readPartitions(place, base, { version, columns })
      const now = await readPartitions(place, base, { version: base.version, columns })
      const live = new Set(now.partitions.map(({ id }) => id))
      const lost = wanted.partitions.findIndex(({ id }) => !live.has(id))
      const kept = lost < 0 ? wanted.partitions : wanted.partitions.slice(0, lost)
      const changed = kept.filter(({ id }) => !hasSameFiles(base, id, now, wanted))
      const untouched = new Set(kept.filter((of) => !changed.includes(of)).map(({ id }) => id))
      const removed = now.partitions
        .filter(({ id }) => !untouched.has(id))
        .map(({ id }): Action => ({ kind: 'removePartition', id }))
      const inPlace = changed.map((of) => broughtBack(base, wanted, of, of.id))
      const renumbered = wanted.partitions
        .slice(kept.length)
        .map((of, index) => broughtBack(base, wanted, of, base.nextId + index))
      const added = [...inPlace, ...renumbered]
      const rows = added.reduce((sum, partition) => sum + partition.rows, 0)
      return {
        operation: 'restore',
        actions: [...removed, ...added],
        rows,
        bytes: 0,
        // Files loaded since then are no longer in the table, and may be loaded again.
        ...(base.lastLoad > version ? { ledgerOf: version } : {}),
        head: {
          ...(base.lastLoad > version ? { lastLoad: base.version + 1 } : {}),
          // Nobody else may bring the new numbers, for which there are no files.
          ...burnIds(
            base,
            renumbered.map(({ id }) => id),
          ),
          partitions: wanted.partitions.length,
          rows: wanted.partitions.reduce((sum, partition) => sum + partition.rows, 0),
        },
      }
    },
  }
}

function broughtBack(
  base: Head,
  { statistics }: PartitionSet,
  { id, rows }: Partition,
  newId: number,
): AddPartition {
  const columns = new Map<number, ColumnPartition>()
  for (const column of base.columns) {
    const of = statistics.get(column.id)?.get(id)
    if (of !== undefined) columns.set(column.id, of)
  }
  return { kind: 'addPartition', id: newId, rows, columns }
}

/** Whether partition `id` is the same in `a` and `b`: one that was rewritten has other files. */
function hasSameFiles({ columns }: Head, id: number, a: PartitionSet, b: PartitionSet): boolean {
  return columns.every((column) => {
    const [before, after] = [a, b].map(({ statistics }) => statistics.get(column.id)?.get(id))
    if (before === undefined || after === undefined) return before === after
    return fileText(before.file) === fileText(after.file)
  })
}
