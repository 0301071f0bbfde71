import { landings, type Model, NO_ANSWER, type Operations, request } from './explore.ts'
import {
  type Actor,
  type Cleaner,
  type Cloner,
  changed,
  type Head,
  type Live,
  operationsOf,
  type Reader,
  type TableState,
  type Vacuum,
  type Writer,
} from './table-state.ts'

/** The rules of the protocol, and who takes part. */
export interface Configuration {
  /** `abort` stages a file, then deletes it, which only a vacuum may do. */
  readonly writers: readonly ('append' | 'replace' | 'abort')[]
  readonly faults: number
  readonly vacuum?: boolean
  readonly reader?: boolean
  readonly clone?: boolean
  readonly cleaner?: 'abort first' | 'unpin first'
  /** A vacuum raises the fence before it deletes, and a writer stages again below it. */
  readonly fence?: boolean
  /** A writer in doubt looks for its mark in the lineage. */
  readonly lineage?: boolean
  /** Column files are created, never overwritten. */
  readonly createOnly?: boolean
}

type Step = readonly [string, TableState]

/** Writers, a vacuum, a reader and a clone of one table, over a network with faults. */
export function tableHead(configuration: Configuration): Model<TableState> {
  const rules = { fence: true, lineage: true, createOnly: true, ...configuration }
  const operations = operationsOf(rules.createOnly)
  return {
    initial: initial(rules),
    *next(state) {
      for (const [at, actor] of state.actors.entries()) {
        if (actor.is === 'writer') yield* writerSteps(state, at, actor, operations, rules)
        else if (actor.is === 'vacuum') yield* vacuumSteps(state, at, actor, operations, rules)
        else if (actor.is === 'reader') yield* readerSteps(state, at, actor)
        else if (actor.is === 'cloner') yield* clonerSteps(state, at, actor, operations)
        else yield* cleanerSteps(state, at, actor, operations, rules)
      }
      yield* landings(state, operations)
    },
    violation,
  }
}

function initial({ writers, faults, vacuum, reader, clone, cleaner }: Configuration): TableState {
  const live: Live = { 1: 'T0' }
  const marked = (does: Writer['does'], n: number): Writer => {
    const mark = `T${n + 1}`
    return { is: 'writer', mark, does, at: 'read', base: null, id: 0, target: null }
  }
  const actors: Actor[] = writers.map(marked)
  if (vacuum) actors.push({ is: 'vacuum', at: 'read', base: null, left: [] })
  if (reader) actors.push({ is: 'reader', at: 'read', version: 0, live: {}, left: [] })
  if (clone) actors.push({ is: 'cloner', at: 'claim', source: null })
  if (cleaner) actors.push({ is: 'cleaner', at: 'look' })
  const head: Head = {
    ...{ version: 0, token: 'e0', lineage: [], live, nextId: 2, fence: 0, retainedFrom: 0 },
    ...{ history: { 0: live }, pin: null },
  }
  return { files: { 1: 'T0' }, head, clone: null, actors, underWay: [], faults }
}

const ended = (actor: Actor) => Object.assign(actor, { at: 'ended' })

function* writerSteps(
  state: TableState,
  at: number,
  { mark, at: step, base, id, target }: Writer,
  operations: Operations<TableState>,
  rules: { readonly fence: boolean; readonly lineage: boolean },
): Generator<Step> {
  const answered = (change: (writer: Writer, answer: unknown) => void) => {
    return (next: TableState, answer: unknown) => change(next.actors[at] as Writer, answer)
  }
  if (step === 'read') {
    const next = changed<Writer>(state, at, (writer, { head }) => {
      const live = Object.keys(head.live)[0] ?? null
      writer.target = writer.does === 'replace' ? live : null
      Object.assign(writer, { base: head, id: Math.max(head.nextId, head.fence), at: 'stage' })
    })
    yield [`${mark} reads`, next]
  } else if (step === 'stage') {
    const onAnswer = answered((writer, answer) => {
      if (answer === NO_ANSWER) return
      if (answer === 'done' || answer === mark) {
        writer.at = writer.does === 'abort' ? 'unstage' : 'swap'
      } else writer.id++
    })
    const creating = ['create', String(id), mark] as const
    yield* request(state, `${mark} stages ${id}`, operations, creating, onAnswer)
  } else if (step === 'swap') {
    const onAnswer = answered((writer, answer) => {
      if (answer !== NO_ANSWER) writer.at = answer === 'done' ? 'acknowledged' : 'settle'
    })
    const swapping = ['swap', base!.token, committed(base!, mark, id, target)] as const
    yield* request(state, `${mark} swaps ${base!.token}`, operations, swapping, onAnswer)
  } else if (step === 'unstage') {
    const onAnswer = answered((writer, answer) => {
      if (answer !== NO_ANSWER) writer.at = 'failed'
    })
    yield* request(state, `${mark} deletes ${id}`, operations, ['delete', String(id)], onAnswer)
  } else if (step === 'settle') {
    const next = changed<Writer>(state, at, (writer, { head }) => {
      settle(writer, head, rules)
    })
    yield [`${mark} settles`, next]
  }
}

function committed(base: Head, mark: string, id: number, target: string | null): Head {
  const live: Live = { ...base.live, [id]: mark }
  if (target !== null) delete live[target]
  const version = base.version + 1
  return {
    ...base,
    version,
    token: `${mark}@${version}/${base.token.length}`,
    lineage: [...base.lineage, mark],
    live,
    nextId: Math.max(base.nextId, id + 1),
    history: { ...base.history, [version]: live },
  }
}

function settle(
  writer: Writer,
  head: Head,
  rules: { readonly fence: boolean; readonly lineage: boolean },
): void {
  const { mark, target, id } = writer
  if (rules.lineage && head.lineage.includes(mark)) writer.at = 'acknowledged'
  else if (target !== null && head.live[target] === undefined) writer.at = 'failed'
  else {
    const fenced = rules.fence && id < head.fence
    const taken = Object.values(head.history).some((live) => (live[id] ?? mark) !== mark)
    const again = { id: Math.max(head.nextId, head.fence), at: 'stage' as const }
    Object.assign(writer, { base: head }, fenced || taken ? again : { at: 'swap' })
  }
}

function* vacuumSteps(
  state: TableState,
  at: number,
  { at: step, base, left }: Vacuum,
  operations: Operations<TableState>,
  { fence }: { readonly fence: boolean },
): Generator<Step> {
  if (step === 'read') {
    const read = (vacuum: Vacuum, { head }: TableState) =>
      Object.assign(vacuum, { base: head, at: 'swap' })
    yield ['the vacuum reads', changed(state, at, read)]
  } else if (step === 'swap') {
    const fenced = fencedHead(base!, fence)
    const swapping = ['swap', base!.token, fenced] as const
    yield* request(state, 'the vacuum fences', operations, swapping, (next, answer) => {
      const vacuum = next.actors[at] as Vacuum
      if (answer === 'done') Object.assign(vacuum, { base: fenced, at: 'list' })
      else if (answer === 'lost') vacuum.at = 'check'
    })
  } else if (step === 'check') {
    const check = (vacuum: Vacuum, { head }: TableState) => {
      const mine = fencedHead(base!, fence).token === head.token
      Object.assign(vacuum, { base: head, at: mine ? 'list' : 'swap' })
    }
    yield ['the vacuum looks again', changed(state, at, check)]
  } else if (step === 'list') {
    const list = (vacuum: Vacuum, { files }: TableState) => {
      const kept = new Set(Object.values(base!.history).flatMap((live) => Object.keys(live)))
      const limit = fence ? base!.fence : Number.POSITIVE_INFINITY
      vacuum.left = Object.keys(files).filter((id) => !kept.has(id) && Number(id) < limit)
      vacuum.at = 'delete'
    }
    yield ['the vacuum lists', changed(state, at, list)]
  } else if (step === 'delete' && left.length === 0) {
    yield ['the vacuum ends', changed(state, at, ended)]
  } else if (step === 'delete') {
    const deleting = ['delete', left[0]!] as const
    yield* request(state, `the vacuum deletes ${left[0]}`, operations, deleting, (next, answer) => {
      if (answer === 'done') (next.actors[at] as Vacuum).left.shift()
    })
  }
}

function fencedHead(base: Head, fence: boolean): Head {
  const kept = Object.entries(base.history).filter(([version]) => {
    return Number(version) >= base.version || Number(version) === base.pin
  })
  return {
    ...base,
    token: `V${base.token}`,
    fence: fence ? base.nextId : base.fence,
    retainedFrom: base.version,
    history: Object.fromEntries(kept),
  }
}

function* readerSteps(
  state: TableState,
  at: number,
  { at: step, version, live, left }: Reader,
): Generator<Step> {
  if (step === 'read') {
    const read = (reader: Reader, { head }: TableState) => {
      const begun = { version: head.version, live: head.live, left: Object.keys(head.live) }
      Object.assign(reader, begun, { at: 'scan' })
    }
    yield ['the reader reads the head', changed(state, at, read)]
  } else if (step === 'scan' && left.length === 0) {
    yield ['the reader ends', changed(state, at, ended)]
  } else if (step === 'scan') {
    const scan = (reader: Reader, { files, head }: TableState) => {
      const id = reader.left.shift()!
      if (files[id] === live[id]) return
      reader.at = head.retainedFrom > version ? 'expired' : 'wrong'
    }
    yield [`the reader reads ${left[0]}`, changed(state, at, scan)]
  }
}

function* clonerSteps(
  state: TableState,
  at: number,
  { at: step, source }: Cloner,
  operations: Operations<TableState>,
): Generator<Step> {
  if (step === 'claim') {
    yield* request(state, 'the clone is claimed', operations, ['claim'], (next, answer) => {
      const cloner = next.actors[at] as Cloner
      if (answer === 'done') cloner.at = 'read'
      if (answer === 'lost') cloner.at = next.clone?.state === 'initializing' ? 'read' : 'failed'
    })
  } else if (step === 'read') {
    const read = (cloner: Cloner, { head }: TableState) =>
      Object.assign(cloner, { source: head, at: head.pin === null ? 'pin' : 'flip' })
    yield ['the cloner reads its source', changed(state, at, read)]
  } else if (step === 'pin') {
    const pinned = { ...source!, token: `P${source!.token}`, pin: source!.version }
    const swapping = ['swap', source!.token, pinned] as const
    yield* request(state, 'the source is pinned', operations, swapping, (next, answer) => {
      const cloner = next.actors[at] as Cloner
      if (answer === 'done') Object.assign(cloner, { source: pinned, at: 'flip' })
      else if (answer === 'lost') cloner.at = 'read'
    })
  } else if (step === 'flip') {
    const live = source!.history[source!.pin!]!
    const flipped = { token: 'b1', state: 'live', live }
    yield* request(state, 'the clone is live', operations, ['swapClone', flipped], (next, got) => {
      if (got === NO_ANSWER) return
      const stands = got === 'done' || next.clone?.token === 'b1'
      ;(next.actors[at] as Cloner).at = stands ? 'acknowledged' : 'failed'
    })
  }
}

function* cleanerSteps(
  state: TableState,
  at: number,
  { at: step }: Cleaner,
  operations: Operations<TableState>,
  { cleaner }: Configuration,
): Generator<Step> {
  if (step === 'look' && state.clone?.state === 'initializing') {
    const first = cleaner === 'unpin first' ? 'unpin' : 'abort'
    yield [
      'the cleaner looks',
      changed<Cleaner>(state, at, (it) => Object.assign(it, { at: first })),
    ]
  } else if (step === 'abort') {
    const aborted = { token: 'bx', state: 'aborted', live: {} }
    yield* request(
      state,
      'the clone is aborted',
      operations,
      ['swapClone', aborted],
      (next, got) => {
        if (got === NO_ANSWER) return
        const stands = got === 'done' || next.clone?.token === 'bx'
        ;(next.actors[at] as Cleaner).at = stands ? 'unpin' : 'ended'
      },
    )
  } else if (step === 'unpin') {
    const unpin = (it: Cleaner, { head }: TableState) => {
      if (head.pin !== null) Object.assign(head, { token: `U${head.token}`, pin: null })
      it.at = 'ended'
    }
    yield ['the cleaner unpins', changed(state, at, unpin)]
  }
}

function violation({ files, head, clone, actors }: TableState): string | undefined {
  for (const [id, mark] of Object.entries(head.live)) {
    if (files[id] !== mark) return `version ${head.version} names file ${id}, which is not its own`
  }
  for (const actor of actors) {
    if (actor.is === 'reader' && actor.at === 'wrong') return 'a reader finds a wrong file'
    if (actor.is === 'cloner' && actor.at === 'failed' && clone?.state === 'live') {
      return 'a clone that failed is there'
    }
    if (actor.is !== 'writer') continue
    const times = head.lineage.filter((mark) => mark === actor.mark).length
    if (times > 1) return `${actor.mark} was committed twice`
    if (actor.at === 'acknowledged' && times === 0) return `${actor.mark} is lost`
    if (actor.at === 'failed' && times > 0) return `${actor.mark} failed and is there`
  }
  if (clone?.state !== 'live') return undefined
  const stranger = Object.entries(clone.live).find(([id, mark]) => files[id] !== mark)
  return stranger === undefined ? undefined : `the clone names file ${stranger[0]}, which is gone`
}
