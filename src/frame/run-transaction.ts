import type { AppMark } from '../catalog/model/head.ts'
import { TableTransaction } from '../catalog/table-transaction.ts'
import { loadCrew } from '../exec/load-crew.ts'
import { StoredTransaction, type TransactionPlace } from './stored-transaction.ts'
import type { Transaction } from './transaction.ts'

/** Runs `work` and commits what it staged, or nothing when it throws. Answers what it answers. */
export async function runTransaction<T>(
  work: (tx: Transaction) => T | Promise<T>,
  mark: AppMark | undefined,
  place: Omit<TransactionPlace, 'changes' | 'guards'>,
): Promise<T> {
  const encode = loadCrew(place.settings.threads)?.encode
  const changes = new TableTransaction({ signal: place.signal, encode })
  let result: T
  try {
    result = await work(new StoredTransaction({ ...place, changes, guards: new Map() }))
  } catch (error) {
    await changes.abort()
    throw error
  }
  place.settings.requireOpen()
  await changes.commit(mark)
  return result
}
