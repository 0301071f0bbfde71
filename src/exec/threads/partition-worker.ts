import { GraupelError } from '../../error.ts'
import { newlyVerified, takeVerified } from '../../io/csv/verified-files.ts'
import type { ObjectStore } from '../../io/object-store.ts'
import { openStore } from '../../io/store-url.ts'
import { type Answer, flattened, serve } from '../../io/worker-thread.ts'
import { execContext } from '../run.ts'
import { runFragment } from './fragment.ts'
import type { ClaimedTask } from './job-queue.ts'
import { MorselControl } from './morsel-control.ts'
import type { MorselAnswer, MorselTask } from './morsels.ts'
import { type Moved, moveBatch, packVector } from './pack.ts'
import { withBar } from './top-k-bar.ts'

/** Stores by URL, opened at the first task that needs them. */
const stores = new Map<string, ObjectStore>()

async function storeAt(url: string): Promise<ObjectStore> {
  const store = stores.get(url) ?? (await openStore(url))
  stores.set(url, store)
  return store
}

newlyVerified()

serve(async (of, answer) => {
  const task = of as MorselTask | ClaimedTask
  if (task.kind === 'morsels') return runMorsels(task, answer)
  // Threads that only answer queries do without what loads need.
  const { doLoadTask } = await import('./load-jobs.ts')
  doLoadTask(task, answer)
})

/** Runs the fragment over slices until none may be taken, and answers what came of each. */
async function runMorsels(task: MorselTask, answer: Answer): Promise<void> {
  const control = new MorselControl(task.control)
  const storesOfTask = new Map([[task.storeUrl, await storeAt(task.storeUrl)]])
  const { batchRowsMax, memoryLimit } = task
  takeVerified(task.verified)
  for (;;) {
    const position = control.take(task.owner)
    if (position < 0) return
    let rows = 0
    let bytes = 0
    let partitions = 0
    const onScanned = (rowsMore: number, bytesMore: number, partitionsMore: number) => {
      rows += rowsMore
      bytes += bytesMore
      partitions += partitionsMore
      if (control.end <= position) throw new GraupelError('ABORTED', 'not wanted any more')
    }
    const head = { position, groups: null, failure: null }
    try {
      const context = execContext({ batchRowsMax, memoryLimit, stores: storesOfTask, onScanned })
      const fragment = withBar(task.fragment, task.bar)
      const { batches, groups } = await runFragment(fragment, task.slices[position]!, context)
      const moved: Moved = new Set()
      for (const batch of batches) moveBatch(batch, moved)
      const told: MorselAnswer = {
        ...head,
        rows,
        bytes,
        partitions,
        verified: newlyVerified(),
        batches,
        groups: groups && {
          count: groups.count,
          keys: groups.keys.map((key) => packVector(key, moved)),
          states: groups.states.map((parts) => parts.map((part) => packVector(part, moved))),
        },
      }
      answer(told, [...moved])
    } catch (error) {
      const figures = { rows, bytes, partitions, verified: newlyVerified() }
      const told: MorselAnswer = { ...head, ...figures, batches: [], failure: flattened(error) }
      answer(told)
    }
  }
}
