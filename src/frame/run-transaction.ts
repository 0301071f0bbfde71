import { TableTransaction } from '../catalog/table-transaction.ts'
import { invalid, throwIfAborted } from '../error.ts'
import { loadCrew } from '../exec/load-crew.ts'
import { checkOptions } from './actions.ts'
import { markOf } from './app-mark.ts'
import { StoredTransaction, type TransactionPlace } from './stored-transaction.ts'
import type { Transaction, TransactionOptions } from './transaction.ts'

/** Runs `work` and commits what it staged, or nothing when it throws. Answers what it answers. */
export async function runTransaction<T>(
  work: (tx: Transaction) => T | Promise<T>,
  options: TransactionOptions,
  place: Omit<TransactionPlace, 'changes' | 'guards' | 'signal'>,
): Promise<T> {
  checkOptions(options, ['signal', 'app', 'sequence'], 'transaction')
  if (typeof work !== 'function') {
    throw invalid(`transaction: expected a function, got ${typeof work}`)
  }
  const mark = markOf(options, 'transaction')
  const { signal } = options
  throwIfAborted(signal)
  const encode = loadCrew(place.settings.threads)?.encode
  const changes = new TableTransaction({ signal, encode })
  let result: T
  try {
    result = await work(new StoredTransaction({ ...place, changes, guards: new Map(), signal }))
  } catch (error) {
    await changes.abort()
    throw error
  }
  place.settings.requireOpen()
  await changes.commit(mark)
  return result
}
