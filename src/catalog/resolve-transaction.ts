import { clip, GraupelError, invalid } from '../error.ts'
import type { Head } from './model/head.ts'
import type { SharedTable } from './shared-table.ts'
import { TXID } from './tail-entry-json.ts'

/** What became of a transaction. */
export type TransactionOutcome = 'committed' | 'not committed' | 'unknown'

/**
 * What became of a commit that ended with COMMIT_UNKNOWN. When the table does not have it, its head
 * is swapped once for one that says the same, after which the commit can never get in: the answer
 * is final. `unknown` is answered only while the store does not answer. Throws INVALID for text
 * that is no transaction's id.
 */
export async function resolveTransaction(
  table: SharedTable,
  txid: string,
): Promise<TransactionOutcome> {
  if (typeof txid !== 'string' || !TXID.test(txid)) {
    throw invalid(
      `resolve: "${clip(String(txid))}" is no transaction; the error tells its "txid"`,
      {
        txid,
      },
    )
  }
  try {
    const read = await table.read()
    if (await isCommitted(table, read.head, txid)) return 'committed'
    // A barrier: what was sent before it has lost its token.
    const head = await table.edit(() => ({}), read)
    return (await isCommitted(table, head, txid)) ? 'committed' : 'not committed'
  } catch (error) {
    const codes = ['UNAVAILABLE', 'COMMIT_UNKNOWN', 'CONFLICT']
    if (error instanceof GraupelError && codes.includes(error.code)) return 'unknown'
    throw error
  }
}

async function isCommitted(table: SharedTable, head: Head, txid: string): Promise<boolean> {
  if (head.tail.some((entry) => entry.txid === txid)) return true
  for (const segment of [...head.segments].reverse()) {
    const records = await table.log.records(head, segment, new Map())
    if (records.some((record) => record.txid === txid)) return true
  }
  return false
}
