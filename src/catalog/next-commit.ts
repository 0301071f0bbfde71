import { typesEqual } from '../arrow/data-type.ts'
import { GraupelError } from '../error.ts'
import { sha256Hex } from '../io/checksum.ts'
import { newTxid, nowMs } from '../io/clock-and-ids.ts'
import type {
  Action,
  AddPartition,
  CommitRecord,
  LoadedFile,
  Operation,
} from './model/commit-record.ts'
import type { Constraint } from './model/constraint.ts'
import type { FormerSchema, Head } from './model/head.ts'
import type { Column } from './model/table.ts'
import { printRecord, RECORD_BYTES_MAX, recordFile } from './record-json.ts'
import { columnTypes } from './table-partitions.ts'

/** What a commit is to do on top of a head. */
export interface Draft {
  readonly operation: Operation
  readonly actions: readonly Action[]
  /** Rows and bytes of the files that it brings. */
  readonly rows: number
  readonly bytes: number
  readonly loads?: readonly LoadedFile[] | undefined
  /** The version whose ledger it goes on from, when that is not the parent's. */
  readonly ledgerOf?: number | undefined
  /** What the head says from then on. */
  readonly head: Pick<Head, 'partitions' | 'rows'> & Partial<Head>
  /** The columns that end with it, where it gives the table others. */
  readonly formerSchema?: Omit<FormerSchema, 'until'>
}

/** A commit that a swap to `head` would make. */
export interface NextCommit {
  readonly head: Head
  readonly version: number
  readonly txid: string
  readonly record: { readonly file: string; readonly bytes: Uint8Array }
}

/**
 * The commit of `draft` on top of `base`, which may itself not be committed yet. Throws LIMIT when
 * its record would be too large.
 *
 * @param as What a commit that spans several tables is called, and its instant, above `base`'s.
 */
export function nextCommit(
  base: Head,
  draft: Draft,
  as: { readonly txid?: string; readonly timestamp?: number } = {},
): NextCommit {
  const { operation, actions, rows, bytes, loads, ledgerOf } = draft
  const parent = base.tail.at(-1)
  const record: CommitRecord = {
    version: base.version + 1,
    txid: as.txid ?? newTxid(),
    timestamp: as.timestamp ?? Math.max(nowMs(), base.timestamp + 1),
    operation,
    parent: {
      version: base.version,
      txid: parent?.txid ?? base.creationTxid,
      sha256: parent?.recordSha256 ?? '',
    },
    rows,
    bytes,
    actions,
    loads,
    ledgerOf,
  }
  const printed = printRecord(record, columnTypes(base.columns))
  if (printed.length > RECORD_BYTES_MAX) throw tooLarge(printed.length)
  const { version, txid, timestamp } = record
  const recordSha256 = sha256Hex(printed)
  const recordBytes = printed.length
  const what = { version, txid, timestamp, operation, rows, bytes }
  const head: Head = {
    ...base,
    nextId: Math.max(base.nextId, numberAfter(actions)),
    ...draft.head,
    ...(draft.formerSchema === undefined
      ? {}
      : { formerSchemas: [...base.formerSchemas, { ...draft.formerSchema, until: timestamp }] }),
    version,
    revision: base.revision + 1,
    txid,
    timestamp,
    tail: [...base.tail, { ...what, recordBytes, recordSha256, extra: [] }],
  }
  return { head, version, txid, record: { file: recordFile(record), bytes: printed } }
}

/** The number after all that `actions` bring, as partitions or as files of the table's own. */
export function numberAfter(actions: readonly Action[]): number {
  let next = 1
  for (const action of actions) {
    if (action.kind !== 'addPartition') continue
    next = Math.max(next, action.id + 1)
    for (const { file } of action.columns.values()) {
      if (typeof file === 'number') next = Math.max(next, file + 1)
    }
  }
  return next
}

/** Bytes of all column files of `added`. */
export function stagedBytes(added: readonly AddPartition[]): number {
  let bytes = 0
  for (const { columns } of added) for (const column of columns.values()) bytes += column.bytes
  return bytes
}

/** Throws CONFLICT unless the table still has the columns that rows were staged for. */
export function assertSameColumns(
  head: Head,
  { columns, name }: { readonly columns: readonly Column[]; readonly name: string },
): void {
  const same =
    head.columns.length === columns.length &&
    columns.every((column, position) => {
      const now = head.columns[position]!
      const sameValues = now.nullable === column.nullable && typesEqual(now.type, column.type)
      const sameFiles = now.folder === column.folder && now.name === column.name
      return now.id === column.id && sameFiles && sameValues
    })
  if (same) return
  const upto = head.formerSchemas.at(-1)?.upto
  const changedAt = upto === undefined ? undefined : upto + 1
  const change = head.tail.find(({ version }) => version === changedAt)
  const at = changedAt === undefined ? '' : `, at version ${changedAt}`
  const by = change === undefined ? '' : `, by ${change.operation}`
  throw new GraupelError(
    'CONFLICT',
    `the columns of table "${name}" changed meanwhile${at}${by}; nothing was committed: open it again and retry`,
    { table: name, version: changedAt ?? head.version, operation: change?.operation },
  )
}

/** Throws CONFLICT unless the table still keeps the constraints that rows were checked against. */
export function assertSameConstraints(
  head: Head,
  { constraints, name }: { readonly constraints: readonly Constraint[]; readonly name: string },
): void {
  const same =
    head.constraints.length === constraints.length &&
    constraints.every((constraint, position) => {
      const now = head.constraints[position]!
      return now.name === constraint.name && now.since === constraint.since
    })
  if (same) return
  throw new GraupelError(
    'CONFLICT',
    `the constraints of table "${name}" changed while rows were staged: open it again and retry`,
    { table: name, version: head.version },
  )
}

function tooLarge(bytes: number): GraupelError {
  return new GraupelError(
    'LIMIT',
    `the commit's record would have ${bytes} bytes, more than ${RECORD_BYTES_MAX}: commit in smaller pieces`,
    { bytes },
  )
}
