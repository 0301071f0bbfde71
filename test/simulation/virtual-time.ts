// Rooms that verbs load at their first use: to load a module takes real time, and timers of its own.
import '../../src/catalog/purge-tables.ts'
import '../../src/catalog/vacuum-table.ts'
import '../../src/catalog/verify-table.ts'
import '../../src/exec/query-cache.ts'
import '../../src/frame/database-views.ts'
import '../../src/frame/run-transaction.ts'
import '../../src/frame/table-work.ts'
import { seededRandom } from '../../src/testing/seeded-random.ts'

interface Timer {
  readonly at: number
  readonly order: number
  fire(): void
}

export interface VirtualTime {
  /** Fires the timer that is due first; false when there is none. */
  pass(): boolean
}

export interface VirtualTimeOptions {
  readonly seed: number
  /** Whether time passes by itself whenever nothing else is to be done. */
  readonly passing: boolean
}

/** Never begun anew: what a run left behind may yet clear a timer, which must not be a later run's. */
let made = 0

/** Runs `work` with timers that take no time and chance that is the same for the same seed. */
export async function inVirtualTime<T>(
  { seed, passing }: VirtualTimeOptions,
  work: (time: VirtualTime) => Promise<T>,
): Promise<T> {
  const real = { setTimeout, clearTimeout, random: Math.random }
  const below = seededRandom(seed)
  const timers = new Map<number, Timer>()
  let now = 0
  const pass = (): boolean => {
    let first: Timer | undefined
    for (const timer of timers.values()) {
      const sooner = first === undefined || timer.at < first.at
      if (sooner || (timer.at === first!.at && timer.order < first!.order)) first = timer
    }
    if (first === undefined) return false
    timers.delete(first.order)
    now = first.at
    first.fire()
    return true
  }
  const set = (fire: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
    const id = ++made
    timers.set(id, { at: now + ms, order: id, fire: () => fire(...args) })
    if (passing) setImmediate(pass)
    return id
  }
  globalThis.setTimeout = set as unknown as typeof setTimeout
  globalThis.clearTimeout = ((id: number) => timers.delete(id)) as unknown as typeof clearTimeout
  Math.random = () => below(2 ** 32) / 2 ** 32
  try {
    return await work({ pass })
  } finally {
    globalThis.setTimeout = real.setTimeout
    globalThis.clearTimeout = real.clearTimeout
    Math.random = real.random
  }
}
