import { corrupt, GraupelError } from '../error.ts'
import { newTxid } from '../io/clock-and-ids.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { CommitLog } from './commit-log.ts'
import type { Head, Pending, PreparedCommit } from './model/head.ts'
import { assertWritable, MULTI_TABLE_FEATURE } from './stored-json.ts'
import { type ReadHead, TableHead } from './table-head.ts'

/** `head` with a transaction that has not ended in it. */
export function withPending(head: Head, pending: Pending): Head {
  const features = (known: readonly string[]) => [...new Set([...known, MULTI_TABLE_FEATURE])]
  return {
    ...head,
    readerFeatures: features(head.readerFeatures),
    writerFeatures: features(head.writerFeatures),
    pending,
  }
}

/** `head` as it is when nobody commits what is pending. */
export function withoutPending(head: Head): Head {
  const others = (known: readonly string[]) => known.filter((name) => name !== MULTI_TABLE_FEATURE)
  return {
    ...head,
    readerFeatures: others(head.readerFeatures),
    writerFeatures: others(head.writerFeatures),
    pending: null,
  }
}

/** `head` as it is once what was prepared in it is committed. */
export function withPrepared(head: Head, { entry, ...changes }: PreparedCommit): Head {
  const { version, timestamp } = entry
  return { ...withoutPending(head), ...changes, version, timestamp, tail: [...head.tail, entry] }
}

/**
 * The head as readers are to see it: what is pending in it stands in it when the primary table has
 * committed it, and is gone when that never will. `pending` is left only while that is open.
 */
export async function resolvePending(
  store: ObjectStore,
  read: ReadHead,
  signal?: AbortSignal,
): Promise<ReadHead> {
  const { head, token } = read
  const { pending } = head
  // The primary itself decides by a swap that takes its mark away.
  if (pending === null || pending.prepared === null) return read
  const decision = await decisionOf(store, pending, signal)
  if (decision === 'open') return read
  const isIn = decision === 'committed'
  return { head: isIn ? withPrepared(head, pending.prepared) : withoutPending(head), token }
}

/**
 * Takes the mark of a transaction from its primary table, so that it can never be committed, unless
 * it has been. Throws UNAVAILABLE when the store does not answer.
 */
export async function abortPending(store: ObjectStore, pending: Pending): Promise<void> {
  const { table } = primaryOf(store, pending)
  const read = await table.read()
  if (read.head.pending?.txid !== pending.txid) return
  assertWritable(read.head, table.key)
  await dropPending(table, read)
}

/** Swaps a head for one without what is pending; another's swap does the same. */
export async function dropPending(table: TableHead, read: ReadHead): Promise<void> {
  const revision = read.head.revision + 1
  try {
    await table.swap(read, { ...withoutPending(read.head), revision, txid: newTxid() })
  } catch (error) {
    if (!(error instanceof GraupelError) || error.code !== 'COMMIT_UNKNOWN') throw error
    throw noAnswer(table.key, error)
  }
}

/** For swaps that commit nothing: in doubt or not, they may be made again. */
export function noAnswer(key: string, cause: GraupelError): GraupelError {
  const message = `"${key}": the store stopped answering; nothing was committed`
  return new GraupelError('UNAVAILABLE', message, { key }, { cause })
}

function primaryOf(store: ObjectStore, { primary }: Pending) {
  const log = new CommitLog(store, primary.folder)
  return { log, table: new TableHead(store, primary.folder, log) }
}

async function decisionOf(
  store: ObjectStore,
  pending: Pending,
  signal: AbortSignal | undefined,
): Promise<'committed' | 'open' | 'never'> {
  const { log, table } = primaryOf(store, pending)
  const { version, tableId } = pending.primary
  const { head } = await table.read(signal)
  if (head.tableId !== tableId) {
    throw corrupt(`"${table.key}" is table "${head.tableId}", where "${tableId}" should be`, {
      key: table.key,
    })
  }
  // Any other swap of the primary takes the mark away, so it commits as the next version or never.
  if (head.version < version) return head.pending?.txid === pending.txid ? 'open' : 'never'
  const txid =
    head.tail.find((entry) => entry.version === version)?.txid ??
    (await recordTxid(log, table, { head, version }))
  return txid === pending.txid ? 'committed' : 'never'
}

async function recordTxid(
  log: CommitLog,
  table: TableHead,
  { head, version }: { readonly head: Head; readonly version: number },
): Promise<string | undefined> {
  const span = { from: version, to: version }
  try {
    return (await log.records(head, span, new Map()))[0]?.txid
  } catch (error) {
    // Segments may have been joined since the head was read.
    const { head: now } = await table.read()
    if (now.revision === head.revision) throw error
    return (await log.records(now, span, new Map()))[0]?.txid
  }
}
