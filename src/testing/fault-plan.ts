import { invalid } from '../error.ts'
import { seededRandom } from './seeded-random.ts'

/** What reaches a store. `read` is one read of an object that `open` answered; `list` also lists folders. */
export type StoreOperation =
  | 'get'
  | 'open'
  | 'read'
  | 'list'
  | 'readCell'
  | 'create'
  | 'replace'
  | 'delete'
  | 'swapCell'

/**
 * What goes wrong with a request:
 * - `fail-before`: UNAVAILABLE, nothing applied
 * - `answer-lost`: applied, then UNAVAILABLE
 * - `delayed`: UNAVAILABLE; applied `detail` requests later, or when told to `land`, or never
 * - `duplicate`: answered as it should be; applied again `detail` requests later, or at `land`
 * - `unknown-before`, `unknown-after`: a swap answers `unknown`, not applied or applied
 * - `truncated`, `bit-flip`: a read gives only `detail` bytes, or has bit `detail` turned over
 * - `slow`: answered as it should be, `detail` ms later
 * - `crash-before`, `crash-after`: not applied or applied, then the store is dead
 */
export type FaultKind =
  | 'fail-before'
  | 'answer-lost'
  | 'delayed'
  | 'duplicate'
  | 'unknown-before'
  | 'unknown-after'
  | 'truncated'
  | 'bit-flip'
  | 'slow'
  | 'crash-before'
  | 'crash-after'

/** One fault. `detail` is taken modulo the length of the body where it names a byte or a bit. */
export interface Fault {
  /** Which request, counted from 1. */
  readonly request: number
  readonly kind: FaultKind
  readonly detail?: number | undefined
}

export type FaultPlan = readonly Fault[]

/** A request as it reached a store. */
export interface StoreRequest {
  /** 1 and up, in order of arrival. */
  readonly number: number
  readonly operation: StoreOperation
  readonly key: string
}

const ON_WRITES: readonly FaultKind[] = [
  ...(['fail-before', 'answer-lost', 'delayed', 'duplicate', 'slow'] as const),
  ...(['crash-before', 'crash-after'] as const),
]
const ON_SWAPS: readonly FaultKind[] = [...ON_WRITES, 'unknown-before', 'unknown-after']
const ON_BODIES: readonly FaultKind[] = [
  ...(['fail-before', 'slow', 'crash-before', 'truncated', 'bit-flip'] as const),
]
const ON_OTHERS: readonly FaultKind[] = ['fail-before', 'slow', 'crash-before']
const KINDS = new Map<StoreOperation, readonly FaultKind[]>([
  ['get', ON_BODIES],
  ['read', ON_BODIES],
  ['readCell', ON_BODIES],
  ['open', ON_OTHERS],
  ['list', ON_OTHERS],
  ['create', ON_WRITES],
  ['replace', ON_WRITES],
  ['delete', ON_WRITES],
  ['swapCell', ON_SWAPS],
])
const EVERY_KIND = new Set([...ON_SWAPS, ...ON_BODIES])

/** The faults that an operation can have. */
export function faultKindsOf(operation: StoreOperation): readonly FaultKind[] {
  return KINDS.get(operation)!
}

/**
 * Every plan of one fault for a run that made `requests`: run once without faults, then once with
 * each of these. What lands late does so 1 request later, 4 later, and when told to.
 *
 * @param kinds The kinds wanted; all unless told.
 */
export function singleFaults(
  requests: readonly StoreRequest[],
  kinds: Iterable<FaultKind> = EVERY_KIND,
): FaultPlan[] {
  const wanted = new Set(kinds)
  return requests.flatMap(({ number, operation }) =>
    faultKindsOf(operation)
      .filter((kind) => wanted.has(kind))
      .flatMap((kind) =>
        detailsOf(kind, number).map((detail): FaultPlan => [{ request: number, kind, detail }]),
      ),
  )
}

export interface RandomFaultOptions {
  /** How many faults. */
  readonly faults: number
  readonly kinds?: Iterable<FaultKind> | undefined
}

/** A plan of random faults for a run that made `requests`; the same for the same seed. */
export function randomFaults(
  seed: number,
  requests: readonly StoreRequest[],
  { faults, kinds }: RandomFaultOptions,
): FaultPlan {
  const below = seededRandom(seed)
  const left = singleFaults(requests, kinds).flat()
  const chosen: Fault[] = []
  while (chosen.length < faults && left.length > 0) {
    const [fault] = left.splice(below(left.length), 1)
    if (chosen.every(({ request }) => request !== fault!.request)) chosen.push(fault!)
  }
  return chosen.sort((a, b) => a.request - b.request)
}

/** A plan as text, e.g. `12:delayed(4) 15:answer-lost`, which `parseFaults` takes back. */
export function printFaults(plan: FaultPlan): string {
  return plan
    .map(({ request, kind, detail }) => {
      return `${request}:${kind}${detail === undefined ? '' : `(${detail})`}`
    })
    .join(' ')
}

/** The inverse of `printFaults`. Throws INVALID for text that is no plan. */
export function parseFaults(text: string): FaultPlan {
  const words = text.split(' ').filter((word) => word !== '')
  return words.map((word): Fault => {
    const [, request, kind, detail] = /^([1-9]\d*):([a-z-]+)(?:\((\d+)\))?$/.exec(word) ?? []
    if (request === undefined || !EVERY_KIND.has(kind as FaultKind)) {
      throw invalid(`"${word}" is no fault; a plan looks like "12:delayed(4) 15:answer-lost"`, {
        fault: word,
      })
    }
    const fault = { request: Number(request), kind: kind as FaultKind }
    return detail === undefined ? fault : { ...fault, detail: Number(detail) }
  })
}

function detailsOf(kind: FaultKind, request: number): (number | undefined)[] {
  if (kind === 'delayed' || kind === 'duplicate') return [1, 4, undefined]
  if (kind === 'truncated') return [request * 37]
  return kind === 'bit-flip' ? [request * 2671, request * 65_537 + 5] : [undefined]
}
