import { describe, expect, it } from 'vitest'
import {
  copied,
  explore,
  landings,
  type Model,
  type Networked,
  NO_ANSWER,
  type Operations,
  request,
} from './explore.ts'

// The cell of a local disk: files 0, 1, 2, ...; the highest is the value, old ones are trimmed.

interface File {
  readonly number: number
  readonly mark: string
  readonly lineage: readonly string[]
}

interface Writer {
  readonly mark: string
  at: 'read' | 'claim' | 'look again' | 'settle' | 'acknowledged'
  base: File | null
}

interface Trimmer {
  at: 'list' | 'remove' | 'ended'
  left: number[]
}

interface NumberedState extends Networked {
  files: Record<string, File>
  writers: Writer[]
  trimmers: Trimmer[]
}

interface Rules {
  readonly faults: number
  readonly trimmers: number
  /** Whether a writer lists the folder again after its claim. */
  readonly rescan: boolean
}

const highest = ({ files }: NumberedState) => Math.max(...Object.keys(files).map(Number))
const value = (state: NumberedState) => state.files[highest(state)]!

const OPERATIONS: Operations<NumberedState> = {
  claim(state, file: File) {
    const there = state.files[file.number]
    if (there !== undefined) return there.mark
    state.files[file.number] = file
    return 'claimed'
  },
  remove(state, number: number) {
    delete state.files[number]
    return 'removed'
  },
}

function numberedHead({ faults, trimmers, rescan }: Rules): Model<NumberedState> {
  const writer = (mark: string): Writer => ({ mark, at: 'read', base: null })
  return {
    initial: {
      files: { 0: { number: 0, mark: 'T0', lineage: [] } },
      writers: ['T1', 'T2', 'T3'].map(writer),
      trimmers: Array.from({ length: trimmers }, () => ({ at: 'list', left: [] })),
      underWay: [],
      faults,
    },
    *next(state) {
      for (const at of state.writers.keys()) yield* writerSteps(state, at, rescan)
      for (const at of state.trimmers.keys()) yield* trimmerSteps(state, at)
      yield* landings(state, OPERATIONS)
    },
    violation(state) {
      const { lineage } = value(state)
      for (const { mark, at } of state.writers) {
        const times = lineage.filter((found) => found === mark).length
        if (times > 1) return `${mark} is there twice`
        if (at === 'acknowledged' && times === 0) return `${mark} was acknowledged and is lost`
      }
      return undefined
    },
  }
}

function* writerSteps(state: NumberedState, at: number, rescan: boolean) {
  const { mark, base, at: step } = state.writers[at]!
  const changed = (change: (writer: Writer, state: NumberedState) => void) => {
    const next = copied(state)
    change(next.writers[at]!, next)
    return next
  }
  const afterClaim = rescan ? 'look again' : 'acknowledged'
  if (step === 'read') {
    const next = changed((writer, now) => Object.assign(writer, { base: value(now), at: 'claim' }))
    yield [`${mark} reads`, next] as const
  } else if (step === 'claim') {
    const file = { number: base!.number + 1, mark, lineage: [...base!.lineage, mark] }
    yield* request(state, `${mark} claims`, OPERATIONS, ['claim', file], (next, answer) => {
      if (answer === NO_ANSWER) return
      next.writers[at]!.at = answer === 'claimed' || answer === mark ? afterClaim : 'settle'
    })
  } else if (step === 'look again') {
    const next = changed((writer, now) => {
      writer.at = highest(now) > base!.number + 1 ? 'settle' : 'acknowledged'
    })
    yield [`${mark} lists again`, next] as const
  } else if (step === 'settle') {
    const next = changed((writer, now) => {
      if (value(now).lineage.includes(mark)) writer.at = 'acknowledged'
      else Object.assign(writer, { base: value(now), at: 'claim' })
    })
    yield [`${mark} settles`, next] as const
  }
}

function* trimmerSteps(state: NumberedState, at: number) {
  const { at: step, left } = state.trimmers[at]!
  if (step === 'list') {
    const next = copied(state)
    const old = Object.keys(state.files)
      .map(Number)
      .filter((number) => number < highest(state))
    next.trimmers[at] = { at: 'remove', left: old }
    yield ['the trimmer lists', next] as const
  } else if (step === 'remove' && left.length === 0) {
    const next = copied(state)
    next.trimmers[at]!.at = 'ended'
    yield ['the trimmer ends', next] as const
  } else if (step === 'remove') {
    const label = `the trimmer removes ${left[0]}`
    yield* request(state, label, OPERATIONS, ['remove', left[0]!], (next, answer) => {
      if (answer !== NO_ANSWER) next.trimmers[at]!.left.shift()
    })
  }
}

describe('a head of numbered files', () => {
  it.each([
    { name: 'three writers, no trimming, one fault', faults: 1, trimmers: 0, rescan: false },
    { name: 'three writers and a trimmer, one fault', faults: 1, trimmers: 1, rescan: true },
  ])(
    'keeps every acknowledged commit once: $name',
    (rules) => {
      const { states, violation, trace } = explore(numberedHead(rules))
      console.log(`numbered head, ${rules.name}: ${states} states`)
      expect(violation, trace.join(' | ')).toBeUndefined()
      expect(states).toBeGreaterThan(600)
    },
    120_000,
  )

  it('loses a commit when files are trimmed and nobody lists again after a claim', () => {
    const { violation } = explore(numberedHead({ faults: 0, trimmers: 1, rescan: false }))
    expect(violation).toMatch(/acknowledged and is lost/)
  })
})
