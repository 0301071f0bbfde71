/** A state is plain data; two that print the same are one. */
export type State = object

export interface Model<S extends State> {
  readonly initial: S
  /** The states that one step of one process, or of the network, leads to. */
  next(state: S): Iterable<readonly [label: string, state: S]>
  /** What is wrong with a state; undefined for one that is allowed. */
  violation(state: S): string | undefined
}

export interface Explored {
  readonly states: number
  /** The first violation that was found, with the steps that lead to it. */
  readonly violation: string | undefined
  readonly trace: readonly string[]
}

/** Looks at every state that can be reached, unless a violation is met before. */
export function explore<S extends State>(model: Model<S>): Explored {
  const seen = new Map<string, readonly [from: string | undefined, label: string]>()
  const first = JSON.stringify(model.initial)
  seen.set(first, [undefined, 'begin'])
  const open = [first]
  let states = 0
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const state = JSON.parse(at) as S
    states++
    const violation = model.violation(state)
    if (violation !== undefined) return { states, violation, trace: traceTo(at, seen) }
    for (const [label, reached] of model.next(state)) {
      const key = JSON.stringify(reached)
      if (seen.has(key)) continue
      seen.set(key, [at, label])
      open.push(key)
    }
  }
  return { states, violation: undefined, trace: [] }
}

function traceTo(
  key: string,
  seen: ReadonlyMap<string, readonly [from: string | undefined, label: string]>,
): string[] {
  const labels: string[] = []
  for (let at: string | undefined = key; at !== undefined; ) {
    const [from, label]: readonly [string | undefined, string] = seen.get(at)!
    labels.push(label)
    at = from
  }
  return labels.reverse()
}

export const copied = <S extends State>(state: S): S => JSON.parse(JSON.stringify(state)) as S

/** A state with a network: requests under way that may still land, and faults that may still be. */
export interface Networked {
  underWay: { operation: string; args: unknown[] }[]
  faults: number
}

/** What the store does with a request; it changes the state and answers. */
export type Operations<S> = Readonly<Record<string, (state: S, ...args: never[]) => unknown>>

/** The answer of a request whose answer was lost. */
export const NO_ANSWER = 'no answer'

/**
 * The ways a request can go: applied and answered; applied, the answer lost; or nothing known, and
 * applied at any time later, or never.
 */
export function* request<S extends Networked>(
  state: S,
  label: string,
  operations: Operations<S>,
  [operation, ...args]: readonly [operation: string, ...args: unknown[]],
  onAnswer: (state: S, answer: unknown) => void,
): Generator<readonly [string, S]> {
  const apply = operations[operation] as (state: S, ...args: unknown[]) => unknown
  const answered = copied(state)
  onAnswer(answered, apply(answered, ...args))
  yield [label, answered]
  if (state.faults === 0) return
  const lost = copied(state)
  lost.faults--
  apply(lost, ...args)
  onAnswer(lost, NO_ANSWER)
  yield [`${label}, the answer lost`, lost]
  const delayed = copied(state)
  delayed.faults--
  delayed.underWay.push({ operation, args })
  onAnswer(delayed, NO_ANSWER)
  yield [`${label}, delayed`, delayed]
}

/** What is under way lands. */
export function* landings<S extends Networked>(
  state: S,
  operations: Operations<S>,
): Generator<readonly [string, S]> {
  for (const [at, { operation, args }] of state.underWay.entries()) {
    const landed = copied(state)
    landed.underWay.splice(at, 1)
    const apply = operations[operation] as (state: S, ...args: unknown[]) => unknown
    apply(landed, ...args)
    yield [`${operation} lands late`, landed]
  }
}
