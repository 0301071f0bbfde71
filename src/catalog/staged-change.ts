import { GraupelError } from '../error.ts'
import type { Change } from './commit-queue.ts'
import { inlineHead } from './inline-partition.ts'
import { assertNotLoaded, type LoadLedger } from './load-ledger.ts'
import type {
  Action,
  AddPartition,
  LoadedFile,
  Operation,
  RemovePartition,
} from './model/commit-record.ts'
import type { Constraint } from './model/constraint.ts'
import type { AppMark, Head } from './model/head.ts'
import type { Column } from './model/table.ts'
import { assertSameColumns, assertSameConstraints, type Draft, numberAfter } from './next-commit.ts'
import { columnTypes, readPartitions, type TablePlace } from './table-partitions.ts'

const APPS_MAX = 256

/** What a commit takes away. */
export interface Removal {
  /** Everything that is live, or these partitions. */
  readonly partitions: 'all' | ReadonlySet<number>
  /** Rows in `partitions`, where those are named. */
  readonly rows: number
  /** The version that it was made from; any when not given. */
  readonly basedOn?: number | undefined
  /**
   * Whether a partition that others brought since `basedOn` is one that should have been seen;
   * never unless told.
   */
  readonly concerns?: ((partition: AddPartition) => boolean) | undefined
}

/** A file whose rows were staged. */
export interface StagedLoad extends LoadedFile {
  /** `once`: a CONFLICT when its content counts as loaded; `again`: it may be loaded once more. */
  readonly how: 'once' | 'again'
}

/** What has checked staged rows against all that the table had at `version`. */
export interface CommitGuard {
  readonly version: number
  /** Throws CONFLICT when the rows cannot stand beside what `since`, the commits after it, did. */
  admit(since: readonly Action[]): Promise<void>
}

/** Partitions that were staged, and what is to become of them. */
export interface Staged {
  /** For people. */
  readonly operation: Operation
  readonly columns: readonly Column[]
  /** Those that the rows are known to keep. */
  readonly constraints: readonly Constraint[]
  readonly guard?: CommitGuard | undefined
  readonly name: string
  readonly signal?: AbortSignal | undefined
  /** Commits once at most for a sequence number of an application. */
  readonly mark?: AppMark | undefined
  /** Files that rows are from. */
  readonly loads?: readonly StagedLoad[] | undefined
  /** None for an append. */
  readonly removal?: Removal | undefined
  /** Rows that the history tells. */
  readonly rows: number
  /** Bytes of the files that were written. */
  readonly bytes: number
  /** The partitions, under numbers that a commit on top of `base` may bring. */
  partitions(base: Head): Promise<readonly AddPartition[]>
  /** One more, which has no files. */
  readonly inline?: ((base: Head) => AddPartition) | undefined
  /** What goes along if it still can. */
  readonly fold?: Passenger | undefined
}

/** Partitions that take the place of others and change no row, staged before. */
export interface Passenger {
  readonly columns: readonly Column[]
  readonly removal: Removal
  readonly bytes: number
  /** Whether the commit that was drafted last takes it along. */
  isTaken: boolean
  partitions(base: Head): Promise<readonly AddPartition[]>
}

/** The change that appends what was staged, or puts it in the place of what is live. */
export function stagedChange(
  place: TablePlace & { readonly ledger: LoadLedger },
  staged: Staged,
): Change {
  const { removal, guard, fold, loads = [] } = staged
  // What is loaded must be held against a head that is committed.
  const isHeld = guard !== undefined || loads.length > 0
  return {
    alone: removal !== undefined || fold !== undefined || isHeld,
    signal: staged.signal,
    async draft(base): Promise<Draft | undefined> {
      assertSameColumns(base, staged)
      assertSameConstraints(base, staged)
      if (isMarked(base, staged.mark)) return undefined
      if (removal !== undefined) await assertUnseen(place, base, staged.name, removal)
      const ledger = await ledgerChange(place.ledger, base, staged)
      if (guard !== undefined) await admit(guard, place, base, staged.name)
      const folded = await foldedAlong(place, base, staged)
      const inline = staged.inline?.(base)
      const added = [
        ...(await staged.partitions(base)),
        ...(folded?.added ?? []),
        ...(inline === undefined ? [] : [inline]),
      ]
      const removed = [...(await removals(place, base, removal)), ...(folded?.removed ?? [])]
      const rows = added.reduce((sum, partition) => sum + partition.rows, 0)
      const rowsGone =
        (removal?.partitions === 'all' ? base.rows : (removal?.rows ?? 0)) + (folded?.rows ?? 0)
      const actions = [...removed, ...added]
      const nextId = Math.max(base.nextId, numberAfter(actions))
      return {
        operation: staged.operation,
        actions,
        rows: staged.rows,
        bytes: staged.bytes + (folded?.bytes ?? 0),
        loads: staged.loads,
        ledgerOf: ledger.ledgerOf,
        head: {
          ...ledger.head,
          ...(inline === undefined ? {} : inlineHead({ ...base, nextId }, inline.id)),
          partitions: base.partitions - removed.length + added.length,
          rows: base.rows - rowsGone + rows,
          ...(staged.mark === undefined ? {} : { apps: marked(base.apps, staged.mark) }),
        },
      }
    },
  }
}

/** What goes along; undefined when others have changed what it is about. */
async function foldedAlong(place: TablePlace, base: Head, { fold, name }: Staged) {
  if (fold === undefined) return undefined
  const { removal, columns, bytes } = fold
  fold.isTaken = false
  try {
    assertSameColumns(base, { columns, name })
    await assertUnseen(place, base, name, removal)
    const removed = await removals(place, base, removal)
    const added = await fold.partitions(base)
    fold.isTaken = true
    return { removed, added, rows: removal.rows, bytes }
  } catch (error) {
    if (error instanceof GraupelError && error.code === 'CONFLICT') return undefined
    throw error
  }
}

/**
 * What becomes of the ledger: what takes all rows away begins an empty one. Throws CONFLICT for
 * files that others loaded first.
 */
async function ledgerChange(
  ledger: LoadLedger,
  base: Head,
  { name, loads = [], removal }: Staged,
): Promise<{ readonly ledgerOf?: number; readonly head: Partial<Head> }> {
  const clears = removal?.partitions === 'all' && base.lastLoad > 0
  const once = loads.filter(({ how }) => how === 'once')
  if (once.length > 0) {
    const known = removal?.partitions === 'all' ? new Map() : await ledger.at(base)
    assertNotLoaded(name, known, once)
  }
  const changes = clears || loads.length > 0
  return {
    ...(clears ? { ledgerOf: 0 } : {}),
    head: changes ? { lastLoad: base.version + 1 } : {},
  }
}

/** Whether the application has committed this sequence number, or a later one, before. */
export function isMarked({ apps }: Pick<Head, 'apps'>, mark: AppMark | undefined): boolean {
  return apps.some((known) => known.app === mark?.app && known.sequence >= mark.sequence)
}

function marked(apps: readonly AppMark[], mark: AppMark): AppMark[] {
  return [...apps.filter(({ app }) => app !== mark.app), mark].slice(-APPS_MAX)
}

/** First committer wins: nobody's rows are replaced unseen. A partition counts as a whole. */
async function assertUnseen(
  place: TablePlace,
  base: Head,
  name: string,
  { basedOn, partitions, concerns }: Removal,
): Promise<void> {
  const { version } = base
  if (basedOn === undefined || basedOn === version) return
  const facts = { table: name, version, basedOn }
  if (partitions === 'all') {
    throw new GraupelError(
      'CONFLICT',
      `table "${name}" is at version ${version}, and this overwrite was made from version ${basedOn}; nothing was committed: open it again and retry`,
      facts,
    )
  }
  const actions = await actionsAfter(place, base, basedOn)
  const isOurs = (action: Action) =>
    action.kind === 'removePartition' ? partitions.has(action.id) : concerns?.(action) === true
  if (actions?.some(isOurs) === false) return
  throw new GraupelError(
    'CONFLICT',
    `table "${name}" is at version ${version}, and since version ${basedOn} others have changed rows that this change is about; nothing was committed: retry`,
    facts,
  )
}

/** Asks about what others have committed since the rows were looked at. */
async function admit(
  guard: CommitGuard,
  place: TablePlace,
  base: Head,
  name: string,
): Promise<void> {
  const since = await actionsAfter(place, base, guard.version)
  if (since !== undefined) return guard.admit(since)
  throw new GraupelError(
    'CONFLICT',
    `table "${name}": the log since version ${guard.version} is trimmed, so that keys cannot be compared with what others did; nothing was committed: retry`,
    { table: name, version: base.version, basedOn: guard.version },
  )
}

/** What was done after `version`; undefined where the log was trimmed since, and nobody can tell. */
async function actionsAfter(
  place: TablePlace,
  base: Head,
  version: number,
): Promise<Action[] | undefined> {
  if (version >= base.version) return []
  if (version < (base.trimmed?.version ?? 0)) return undefined
  const span = { from: version + 1, to: base.version }
  const records = await place.log.records(base, span, columnTypes(base.columns))
  return records.flatMap(({ actions }) => actions)
}

async function removals(
  place: TablePlace,
  base: Head,
  removal: Removal | undefined,
): Promise<RemovePartition[]> {
  if (removal === undefined) return []
  if (removal.partitions !== 'all') return [...removal.partitions].map(removePartition)
  const { partitions } = await readPartitions(place, base, { version: base.version, columns: [] })
  return partitions.map(({ id }) => removePartition(id))
}

const removePartition = (id: number): RemovePartition => ({ kind: 'removePartition', id })
