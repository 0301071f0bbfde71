import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binary, bool, int32, utf8 } from '../../../src/arrow/data-type.ts'
import type { Scalar } from '../../../src/arrow/scalar.ts'
import { SCALAR_FUNCTIONS } from '../../../src/exec/function/scalar-functions.ts'
import { runs } from '../../support/random.ts'
import { nullable, outcome, scalarsOf, texts, vectorOf } from './vectors.ts'

const columns = fc.array(nullable(texts), { maxLength: 12 })
const each = (rows: readonly Scalar[], of: (text: string) => Scalar) =>
  rows.map((row) => (row === null ? null : of(row as string)))

describe('text functions of one argument', () => {
  test('agree with those of JavaScript strings, in code points', () => {
    const { lower, upper, trim, trimStart, trimEnd, length } = SCALAR_FUNCTIONS
    fc.assert(
      fc.property(columns, (rows) => {
        const input = [vectorOf(utf8, rows)]
        const n = rows.length
        expect(scalarsOf(lower(input, utf8, n))).toEqual(each(rows, (text) => text.toLowerCase()))
        expect(scalarsOf(upper(input, utf8, n))).toEqual(each(rows, (text) => text.toUpperCase()))
        expect(scalarsOf(trim(input, utf8, n))).toEqual(each(rows, (text) => text.trim()))
        expect(scalarsOf(trimStart(input, utf8, n))).toEqual(each(rows, (text) => text.trimStart()))
        expect(scalarsOf(trimEnd(input, utf8, n))).toEqual(each(rows, (text) => text.trimEnd()))
        expect(scalarsOf(length(input, int32, n))).toEqual(each(rows, (text) => [...text].length))
      }),
      { numRuns: runs(300) },
    )
  })

  test('white space beyond ASCII is trimmed too', () => {
    const rows = [' \u00a0é \u3000', '\u2003', ' a ', '\t\u00a0 ']
    const input = [vectorOf(utf8, rows)]
    expect(scalarsOf(SCALAR_FUNCTIONS.trim(input, utf8, 4))).toEqual(rows.map((row) => row.trim()))
    expect(scalarsOf(SCALAR_FUNCTIONS.trimEnd(input, utf8, 4))).toEqual(
      rows.map((row) => row.trimEnd()),
    )
  })

  test('the length of binary is its bytes', () => {
    const input = [vectorOf(binary, [Uint8Array.of(200, 200, 0)])]
    expect(scalarsOf(SCALAR_FUNCTIONS.length(input, int32, 1))).toEqual([3])
  })
})

describe('text functions of several arguments', () => {
  test('slice counts code points, a negative start from the end', () => {
    const args = fc.tuple(
      columns,
      fc.integer({ min: -10, max: 10 }),
      fc.integer({ min: 0, max: 10 }),
    )
    fc.assert(
      fc.property(args, ([rows, start, count]) => {
        const input = vectorOf(utf8, rows)
        const from = vectorOf(int32, [start])
        const begin = (text: string) => (start < 0 ? Math.max(0, [...text].length + start) : start)
        const { slice } = SCALAR_FUNCTIONS
        expect(scalarsOf(slice([input, from], utf8, rows.length))).toEqual(
          each(rows, (text) => [...text].slice(begin(text)).join('')),
        )
        expect(
          scalarsOf(slice([input, from, vectorOf(int32, [count])], utf8, rows.length)),
        ).toEqual(each(rows, (text) => [...text].slice(begin(text), begin(text) + count).join('')))
      }),
      { numRuns: runs(300) },
    )
    const negative = [vectorOf(utf8, ['a']), vectorOf(int32, [0]), vectorOf(int32, [-1])]
    expect(outcome(() => SCALAR_FUNCTIONS.slice(negative, utf8, 1))).toBe('INVALID')
  })

  test('replace and concat agree with JavaScript and are null where an argument is', () => {
    fc.assert(
      fc.property(columns, nullable(texts), nullable(texts), (rows, from, to) => {
        const args = [vectorOf(utf8, rows), vectorOf(utf8, [from]), vectorOf(utf8, [to])]
        const replaced = each(rows, (text) => {
          if (from === null || to === null) return null
          return from === '' ? text : text.split(from as string).join(to as string)
        })
        expect(scalarsOf(SCALAR_FUNCTIONS.replace(args, utf8, rows.length))).toEqual(replaced)
        const joined = each(rows, (text) =>
          from === null || to === null ? null : `${text}${from}${to}`,
        )
        expect(scalarsOf(SCALAR_FUNCTIONS.concat(args, utf8, rows.length))).toEqual(joined)
      }),
      { numRuns: runs(300) },
    )
  })

  test('startsWith, endsWith and contains agree with JavaScript, by row and by constant', () => {
    const wanted = fc.array(
      fc.tuple(nullable(texts), nullable(texts.map((text) => text.slice(0, 2)))),
    )
    const well = wanted.filter((rows) =>
      rows.every(([, b]) => b === null || (b as string).isWellFormed()),
    )
    fc.assert(
      fc.property(well, (rows) => {
        const left = vectorOf(
          utf8,
          rows.map(([a]) => a),
        )
        const right = vectorOf(
          utf8,
          rows.map(([, b]) => b),
        )
        const constant = rows[0]?.[1] ?? 'a'
        const one = vectorOf(utf8, [constant])
        for (const name of ['startsWith', 'endsWith', 'contains'] as const) {
          const js = name === 'contains' ? 'includes' : name
          const run = SCALAR_FUNCTIONS[name]
          expect(scalarsOf(run([left, right], bool, rows.length))).toEqual(
            rows.map(([a, b]) =>
              a === null || b === null ? null : (a as string)[js](b as string),
            ),
          )
          expect(scalarsOf(run([left, one], bool, rows.length))).toEqual(
            rows.map(([a]) => (a === null ? null : (a as string)[js](constant as string))),
          )
        }
      }),
      { numRuns: runs(300) },
    )
  })

  test('like refuses a pattern that ends in an escape', () => {
    const args = [vectorOf(utf8, ['a']), vectorOf(utf8, ['a\\'])]
    expect(outcome(() => SCALAR_FUNCTIONS.like(args, bool, 1))).toBe('INVALID')
  })
})
