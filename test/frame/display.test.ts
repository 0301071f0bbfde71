import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { frameHtml, frameMarkdown, glimpsedText, shownText } from '../../src/frame/display.ts'
import { stateOf } from '../../src/frame/frame-state.ts'
import { cellsOf } from '../../src/frame/text-cells.ts'
import { connect, type Lake, t } from '../../src/index.ts'
import { runs } from '../support/random.ts'

let lake: Lake
beforeAll(async () => {
  lake = await connect('memory:')
})
afterAll(() => lake.close())

const CITIES = { city: t.utf8().nullable(), people: t.int64().nullable() }
const cities = () =>
  lake.from(
    [
      { city: '東京', people: 14_000_000n },
      { city: 'Zu\u0308rich', people: null },
      { city: null, people: 7n },
    ],
    CITIES,
  )
const ESCAPE = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')
const state = (frame: unknown) => stateOf(frame, 'test')

test('wide and combining characters do not move the frame of a table', async () => {
  expect(await shownText(state(cities()), 3, { width: 80, color: false })).toBe(`3 rows × 2 columns
┌────────┬──────────┐
│ city   │   people │
│ utf8?  │   int64? │
├────────┼──────────┤
│ 東京   │ 14000000 │
│ Zu\u0308rich │     null │
│ null   │        7 │
└────────┴──────────┘
`)
})

test('every line of a table takes the same cells, at most the width, whatever the text', async () => {
  const text = fc.array(fc.constantFrom('a', '日', 'e\u0301', '👩‍👧', '\n', '\u001b[2J', '🇯🇵'))
  const rows = fc.array(text, { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 60, max: 90 }), async (values, width) => {
      const frame = lake.from(
        values.map((parts) => ({ a: parts.join(''), b: 1, c: parts.reverse().join('') })),
      )
      const [, ...lines] = (await shownText(state(frame), 9, { width })).trimEnd().split('\n')
      const cells = new Set(lines.map(cellsOf))
      expect(cells.size).toBe(1)
      expect(Math.max(...cells)).toBeLessThanOrEqual(width)
    }),
    { numRuns: runs(50) },
  )
})

test('colours change nothing but colours, and tell null from the text "null"', async () => {
  const frame = lake.from([{ a: 'null' }, { a: null }], { a: t.utf8().nullable() })
  const plain = await shownText(state(frame), 2, { width: 80, color: false })
  const colourful = await shownText(state(frame), 2, { width: 80, color: true })
  expect(colourful).not.toBe(plain)
  expect(colourful.replaceAll(ESCAPE, '')).toBe(plain)
  const lines = colourful.split('\n')
  expect(lines[5]!.replaceAll(ESCAPE, '')).toBe(lines[6]!.replaceAll(ESCAPE, ''))
  expect(lines[5]).not.toBe(lines[6])
  expect(plain).not.toMatch(ESCAPE)
})

test('where standard output is no terminal, nothing is coloured', async () => {
  expect(process.stdout.isTTY).not.toBe(true)
  expect(await shownText(state(cities()), 2, {})).not.toMatch(ESCAPE)
  expect(await glimpsedText(state(cities()), {})).not.toMatch(ESCAPE)
})

test('a glimpse is a line for each column, as wide as it may be', async () => {
  expect(await glimpsedText(state(cities()), { width: 40 })).toBe(`3 rows × 2 columns
city    utf8?   東京, Zu\u0308rich, null
people  int64?  14000000, null, 7
`)
  const long = lake.from({ a: Array.from({ length: 90 }, (_, i) => i), 日: Array(90).fill('日本') })
  const lines = (await glimpsedText(state(long), { width: 40 })).trimEnd().split('\n').slice(1)
  expect(lines).toHaveLength(2)
  for (const line of lines) {
    expect(cellsOf(line)).toBeLessThanOrEqual(40)
    expect(cellsOf(line)).toBeGreaterThanOrEqual(39)
  }
})

test('Markdown has a row for each row, and no cell can become markup', async () => {
  const frame = lake.from(
    [
      { 'a|b': 'x | y\n<b>', n: 1 },
      { 'a|b': '*_`', n: null },
    ],
    { 'a|b': t.utf8(), n: t.int32().nullable() },
  )
  expect(await frame.toMarkdown()).toBe(`| a\\|b | n |
| --- | ---: |
| x \\| y\\\\n&lt;b> | 1 |
| \\*\\_\\\` | *null* |
`)
  expect(await frame.toMarkdown(1)).toMatch(/\| 1 \|\n\nfirst 1 row × 2 columns\n$/)
})

test('HTML has escaped names, cells and captions', async () => {
  const html = await lake.from([{ '<i>': '<script>"\'&', n: 5 }]).toHTML()
  expect(html).toContain('&lt;script&gt;&quot;&#39;&amp;')
  expect(html).toContain('<th>&lt;i&gt;<br>')
  expect(html).toContain('<td align="right">5</td>')
  expect(html.match(/<tr>/g)).toHaveLength(2)
})

test.each([
  ['a row count that is none', () => frameMarkdown(state(cities()), -1, {})],
  ['an unknown option', () => frameHtml(state(cities()), 1, { colour: 1 } as object)],
  ['a colour that is no boolean', () => shownText(state(cities()), 1, { color: 1 as never })],
  ['a width that is none', () => glimpsedText(state(cities()), { width: 0 })],
])('%s is INVALID', async (_, call) => {
  await expect(call()).rejects.toMatchObject({ code: 'INVALID' })
})
