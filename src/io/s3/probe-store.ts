import { randomUUID } from 'node:crypto'
import type { ObjectStore } from '../object-store.ts'

const RACERS = 8
const ROUNDS_MAX = 3

/** One law that writers rely on, and what was seen of it. */
export interface ProbeCheck {
  /** What a store has to do, as a sentence. */
  readonly law: string
  readonly holds: boolean
  /** What was seen. */
  readonly found: string
}

/** Whether a store may be written to, and why. */
export interface ProbeReport {
  readonly store: string
  /** Whether the store may be written to by more than one process. */
  readonly isSafe: boolean
  readonly checks: readonly ProbeCheck[]
  /** The same for people: a line for each check, then the verdict. */
  readonly lines: readonly string[]
}

/**
 * Tries on scratch keys below `_probe/` what writers rely on: of those who create a key, or swap a
 * cell, at the same time, exactly one wins. The keys are removed afterwards. Throws what the store
 * throws when it cannot be reached or refuses the keys.
 */
export async function probeStore(store: ObjectStore): Promise<ProbeReport> {
  const folder = `_probe/${randomUUID()}`
  const created = `${folder}/object.csv`
  const cell = `${folder}/cell.json`
  try {
    const checks = await Promise.all([probeCreate(store, created), probeSwap(store, cell)])
    return reportOf(store.url, checks.flat())
  } finally {
    await Promise.allSettled([store.delete(created), store.delete(cell)])
  }
}

function reportOf(store: string, checks: readonly ProbeCheck[]): ProbeReport {
  const isSafe = checks.every(({ holds }) => holds)
  const verdict = `${store}: ${isSafe ? 'safe' : 'NOT safe'} for many writers`
  const lines = checks.map(
    ({ law, holds, found }) => `${holds ? 'ok  ' : 'FAIL'} ${law} (${found})`,
  )
  return { store, isSafe, checks, lines: [...lines, verdict] }
}

const bytesOf = (text: string) => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array | undefined | null) =>
  bytes == null ? 'nothing' : new TextDecoder().decode(bytes)

async function probeCreate(store: ObjectStore, key: string): Promise<ProbeCheck[]> {
  const answers = await race((racer) => store.create(key, bytesOf(`racer ${racer}`)))
  const winners = answers.flatMap((answer, racer) => (answer === 'created' ? [racer] : []))
  const left = textOf(await store.get(key))
  const again = await store.create(key, bytesOf('late'))
  const kept = textOf(await store.get(key))
  return [
    {
      law: 'of those who create a key at the same time exactly one wins, and its bytes stay',
      holds: winners.length === 1 && left === `racer ${winners[0]}`,
      found: `${winners.length} of ${RACERS} won, the key holds "${left}"`,
    },
    {
      law: 'a key that exists is not created again',
      holds: again === 'exists' && kept === left,
      found: `the second was told "${again}", the key holds "${kept}"`,
    },
  ]
}

async function probeSwap(store: ObjectStore, key: string): Promise<ProbeCheck[]> {
  await store.swapCell(key, null, bytesOf('first'))
  const first = await store.readCell(key)
  const current = await settledSwap(store, key)
  const stale = await store.swapCell(key, first?.token ?? 'none', bytesOf('stale'))
  const kept = textOf((await store.readCell(key))?.body)
  return [
    {
      law: 'a cell is swapped with the token of its content',
      holds: current,
      found: current ? 'it was' : 'it was refused, or has another token then; see `quotedEtags`',
    },
    {
      law: 'a cell is not swapped with an older token',
      holds: stale.outcome !== 'swapped' && kept !== 'stale',
      found: `the swap was told "${stale.outcome}", the cell holds "${kept}"`,
    },
    await probeSwapRace(store, key),
  ]
}

async function settledSwap(store: ObjectStore, key: string): Promise<boolean> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const cell = await store.readCell(key)
    const body = `current ${round}`
    const answer = await store.swapCell(key, cell?.token ?? null, bytesOf(body))
    const now = await store.readCell(key)
    if (answer.outcome === 'swapped')
      return textOf(now?.body) === body && now?.token === answer.token
    if (textOf(now?.body) === body) return true
  }
  return false
}

/** Stores may leave racers without an answer, so the content tells who won. */
async function probeSwapRace(store: ObjectStore, key: string): Promise<ProbeCheck> {
  const law = 'of those who swap a cell at the same time exactly one wins, and its bytes stay'
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = await store.readCell(key)
    const mark = `round ${round} racer `
    const token = before?.token ?? null
    const answers = await race((racer) => store.swapCell(key, token, bytesOf(mark + racer)))
    const left = textOf((await store.readCell(key))?.body)
    const winners = answers.flatMap(({ outcome }, racer) => (outcome === 'swapped' ? [racer] : []))
    const found = `${winners.length} of ${RACERS} won, the cell holds "${left}"`
    if (winners.some((racer) => left !== mark + racer)) return { law, holds: false, found }
    if (left.startsWith(mark)) {
      const holder = answers[Number(left.slice(mark.length))]
      return { law, holds: holder?.outcome !== 'lost', found }
    }
  }
  return { law, holds: false, found: `nobody won in ${ROUNDS_MAX} rounds` }
}

function race<T>(run: (racer: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: RACERS }, (_, racer) => run(racer)))
}
