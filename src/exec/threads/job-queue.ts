import type { WorkerThread } from '../../io/worker-thread.ts'
import { crew, dismiss } from './worker-pool.ts'

/** Work that any thread may do: what comes of it is the same. */
export interface Job<R> {
  /** What another thread needs to do it, as plain data; null when only this one can. */
  readonly task: unknown
  here(): R
  /** What another thread's answer means. */
  told(answer: unknown): R
}

/** What another thread gets: it does the work if nobody has claimed it yet. */
export interface ClaimedTask {
  readonly kind: 'job'
  readonly claim: Int32Array
  readonly task: unknown
}

interface Crew {
  /** Threads beside this one. */
  readonly helpers: number
  /** Jobs that may be under way or done before the first of them is taken. */
  readonly ahead: number
}

interface Entry<R> {
  readonly job: Job<R>
  readonly claim: Int32Array
  outcome: { readonly value: R } | { readonly error: unknown } | null
}

/** Whether whoever asks is to do the work. */
export function claims(claim: Int32Array): boolean {
  return Atomics.compareExchange(claim, 0, 0, 1) === 0
}

/**
 * What comes of each job, in order. Jobs are given to `helpers` other threads as they come, `ahead` of
 * them at most; this one does those that nobody has begun when it would have to wait. A thread that
 * dies costs time only. What a job, or the next one, throws is thrown in its turn. Ending the iteration
 * leaves what nobody has begun.
 */
export async function* inOrder<R>(
  jobs: AsyncIterator<Job<R>> | Iterator<Job<R>>,
  of: Crew,
): AsyncGenerator<R, void, undefined> {
  const queue = new JobQueue<R>(of)
  let coming: Promise<Coming<R>> | null = settled(async () => jobs.next())
  try {
    for (;;) {
      while (coming !== null && queue.length < of.ahead) {
        const next: Coming<R> = await coming
        if (next.job !== null) queue.add(next.job)
        coming = next.job === null || next.isLast ? null : settled(async () => jobs.next())
      }
      if (queue.length === 0) return
      yield await queue.first()
    }
  } finally {
    queue.end()
  }
}

interface Coming<R> {
  readonly job: Job<R> | null
  readonly isLast: boolean
}

async function settled<R>(next: () => Promise<IteratorResult<Job<R>>>): Promise<Coming<R>> {
  try {
    const { done, value } = await next()
    return { job: done === true ? null : (value as Job<R>), isLast: false }
  } catch (error) {
    const here = () => {
      throw error
    }
    return { job: { task: null, here, told: here }, isLast: true }
  }
}

class JobQueue<R> {
  readonly #entries: Entry<R>[] = []
  /** Calls under way of each thread. */
  #calls: Map<WorkerThread, number> | null = null
  readonly #of: Crew
  #wake: () => void = () => {}

  constructor(of: Crew) {
    this.#of = of
  }

  get length(): number {
    return this.#entries.length
  }

  add(job: Job<R>): void {
    const claim = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    const entry: Entry<R> = { job, claim, outcome: null }
    this.#entries.push(entry)
    if (job.task === null) return
    this.#calls ??= new Map(crew(this.#of.helpers).map((worker) => [worker, 0]))
    const calls = this.#calls
    const [worker] = [...calls.keys()].sort((a, b) => calls.get(a)! - calls.get(b)!)
    // A thread that is busy otherwise is not sent more than it will find to do.
    if (worker === undefined || calls.get(worker)! >= this.#of.ahead) return
    calls.set(worker, calls.get(worker)! + 1)
    const task: ClaimedTask = { kind: 'job', claim, task: job.task }
    worker
      .call(task, (answer) => {
        entry.outcome = { value: job.told(answer) }
      })
      .then(
        () => calls.set(worker, calls.get(worker)! - 1),
        () => {
          dismiss(worker)
          calls.delete(worker)
          if (entry.outcome === null) Atomics.store(claim, 0, 0)
        },
      )
      .finally(() => this.#wake())
  }

  /** What came of the first job, which leaves the queue. */
  async first(): Promise<R> {
    const first = this.#entries[0]!
    while (first.outcome === null) {
      // Answers that are there arrive only when the event loop gets a turn.
      await new Promise((resolve) => setImmediate(resolve))
      if (first.outcome !== null) break
      const arrival = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      const free = this.#entries.find(({ outcome, claim }) => outcome === null && claims(claim))
      if (free === undefined) await arrival
      else free.outcome = outcomeOf(free.job)
    }
    this.#entries.shift()
    if ('error' in first.outcome) throw first.outcome.error
    return first.outcome.value
  }

  /** Nothing more is wanted. */
  end(): void {
    for (const { claim } of this.#entries) claims(claim)
  }
}

function outcomeOf<R>(job: Job<R>): NonNullable<Entry<R>['outcome']> {
  try {
    return { value: job.here() }
  } catch (error) {
    return { error }
  }
}
