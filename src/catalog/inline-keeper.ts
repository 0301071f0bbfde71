import type { BackgroundWork } from './background-work.ts'
import { type FoldPlace, InlineFold } from './inline-fold.ts'
import { isInlineEntry } from './inline-partition.ts'
import type { Head } from './model/head.ts'

/** Commits without files after which their rows are given some. */
const FOLD_AFTER = 64

/**
 * Sees to it that few rows stay in the metadata: it stages them as files off the path of commits, and
 * the next append takes these along. What it leaves undone costs readers time and nothing else.
 */
export class InlineKeeper {
  readonly #place: FoldPlace
  readonly #work: BackgroundWork
  /** The newest version whose commit was counted, and the commits since the last fold. */
  #counted = 0
  #commits = 0
  #isStaging = false
  #fold: InlineFold | undefined

  constructor(place: FoldPlace, work: BackgroundWork) {
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

  /** What waits to be committed, for one commit to take it along; then call `end`. */
  take(): InlineFold | undefined {
    const fold = this.#fold
    this.#fold = undefined
    return fold
  }

  /** Ends a fold that was taken: its files go, unless the commit was made with them. */
  end(fold: InlineFold): void {
    if (!fold.isTaken) this.#work.add(fold.discard())
  }

  /** Ends a fold, if any, whose commit was not made. */
  refused(fold: InlineFold | undefined): void {
    if (fold === undefined) return
    fold.isTaken = false
    this.end(fold)
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
}
