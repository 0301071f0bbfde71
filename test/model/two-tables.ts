import {
  copied,
  landings,
  type Model,
  type Networked,
  NO_ANSWER,
  type Operations,
  request,
} from './explore.ts'

// Reserved for later: a transaction over two tables. It leaves an intent in both heads; the head of
// A, its primary, decides by taking the intent into its lineage.

type Name = 'A' | 'B'

interface Head {
  token: string
  lineage: string[]
  intent: string | null
}

interface Both {
  is: 'both'
  mark: string
  at: 'read A' | 'mark A' | 'read B' | 'mark B' | 'decide' | 'give up' | 'acknowledged' | 'failed'
  base: Head | null
  /** Whether its intent may have been, or was, in A; and in B. */
  tried: Record<Name, 'no' | 'maybe' | 'yes'>
}
interface Single {
  is: 'single'
  mark: string
  table: Name
  at: 'read' | 'swap' | 'acknowledged'
  base: Head | null
}
interface Reader {
  is: 'reader'
  at: 'A' | 'B' | 'A again' | 'B again' | 'look' | 'ended' | 'wrong'
  seen: Partial<Record<Name, Head>>
}
type Actor = Both | Single | Reader

interface TwoTables extends Networked {
  heads: Record<Name, Head>
  actors: Actor[]
}

export interface TwoTableConfiguration {
  readonly transactions: number
  readonly singles: readonly Name[]
  readonly faults: number
  /** Whether a reader looks again whether the heads are still those that it read. */
  readonly collectTwice: boolean
}

type Step = readonly [string, TwoTables]

const OPERATIONS: Operations<TwoTables> = {
  swap(state, name: Name, token: string, head: Head) {
    if (state.heads[name].token !== token) return 'lost'
    state.heads[name] = head
    return 'done'
  },
}

/** Transactions over both tables beside writers of one and a reader of both. */
export function twoTables(configuration: TwoTableConfiguration): Model<TwoTables> {
  const { transactions, singles, faults, collectTwice } = configuration
  const head = (token: string): Head => ({ token, lineage: [], intent: null })
  const actors: Actor[] = [
    ...Array.from({ length: transactions }, (_, n): Both => {
      const tried = { A: 'no', B: 'no' } as const
      return { is: 'both', mark: `M${n}`, at: 'read A', base: null, tried }
    }),
    ...singles.map((table, n): Single => {
      return { is: 'single', mark: `S${n}`, table, at: 'read', base: null }
    }),
    { is: 'reader', at: 'A', seen: {} },
  ]
  return {
    initial: { heads: { A: head('a'), B: head('b') }, actors, underWay: [], faults },
    *next(state) {
      for (const [at, actor] of state.actors.entries()) {
        if (actor.is === 'both') yield* bothSteps(state, at, actor)
        else if (actor.is === 'single') yield* singleSteps(state, at, actor)
        else yield* readerSteps(state, at, actor, collectTwice)
      }
      yield* landings(state, OPERATIONS)
    },
    violation,
  }
}

function changed<A extends Actor>(
  state: TwoTables,
  at: number,
  change: (actor: A, state: TwoTables) => void,
): TwoTables {
  const next = copied(state)
  change(next.actors[at] as A, next)
  return next
}

/** Whoever meets an intent ends it: undone in A, in B as A decided. */
function push({ heads }: TwoTables, name: Name): void {
  const { intent } = heads[name]
  if (intent === null) return
  const undone = (head: Head): Head => ({ ...head, token: `${head.token}x`, intent: null })
  const decided = name === 'B' && heads.A.lineage.includes(intent)
  if (name === 'B' && heads.A.intent === intent) heads.A = undone(heads.A)
  else if (!decided) heads[name] = undone(heads[name])
  else {
    const lineage = [...heads.B.lineage, intent]
    heads.B = { token: `${heads.B.token}f`, lineage, intent: null }
  }
}

function* bothSteps(state: TwoTables, at: number, actor: Both): Generator<Step> {
  const { mark, at: step, base, tried } = actor
  const name: Name = step.endsWith('B') ? 'B' : 'A'
  const { intent } = state.heads[name]
  if (step === 'read A' || step === 'read B') {
    const next = changed<Both>(state, at, (both, now) => {
      const after = name === 'A' ? 'read B' : 'decide'
      if (intent === mark) both.at = after
      else if (intent !== null) push(now, name)
      else if (tried[name] === 'yes') both.at = name === 'A' ? 'failed' : 'give up'
      else Object.assign(both, { base: now.heads[name], at: `mark ${name}` })
    })
    yield [`${mark} reads ${name}`, next]
  } else if (step === 'mark A' || step === 'mark B') {
    const marked = { ...base!, token: `${base!.token}i${mark}`, intent: mark }
    const swapping = ['swap', name, base!.token, marked] as const
    yield* request(state, `${mark} marks ${name}`, OPERATIONS, swapping, (next, answer) => {
      const both = next.actors[at] as Both
      if (answer === NO_ANSWER) both.tried[name] = 'maybe'
      else if (answer === 'done') {
        both.tried[name] = 'yes'
        both.at = name === 'A' ? 'read B' : 'decide'
      } else {
        if (both.tried[name] === 'maybe') both.tried[name] = 'yes'
        both.at = `read ${name}`
      }
    })
  } else if (step === 'decide') {
    yield* decideSteps(state, at, actor)
  } else if (step === 'give up') {
    const next = changed<Both>(state, at, (both, { heads }) => {
      if (heads.A.intent === mark)
        heads.A = { ...heads.A, token: `${heads.A.token}x`, intent: null }
      both.at = heads.A.lineage.includes(mark) ? 'acknowledged' : 'failed'
    })
    yield [`${mark} gives up`, next]
  }
}

/** Only from a head that still holds the intent. */
function* decideSteps(state: TwoTables, at: number, { mark }: Both): Generator<Step> {
  const { A } = state.heads
  if (A.intent !== mark) {
    const next = changed<Both>(state, at, (both) => {
      both.at = A.lineage.includes(mark) ? 'acknowledged' : 'failed'
    })
    yield [`${mark} sees what was decided`, next]
    return
  }
  const decided = { token: `${A.token}C`, lineage: [...A.lineage, mark], intent: null }
  const swapping = ['swap', 'A', A.token, decided] as const
  yield* request(state, `${mark} decides`, OPERATIONS, swapping, (next, answer) => {
    if (answer === NO_ANSWER) return
    const done = answer === 'done' || next.heads.A.lineage.includes(mark)
    ;(next.actors[at] as Both).at = done ? 'acknowledged' : 'failed'
  })
}

function* singleSteps(
  state: TwoTables,
  at: number,
  { mark, table, at: step, base }: Single,
): Generator<Step> {
  if (step === 'read') {
    const next = changed<Single>(state, at, (single, now) => {
      const head = now.heads[table]
      if (head.intent !== null) push(now, table)
      else Object.assign(single, { base: head, at: 'swap' })
    })
    yield [`${mark} reads ${table}`, next]
  } else if (step === 'swap') {
    const lineage = [...base!.lineage, mark]
    const swapping = ['swap', table, base!.token, { ...base!, token: base!.token + mark, lineage }]
    const swap = swapping as unknown as readonly [string, ...unknown[]]
    yield* request(state, `${mark} swaps ${table}`, OPERATIONS, swap, (next, answer) => {
      if (answer === NO_ANSWER) return
      const stands = answer === 'done' || next.heads[table].lineage.includes(mark)
      ;(next.actors[at] as Single).at = stands ? 'acknowledged' : 'read'
    })
  }
}

function* readerSteps(
  state: TwoTables,
  at: number,
  { at: step, seen }: Reader,
  collectTwice: boolean,
): Generator<Step> {
  if (step === 'ended' || step === 'wrong') return
  const next = changed<Reader>(state, at, (reader, { heads }) => {
    if (step === 'A') Object.assign(reader, { seen: { A: heads.A }, at: 'B' })
    else if (step === 'B') {
      Object.assign(reader, {
        seen: { ...seen, B: heads.B },
        at: collectTwice ? 'A again' : 'look',
      })
    } else if (step === 'A again') reader.at = heads.A.token === seen.A!.token ? 'B again' : 'A'
    else if (step === 'B again') reader.at = heads.B.token === seen.B!.token ? 'look' : 'A'
    else reader.at = isWhole(seen.A!, seen.B!) ? 'ended' : 'wrong'
  })
  yield [`the reader: ${step}`, next]
}

/** Whether every transaction is seen in both heads or in none. */
function isWhole(a: Head, b: Head): boolean {
  const decided = b.intent !== null && a.lineage.includes(b.intent)
  const inB = decided ? [...b.lineage, b.intent!] : b.lineage
  const marks = new Set([...a.lineage, ...inB].filter((mark) => mark.startsWith('M')))
  return [...marks].every((mark) => a.lineage.includes(mark) === inB.includes(mark))
}

function violation({ heads: { A, B }, actors }: TwoTables): string | undefined {
  const count = (lineage: readonly string[], mark: string) =>
    lineage.filter((found) => found === mark).length
  for (const actor of actors) {
    if (actor.is === 'reader') {
      if (actor.at === 'wrong') return 'a reader saw half a transaction'
      continue
    }
    const { mark, at } = actor
    if (actor.is === 'single') {
      const times = count((actor.table === 'A' ? A : B).lineage, mark)
      if (times > 1 || (at === 'acknowledged' && times === 0)) return `${mark}: ${times} times`
      continue
    }
    const inA = count(A.lineage, mark)
    const inB = count(B.lineage, mark) + (B.intent === mark && inA > 0 ? 1 : 0)
    if (inA > 1 || inA !== inB) return `${mark} is ${inA} times in A and ${inB} times in B`
    if (at === 'acknowledged' && inA === 0) return `${mark} was acknowledged and is lost`
    if (at === 'failed' && inA > 0) return `${mark} failed and is there`
  }
  return undefined
}
