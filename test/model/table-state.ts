import { copied, type Networked, type Operations } from './explore.ts'

/** Partitions that are live, and who wrote each. */
export type Live = Record<string, string>

export interface Head {
  version: number
  token: string
  lineage: string[]
  live: Live
  nextId: number
  fence: number
  retainedFrom: number
  /** What was live at each version that is kept. */
  history: Record<string, Live>
  pin: number | null
}

export interface CloneHead {
  token: string
  state: 'initializing' | 'live' | 'aborted'
  live: Live
}

export type WriterStep =
  | 'read'
  | 'stage'
  | 'swap'
  | 'settle'
  | 'unstage'
  | 'acknowledged'
  | 'failed'
export interface Writer {
  is: 'writer'
  mark: string
  does: 'append' | 'replace' | 'abort'
  at: WriterStep
  base: Head | null
  id: number
  target: string | null
}
export interface Vacuum {
  is: 'vacuum'
  at: 'read' | 'swap' | 'check' | 'list' | 'delete' | 'ended'
  base: Head | null
  left: string[]
}
export interface Reader {
  is: 'reader'
  at: 'read' | 'scan' | 'ended' | 'expired' | 'wrong'
  version: number
  live: Live
  left: string[]
}
export interface Cloner {
  is: 'cloner'
  at: 'claim' | 'read' | 'pin' | 'flip' | 'acknowledged' | 'failed'
  source: Head | null
}
export interface Cleaner {
  is: 'cleaner'
  at: 'look' | 'abort' | 'unpin' | 'ended'
}
export type Actor = Writer | Vacuum | Reader | Cloner | Cleaner

export interface TableState extends Networked {
  files: Live
  head: Head
  clone: CloneHead | null
  actors: Actor[]
}

/** What the store does with a request. */
export function operationsOf(createOnly: boolean): Operations<TableState> {
  return {
    create(state, id: string, mark: string) {
      const there = state.files[id]
      if (createOnly && there !== undefined) return there
      state.files[id] = mark
      return 'done'
    },
    delete(state, id: string) {
      delete state.files[id]
      return 'done'
    },
    swap(state, token: string, head: Head) {
      if (state.head.token !== token) return 'lost'
      state.head = head
      return 'done'
    },
    claim(state) {
      if (state.clone !== null) return 'lost'
      state.clone = { token: 'b0', state: 'initializing', live: {} }
      return 'done'
    },
    swapClone(state, clone: CloneHead) {
      if (state.clone?.token !== 'b0') return 'lost'
      state.clone = clone
      return 'done'
    },
  }
}

/** `state` after `change` of the actor at `at`. */
export function changed<A extends Actor>(
  state: TableState,
  at: number,
  change: (actor: A, state: TableState) => void,
): TableState {
  const next = copied(state)
  change(next.actors[at] as A, next)
  return next
}
