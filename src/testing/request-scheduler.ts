import { pause } from '../io/clock-and-ids.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { seededRandom } from './seeded-random.ts'

/** Decides in which order the requests of several actors reach a store and are answered. */
export interface RequestScheduler {
  /** `store` as `actor` sees it: during `run`, each of its requests waits to be chosen. */
  store(store: ObjectStore, actor: string): ObjectStore
  /**
   * Runs the actors side by side until all have ended, and answers how each ended. Whenever all
   * of them wait, one waiting request is chosen to take effect, or one that did to be answered.
   */
  run<T>(actors: readonly (() => Promise<T>)[]): Promise<PromiseSettledResult<T>[]>
  /** What was chosen, e.g. `a create acme/sales/orders/id/partition1.csv`, then `a answered ...`. */
  readonly trace: readonly string[]
}

export interface SchedulerOptions {
  /**
   * Called when no request waits, since all actors wait for a timer: lets time pass. A real
   * millisecond unless told.
   */
  readonly idle?: (() => void | Promise<void>) | undefined
}

interface Waiting {
  readonly text: string
  go(): void
}

/**
 * A scheduler that chooses by `seed`: the same seed and actors give the same order, as long as the
 * actors wait for nothing but the store.
 */
export function requestScheduler(seed: number, options: SchedulerOptions = {}): RequestScheduler {
  const below = seededRandom(seed)
  const idle = options.idle ?? (() => pause(1))
  const trace: string[] = []
  let waiting: Waiting[] = []
  let running = false

  const point = async (text: string): Promise<void> => {
    if (!running) return
    await new Promise<void>((go) => {
      waiting.push({ text, go })
    })
  }
  const request = async <T>(text: string, actor: string, apply: () => Promise<T>): Promise<T> => {
    await point(`${actor} ${text}`)
    try {
      return await apply()
    } finally {
      await point(`${actor} answered ${text}`)
    }
  }
  return {
    trace,
    store: (store, actor) => scheduledStore(store, (text, apply) => request(text, actor, apply)),
    async run(actors) {
      running = true
      let left = actors.length
      const ended = Promise.allSettled(
        actors.map((actor) =>
          actor().finally(() => {
            left--
          }),
        ),
      )
      while (left > 0) {
        await allWait()
        if (waiting.length === 0) {
          if (left > 0) await idle()
          continue
        }
        const [chosen] = waiting.splice(below(waiting.length), 1)
        trace.push(chosen!.text)
        chosen!.go()
      }
      running = false
      for (const { go } of waiting) go()
      waiting = []
      return ended
    },
  }
}

/** Once everything that waits for neither a store nor a timer has run on. */
function allWait(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

type Schedule = <T>(text: string, apply: () => Promise<T>) => Promise<T>

function scheduledStore(store: ObjectStore, schedule: Schedule): ObjectStore {
  return {
    url: store.url,
    get: (key, options) => schedule(`get ${key}`, () => store.get(key, options)),
    open: (key, options) => schedule(`open ${key}`, () => store.open(key, options)),
    create: (key, body, options) => {
      const copy = new Uint8Array(body)
      return schedule(`create ${key}`, () => store.create(key, copy, options))
    },
    replace: (key, body, options) => {
      const copy = new Uint8Array(body)
      return schedule(`replace ${key}`, () => store.replace(key, copy, options))
    },
    readCell: (key, options) => schedule(`readCell ${key}`, () => store.readCell(key, options)),
    swapCell: (key, token, body, options) => {
      const copy = new Uint8Array(body)
      return schedule(`swapCell ${key}`, () => store.swapCell(key, token, copy, options))
    },
    delete: (key, options) => schedule(`delete ${key}`, () => store.delete(key, options)),
    async *list(prefix, options) {
      await schedule(`list ${prefix}`, async () => {})
      yield* store.list(prefix, options)
    },
    async *folders(prefix, options) {
      await schedule(`list folders ${prefix}`, async () => {})
      yield* store.folders(prefix, options)
    },
  }
}
