import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8 } from '../../src/arrow/data-type.ts'
import type { Utf8Vector } from '../../src/arrow/vector.ts'
import { compileLike, matchesLike } from '../../src/kernel/like.ts'
import { selectLike, selectTextMembers } from '../../src/kernel/select-texts.ts'
import { runs } from '../support/random.ts'

const encoder = new TextEncoder()

/** Rows as they stand in a column file: one after another, a newline between. */
function fileOf(rows: readonly string[]): Utf8Vector {
  const bytes = encoder.encode(`head\n${rows.join('\n')}\n`)
  const starts = new Int32Array(rows.length)
  const ends = new Int32Array(rows.length)
  let at = 5
  for (const [row, text] of rows.entries()) {
    starts[row] = at
    at += encoder.encode(text).length
    ends[row] = at++
  }
  return { layout: 'utf8', type: utf8, length: rows.length, validity: null, bytes, starts, ends }
}

test('one search over the bytes of a file finds what looking at each row finds', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', 'aba'), maxLength: 5 })
  const piece = fc.constantFrom('a', 'b', 'ab', 'é', '%', '%', '_', '\n')
  const pattern = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 30 }),
      pattern,
      fc.boolean(),
      (rows, like, backwards) => {
        const forwards = fileOf(rows)
        const texts = backwards
          ? {
              ...forwards,
              starts: forwards.starts.slice().reverse(),
              ends: forwards.ends.slice().reverse(),
            }
          : forwards
        const program = compileLike(encoder.encode(like))!
        const want = rows
          .map((_, row) => row)
          .filter((row) => matchesLike(program, texts.bytes, texts.starts[row]!, texts.ends[row]!))
        const out = new Uint32Array(rows.length)
        expect([...out.subarray(0, selectLike(texts, program, null, rows.length, out))]).toEqual(
          want,
        )
        const odd = Uint32Array.from(rows.keys()).filter((row) => row % 2 === 1)
        const kept = selectLike(texts, program, odd, odd.length, out)
        expect([...out.subarray(0, kept)]).toEqual(want.filter((row) => row % 2 === 1))
      },
    ),
    { numRuns: runs(2000) },
  )
})

test('texts of a list are found, be it short or long', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), maxLength: 4 })
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 30 }),
      fc.array(text, { maxLength: 20 }),
      (rows, members) => {
        const texts = fileOf(rows)
        const list = members.map((member) => encoder.encode(member))
        const want = [...rows.keys()].filter((row) => members.includes(rows[row]!))
        const out = new Uint32Array(rows.length)
        const kept = selectTextMembers(texts, list, null, rows.length, out)
        expect([...out.subarray(0, kept)]).toEqual(want)
        const odd = Uint32Array.from(rows.keys()).filter((row) => row % 2 === 1)
        const found = selectTextMembers(texts, list, odd, odd.length, out)
        expect([...out.subarray(0, found)]).toEqual(want.filter((row) => row % 2 === 1))
      },
    ),
    { numRuns: runs(1000) },
  )
})
