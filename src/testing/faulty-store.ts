import { GraupelError } from '../error.ts'
import { pause } from '../io/clock-and-ids.ts'
import type {
  ByteSource,
  Cell,
  ObjectStore,
  StoredObject,
  StoreOptions,
  SwapOutcome,
} from '../io/object-store.ts'
import { newCrash } from './crash.ts'
import {
  type Fault,
  type FaultPlan,
  faultKindsOf,
  parseFaults,
  type StoreOperation,
  type StoreRequest,
} from './fault-plan.ts'
import { faultySource, spoilt } from './faulty-body.ts'

/** A store whose requests are counted, some of which go wrong as planned. */
export interface FaultyStore extends ObjectStore {
  /** All requests so far. */
  readonly requests: readonly StoreRequest[]
  /** The faults that were met; a fault that its request cannot have is passed over. */
  readonly injected: readonly Fault[]
  /** Whether a crash was met: every request since then throws, and so does every later one. */
  readonly crashed: boolean
  /** Applies all that was delayed or is to be applied twice and has not landed yet. */
  land(): Promise<void>
}

/**
 * `store` with faults. Nothing is random: the same requests in the same order meet the same
 * faults.
 *
 * @param plan Faults, or their text: `12:delayed(4) 15:answer-lost`. Throws INVALID for other text.
 */
export function faultyStore(store: ObjectStore, plan: FaultPlan | string = []): FaultyStore {
  return new PlannedStore(store, typeof plan === 'string' ? parseFaults(plan) : plan)
}

/** Without the caller's options it goes on though the caller has given up. */
type Apply<T> = (options?: StoreOptions) => Promise<T>

interface Landing {
  readonly due: number
  apply: Apply<unknown>
}

const SLOW_MS = 20

class PlannedStore implements FaultyStore {
  readonly url: string
  readonly requests: StoreRequest[] = []
  readonly injected: Fault[] = []
  readonly #store: ObjectStore
  readonly #faults: ReadonlyMap<number, Fault>
  #underWay: Landing[] = []
  #crash: Error | undefined

  constructor(store: ObjectStore, plan: FaultPlan) {
    this.url = store.url
    this.#store = store
    this.#faults = new Map(plan.map((fault) => [fault.request, fault]))
  }

  get crashed(): boolean {
    return this.#crash !== undefined
  }

  async land(): Promise<void> {
    await this.#land(() => true)
  }

  async get(key: string, options?: StoreOptions): Promise<Uint8Array | null> {
    const { fault, answer } = await this.#read('get', key, () => this.#store.get(key, options))
    return answer === null ? null : spoilt(answer, fault)
  }

  async open(key: string, options?: StoreOptions): Promise<ByteSource | null> {
    const { answer } = await this.#read('open', key, () => this.#store.open(key, options))
    if (answer === null) return null
    return faultySource(answer, () => {
      const { number, fault } = this.#begin('read', key)
      if (fault?.kind === 'crash-before') this.#die(number)
      if (fault?.kind === 'fail-before') throw unavailable('read', key)
      return fault
    })
  }

  async readCell(key: string, options?: StoreOptions): Promise<Cell | null> {
    const read = () => this.#store.readCell(key, options)
    const { fault, answer } = await this.#read('readCell', key, read)
    return answer === null ? null : { body: spoilt(answer.body, fault), token: answer.token }
  }

  async *list(prefix: string, options?: StoreOptions): AsyncGenerator<StoredObject> {
    await this.#read('list', prefix, async () => {})
    for await (const object of this.#store.list(prefix, options)) {
      this.#assertAlive()
      yield object
    }
  }

  async *folders(prefix: string, options?: StoreOptions): AsyncGenerator<string> {
    await this.#read('list', prefix, async () => {})
    for await (const name of this.#store.folders(prefix, options)) {
      this.#assertAlive()
      yield name
    }
  }

  create(key: string, body: Uint8Array, options?: StoreOptions): Promise<'created' | 'exists'> {
    const copy = new Uint8Array(body)
    const create: Apply<'created' | 'exists'> = (using) => this.#store.create(key, copy, using)
    return this.#write('create', key, options, create)
  }

  replace(key: string, body: Uint8Array, options?: StoreOptions): Promise<void> {
    const copy = new Uint8Array(body)
    return this.#write('replace', key, options, (using) => this.#store.replace(key, copy, using))
  }

  delete(key: string, options?: StoreOptions): Promise<void> {
    return this.#write('delete', key, options, (using) => this.#store.delete(key, using))
  }

  swapCell(
    key: string,
    token: string | null,
    body: Uint8Array,
    options?: StoreOptions,
  ): Promise<SwapOutcome> {
    const copy = new Uint8Array(body)
    const swap: Apply<SwapOutcome> = (using) => this.#store.swapCell(key, token, copy, using)
    return this.#write('swapCell', key, options, swap, { outcome: 'unknown' })
  }

  async #read<T>(
    operation: StoreOperation,
    key: string,
    apply: () => Promise<T>,
  ): Promise<{ fault: Fault | undefined; answer: T }> {
    const { number, fault } = this.#begin(operation, key)
    await this.#land(({ due }) => due <= number)
    if (fault?.kind === 'crash-before') this.#die(number)
    if (fault?.kind === 'fail-before') throw unavailable(operation, key)
    if (fault?.kind === 'slow') await pause(fault.detail ?? SLOW_MS)
    const answer = await apply()
    this.#assertAlive()
    return { fault, answer }
  }

  /** `unknown` is what the operation answers when it does not know. */
  async #write<T>(
    operation: StoreOperation,
    key: string,
    options: StoreOptions | undefined,
    apply: Apply<T>,
    unknown?: T,
  ): Promise<T> {
    const { number, fault } = this.#begin(operation, key)
    await this.#land(({ due }) => due <= number)
    this.#assertAlive()
    const kind = fault?.kind
    const due = number + (fault?.detail ?? Number.POSITIVE_INFINITY)
    if (kind === 'crash-before') this.#die(number)
    if (kind === 'delayed') this.#underWay.push({ due, apply })
    if (kind === 'delayed' || kind === 'fail-before') throw unavailable(operation, key)
    if (kind === 'unknown-before') return unknown!
    if (kind === 'slow') await pause(fault?.detail ?? SLOW_MS)
    const answer = await apply(options)
    this.#assertAlive()
    if (kind === 'crash-after') this.#die(number)
    if (kind === 'duplicate') this.#underWay.push({ due, apply })
    if (kind === 'answer-lost') throw unavailable(operation, key)
    return kind === 'unknown-after' ? unknown! : answer
  }

  #begin(
    operation: StoreOperation,
    key: string,
  ): { readonly number: number; readonly fault: Fault | undefined } {
    this.#assertAlive()
    const number = this.requests.length + 1
    this.requests.push({ number, operation, key })
    const fault = this.#faults.get(number)
    if (fault === undefined || !faultKindsOf(operation).includes(fault.kind)) {
      return { number, fault: undefined }
    }
    this.injected.push(fault)
    return { number, fault }
  }

  async #land(isDue: (landing: Landing) => boolean): Promise<void> {
    const due = this.#underWay.filter(isDue)
    if (due.length === 0) return
    this.#underWay = this.#underWay.filter((landing) => !due.includes(landing))
    for (const { apply } of due) {
      try {
        await apply()
      } catch {
        // Nobody waits for its answer.
      }
    }
  }

  #die(request: number): never {
    this.#crash = newCrash(request)
    throw this.#crash
  }

  #assertAlive(): void {
    if (this.#crash !== undefined) throw this.#crash
  }
}

function unavailable(operation: StoreOperation, key: string): GraupelError {
  return new GraupelError('UNAVAILABLE', `storage did not answer "${operation}" of "${key}"`, {
    operation,
    key,
  })
}
