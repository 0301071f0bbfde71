import type { ObjectStore } from '../../io/object-store.ts'
import { openStore } from '../../io/store-url.ts'
import { serve } from '../../io/worker-thread.ts'
import { execContext } from '../run.ts'
import { aggregatePartitions, type PartialTask } from './partial-aggregate.ts'

/** Stores by URL, opened at the first task that needs them. */
const stores = new Map<string, ObjectStore>()

serve(async (task, answer) => {
  const { storeUrl, batchRowsMax, ...rest } = task as PartialTask
  let store = stores.get(storeUrl)
  if (store === undefined) {
    store = await openStore(storeUrl)
    stores.set(storeUrl, store)
  }
  const context = execContext({ batchRowsMax, stores: new Map([[storeUrl, store]]) })
  await aggregatePartitions(rest, context, answer)
})
