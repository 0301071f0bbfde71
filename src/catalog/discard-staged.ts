import { GraupelError } from '../error.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { burnIds } from './burned-ids.ts'
import type { Head } from './model/head.ts'

/**
 * Removes staged files that will not be committed: first their numbers are burned in the head, so
 * that a removal that arrives late meets no other's files. What cannot be removed now is left to
 * `vacuum`.
 */
export async function discardStaged(
  table: {
    readonly store: ObjectStore
    edit(change: (head: Head) => Partial<Head> | undefined): Promise<unknown>
  },
  created: readonly { readonly id: number; readonly key: string }[],
): Promise<void> {
  if (created.length === 0) return
  try {
    await table.edit((head) => burnIds(head, [...new Set(created.map(({ id }) => id))]))
    for (const { key } of created) await table.store.delete(key)
  } catch (error) {
    if (!(error instanceof GraupelError)) throw error
  }
}
