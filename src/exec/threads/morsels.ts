import { throwIfAborted } from '../../error.ts'
import { takeVerified, type VerifiedFile } from '../../io/csv/verified-files.ts'
import { type Failure, revived, type WorkerThread } from '../../io/worker-thread.ts'
import type { ExecContext } from '../context.ts'
import { type Fragment, type FragmentResult, runFragment, trimmed } from './fragment.ts'
import { MorselControl } from './morsel-control.ts'
import type { Slice } from './slices.ts'
import { withBar } from './top-k-bar.ts'
import { crew, dismiss } from './worker-pool.ts'

/** Work to be shared out: a fragment over slices of partitions. */
export interface Morsels {
  readonly fragment: Fragment
  readonly storeUrl: string
  /** In the order in which they are to be taken. */
  readonly slices: readonly Slice[]
  /** What is known of their files. */
  readonly verified: readonly VerifiedFile[]
  /** Threads beside this one. */
  readonly helpers: number
  /** `as they come`: whatever is done first; else in the order of `slices`. */
  readonly order: 'of the list' | 'as they come'
  /** How many slices may be done or under way that have not been asked for. */
  readonly ahead: number
  /** See `top-k-bar.ts`; null when the fragment has none. */
  readonly bar: BigInt64Array | null
}

/** What a thread needs to take part: plain data, but for what is shared. */
export interface MorselTask {
  readonly kind: 'morsels'
  readonly fragment: Fragment
  readonly storeUrl: string
  readonly slices: readonly Slice[]
  readonly verified: readonly VerifiedFile[]
  readonly batchRowsMax: number
  readonly memoryLimit: number
  readonly control: Int32Array
  readonly bar: BigInt64Array | null
  readonly owner: number
}

/** What came of the slice at `position` of the list, on another thread. */
export interface MorselAnswer extends FragmentResult {
  readonly position: number
  readonly rows: number
  readonly bytes: number
  readonly partitions: number
  readonly failure: Failure | null
  /** What that thread has verified since its last answer. */
  readonly verified: readonly VerifiedFile[]
}

export interface MorselResult extends FragmentResult {
  readonly position: number
}

const MAIN = 0

/**
 * Runs a fragment over slices of partitions, on this thread and others: each takes the next one when it is
 * free. A thread that dies, or has too little memory, costs time only: its slices are done
 * here. What a slice throws is thrown when its turn comes, as it would be on one thread.
 */
export class MorselRun {
  readonly control: MorselControl
  readonly #of: Morsels
  readonly #context: ExecContext
  readonly #task: Omit<MorselTask, 'owner'>
  /** Threads without a call under way, by owner number. */
  readonly #idle = new Map<number, WorkerThread>()
  readonly #done = new Map<number, FragmentResult | Error>()
  /** Positions that another thread has taken and lost. */
  readonly #lost: number[] = []
  #wake: () => void = () => {}

  constructor(of: Morsels, context: ExecContext) {
    const { fragment, slices, verified, storeUrl, bar, helpers } = of
    this.#of = of
    this.#context = context
    this.control = MorselControl.of(slices.length, of.ahead)
    this.#task = {
      kind: 'morsels',
      fragment: helpers > 0 ? { ...fragment, plan: trimmed(fragment.plan) } : fragment,
      storeUrl,
      slices,
      verified,
      bar,
      batchRowsMax: context.batchRowsMax,
      memoryLimit: context.memory.bytesMax / (helpers + 1),
      control: this.control.memory,
    }
    for (const [index, worker] of crew(helpers).entries()) this.#idle.set(index + 1, worker)
  }

  /** What came of each slice. Ending the iteration stops all threads. */
  async *results(): AsyncGenerator<MorselResult, void, undefined> {
    const { order, ahead } = this.#of
    const { signal } = this.#context
    const onAbort = () => this.#wake()
    signal?.addEventListener('abort', onAbort)
    try {
      const given = new Uint8Array(this.#of.slices.length)
      for (let first = 0; first < this.control.end; ) {
        throwIfAborted(signal)
        this.control.allow(first + ahead)
        this.#hire()
        const position = order === 'of the list' ? first : this.#anyDone(first)
        const result = this.#done.get(position)
        if (result === undefined) {
          await this.#doOneOrWait()
          continue
        }
        this.#done.delete(position)
        given[position] = 1
        while (given[first] === 1) first += 1
        if (position >= this.control.end) continue
        if (result instanceof Error) throw result
        yield { position, ...result }
      }
    } finally {
      this.control.endAt(0)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** A position that is done; any, when none is. */
  #anyDone(otherwise: number): number {
    for (const position of this.#done.keys()) return position
    return otherwise
  }

  async #doOneOrWait(): Promise<void> {
    const arrival = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    const position = this.#lost.pop() ?? this.control.take(MAIN)
    if (position < 0) return arrival
    const fragment = withBar(this.#of.fragment, this.#of.bar)
    const result = await runFragment(fragment, this.#of.slices[position]!, this.#context).catch(
      asError,
    )
    this.#done.set(position, result)
    // Answers that are there arrive only when the event loop gets a turn, and make room for more.
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Calls every idle thread while there is something to take. */
  #hire(): void {
    if (!this.control.hasNext()) return
    for (const [owner, worker] of this.#idle) {
      this.#idle.delete(owner)
      const before = new Set(this.control.takenBy(owner))
      const answered = new Set<number>()
      worker
        .call({ ...this.#task, owner }, (answer) => {
          answered.add((answer as MorselAnswer).position)
          this.#note(answer as MorselAnswer)
        })
        .then(
          () => this.#idle.set(owner, worker),
          () => {
            dismiss(worker)
            const taken = this.control.takenBy(owner)
            this.#lost.push(...taken.filter((one) => !before.has(one) && !answered.has(one)))
          },
        )
        .finally(() => this.#wake())
    }
  }

  #note(answer: MorselAnswer): void {
    const { position, rows, bytes, partitions, failure, batches, groups } = answer
    takeVerified(answer.verified)
    this.#context.onScanned(rows, bytes, partitions)
    if (failure === null) this.#done.set(position, { batches, groups })
    else if (failure.code === 'LIMIT') this.#lost.push(position)
    else this.#done.set(position, revived(failure))
    this.#wake()
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
