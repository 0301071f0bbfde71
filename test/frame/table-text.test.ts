import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batch } from '../../src/arrow/batch.ts'
import { decimal, float32, float64, int64, timestamp, utf8 } from '../../src/arrow/data-type.ts'
import { type Field, field, schema } from '../../src/arrow/schema.ts'
import { vectorFrom } from '../../src/arrow/vector-from.ts'
import { tableText } from '../../src/frame/table-text.ts'
import { cellsOf } from '../../src/frame/text-cells.ts'
import { runs } from '../support/random.ts'

function text(columns: readonly (readonly [Field, readonly unknown[]])[], width = 120): string {
  const of = schema(columns.map(([field]) => field))
  const length = columns[0]?.[1].length ?? 0
  const vectors = columns.map(([field, values]) => vectorFrom(values, field))
  return tableText(of, length === 0 ? [] : [batch(of, vectors, length)], { width })
}

test('numbers stand to the right, the rest to the left, with name and type on top', () => {
  const table = text([
    [field('id', int64, false), [90071992n, 90071993n]],
    [field('status', utf8, false), ['paid', 'refund']],
    [field('amount', decimal(12, 2), true), ['19.90', null]],
    [field('placed_at', timestamp(), false), ['2026-11-20 09:14:02', '2026-11-20T09:15:44.5']],
  ])
  expect(`\n${table}\n`).toBe(`
┌──────────┬────────┬────────────────┬─────────────────────────┐
│       id │ status │         amount │ placed_at               │
│    int64 │ utf8   │ decimal(12,2)? │ timestamp               │
├──────────┼────────┼────────────────┼─────────────────────────┤
│ 90071992 │ paid   │          19.90 │ 2026-11-20 09:14:02     │
│ 90071993 │ refund │           null │ 2026-11-20 09:15:44.500 │
└──────────┴────────┴────────────────┴─────────────────────────┘
`)
})

test('no rows give a table of heads', () => {
  expect(text([[field('a', float64), []]]).split('\n')).toHaveLength(5)
})

test('characters that speak to the terminal are shown, not sent', () => {
  const table = text([
    [field('a\u001b[31m', utf8), ['line\nline', '\u001b[2J', '\u202ex', '\u009b']],
  ])
  expect(table).toContain('line\\nline')
  expect(table).toContain('\\u001b[2J')
  expect(table).toContain('\\u202ex')
  expect(table).toContain('\\u009b')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the point
  expect(table).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
})

test('a table that is too wide keeps its first and last column and says what is missing', () => {
  const columns = Array.from(
    { length: 40 },
    (_, at) => [field(`column_${at}`, int64), [1n]] as const,
  )
  const table = text(columns, 80)
  expect(table).toContain('column_0 ')
  expect(table).toContain('column_39 ')
  expect(table).toContain('│ … │')
})

test('all lines take the same cells, and none longer than the width where two columns fit', () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 60 })
  const cell = fc.option(
    fc.string({ unit: 'binary', maxLength: 200 }).filter((s) => s.isWellFormed()),
  )
  const columns = fc.uniqueArray(name, { minLength: 1, maxLength: 20 }).chain((names) =>
    fc.tuple(
      fc.constant(names),
      fc.array(fc.array(cell, { minLength: names.length, maxLength: names.length }), {
        maxLength: 4,
      }),
    ),
  )
  fc.assert(
    fc.property(columns, fc.integer({ min: 60, max: 200 }), ([names, rows], width) => {
      const table = text(
        names.map((of, at) => [field(of, utf8), rows.map((row) => row[at])] as const),
        width,
      )
      const lengths = new Set(table.split('\n').map(cellsOf))
      expect(lengths.size).toBe(1)
      expect(Math.max(...lengths)).toBeLessThanOrEqual(width)
    }),
    { numRuns: runs(30) },
  )
})

test('a float32 is shown with the digits that it has, not those of a double', () => {
  const values = [22.9, 0.1, 16_777_216, 1e-38, -0, 1 / 3, Number.NaN, Number.NEGATIVE_INFINITY]
  const lines = text([[field('x', float32, false), values]])
    .split('\n')
    .slice(4, -1)
  expect(lines.map((line) => line.replaceAll(/[│ ]/g, ''))).toEqual([
    '22.9',
    '0.1',
    '16777216',
    '1e-38',
    '-0',
    '0.33333334',
    'NaN',
    '-Infinity',
  ])
})
