import { GraupelError } from '../error.ts'
import type { Change } from './commit-queue.ts'
import type { AddPartition, RemovePartition } from './model/commit-record.ts'
import type { AppMark, Head } from './model/head.ts'
import type { Column } from './model/table.ts'
import { assertSameColumns, type Draft, stagedBytes } from './next-commit.ts'
import { readPartitions, type TablePlace } from './table-partitions.ts'

const APPS_MAX = 256

/** Partitions that were staged, and what is to become of them. */
export interface Staged {
  readonly operation: 'append' | 'overwrite'
  readonly columns: readonly Column[]
  readonly name: string
  readonly signal?: AbortSignal | undefined
  /** Commits once at most for a sequence number of an application. */
  readonly mark?: AppMark | undefined
  /** For an overwrite: the version that it is meant to replace; any when not given. */
  readonly basedOn?: number | undefined
  /** The partitions, under numbers that a commit on top of `base` may bring. */
  partitions(base: Head): Promise<readonly AddPartition[]>
}

/** The change that appends what was staged, or puts it in the place of all that is live. */
export function stagedChange(place: TablePlace, staged: Staged): Change {
  const overwrite = staged.operation === 'overwrite'
  return {
    alone: overwrite,
    signal: staged.signal,
    async draft(base): Promise<Draft | undefined> {
      assertSameColumns(base, staged)
      if (isMarked(base, staged.mark)) return undefined
      if (overwrite) assertBasedOn(base, staged)
      const added = await staged.partitions(base)
      const removed = overwrite ? await removeAll(place, base) : []
      const rows = added.reduce((sum, partition) => sum + partition.rows, 0)
      return {
        operation: staged.operation,
        actions: [...removed, ...added],
        rows,
        bytes: stagedBytes(added),
        head: {
          partitions: (overwrite ? 0 : base.partitions) + added.length,
          rows: (overwrite ? 0 : base.rows) + rows,
          ...(staged.mark === undefined ? {} : { apps: marked(base.apps, staged.mark) }),
        },
      }
    },
  }
}

/** Whether the application has committed this sequence number, or a later one, before. */
export function isMarked({ apps }: Pick<Head, 'apps'>, mark: AppMark | undefined): boolean {
  return apps.some((known) => known.app === mark?.app && known.sequence >= mark.sequence)
}

function marked(apps: readonly AppMark[], mark: AppMark): AppMark[] {
  return [...apps.filter(({ app }) => app !== mark.app), mark].slice(-APPS_MAX)
}

/** First committer wins: nobody's rows are replaced unseen. */
function assertBasedOn({ version }: Head, { basedOn, name }: Staged): void {
  if (basedOn === undefined || basedOn === version) return
  throw new GraupelError(
    'CONFLICT',
    `table "${name}" is at version ${version}, and this overwrite was made from version ${basedOn}; nothing was committed: open it again and retry`,
    { table: name, version, basedOn },
  )
}

async function removeAll(place: TablePlace, base: Head): Promise<RemovePartition[]> {
  const { partitions } = await readPartitions(place, base, { version: base.version, columns: [] })
  return partitions.map(({ id }) => ({ kind: 'removePartition', id }))
}
