import { GraupelError } from '../error.ts'
import type { BackgroundWork } from './background-work.ts'
import type { CommitQueue } from './commit-queue.ts'
import { type FoldPlace, InlineFold } from './inline-fold.ts'
import { isInlineEntry } from './inline-partition.ts'
import type { Head } from './model/head.ts'
import { stagedChange } from './staged-change.ts'

interface KeeperPlace extends FoldPlace {
  readonly newest: Head
  readonly queue: CommitQueue
}

/** Commits without files after which their rows are given some. */
const FOLD_AFTER = 64

/**
 * Sees to it that rows do not stay in the metadata for ever: it stages them as files off the path
 * of commits, and the next append takes these along. What it leaves undone costs readers time and
 * nothing else.
 */
export class InlineKeeper {
  readonly #place: KeeperPlace
  readonly #work: BackgroundWork
  /** The newest version whose commit was counted, and the commits since the last fold. */
  #counted = 0
  #commits = 0
  #isStaging = false
  #fold: InlineFold | undefined

  constructor(place: KeeperPlace, work: BackgroundWork) {
    this.#place = place
    this.#work = work
  }

  /** Takes note of a head that was committed by this process. */
  note(head: Head): void {
    const last = head.tail.at(-1)
    if (last === undefined || !isInlineEntry(last)) return
    const fresh = head.tail.filter(({ version }) => version > this.#counted)
    this.#counted = head.version
    this.#commits += fresh.filter(isInlineEntry).length
    const isDue = this.#commits >= FOLD_AFTER && !this.#isStaging && this.#fold === undefined
    if (isDue) this.#work.add(this.#stage(head))
  }

  /** What waits to be committed, for one commit to take it along; `end` has to be told. */
  take(): InlineFold | undefined {
    const fold = this.#fold
    this.#fold = undefined
    return fold
  }

  /** Tells that the commit that took `fold` along is committed. */
  end(fold: InlineFold): void {
    if (!fold.isTaken) this.#work.add(fold.discard())
  }

  /** Gives files to all that this process has left in the metadata, as a commit of its own. */
  async flush(): Promise<void> {
    await this.#work.settled()
    for (let round = 0; round < 2 && (this.#fold !== undefined || this.#commits > 0); round++) {
      if (this.#fold === undefined) await this.#stage(this.#place.newest)
      const fold = this.take()
      if (fold !== undefined) await this.#commit(fold)
    }
  }

  async #stage(head: Head): Promise<void> {
    this.#isStaging = true
    this.#commits = 0
    try {
      this.#fold = await InlineFold.stage(this.#place, head)
    } finally {
      this.#isStaging = false
    }
  }

  async #commit(fold: InlineFold): Promise<void> {
    const { name, queue } = this.#place
    const { columns, removal, rows, bytes } = fold
    const change = stagedChange(this.#place, {
      operation: 'optimize',
      columns,
      name,
      rows,
      bytes,
      removal,
      partitions: (base) => fold.partitions(base),
    })
    try {
      await queue.commit(change)
    } catch (error) {
      if (error instanceof GraupelError && error.code === 'CONFLICT') await fold.discard()
      throw error
    }
  }
}
