import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compile } from './types/compile.ts'

const PRELUDE = `import { connect, desc, fn, t, udf, when } from '../../src/index.ts'
const lake = await connect('memory:')
const db = await lake.database('acme/sales', { create: true })
const orders = await db.createTable('orders', {
  id: t.int64(), customer: t.utf8(), amount: t.decimal(12, 2).nullable(), placed_at: t.timestamp(),
})
const people = await db.createTable('people', { customer: t.utf8(), city: t.utf8() })
const tagged = await db.createTable('tagged', {
  tags: t.list(t.utf8()), place: t.struct({ city: t.utf8() }), doc: t.json(), embedding: t.list(t.float32()),
})
const ask = async (question: string) => question
const vatOf = udf('vatOf', { takes: [t.decimal(12, 2), t.utf8()], returns: t.float64() }, (amount, customer) =>
  customer === 'Ada' ? 0 : Number(amount) * 0.2,
)
void [ask, desc, fn, t, when, db, orders, people, tagged]
`

/** The last cells of a page's tables, where they are code. */
const linesOf = (page: string) =>
  [...readFileSync(page, 'utf8').matchAll(/^\|.*\| `([^`]+)` +\|$/gm)].map(([, code]) => code!)

test.each([
  ['coming-from', 30],
  ['querying', 22],
])(
  'every line of ours in %s.md passes the compiler',
  (page, least) => {
    const ours = linesOf(`docs/${page}.md`)
    expect(ours.length).toBeGreaterThan(least)
    const text = PRELUDE + ours.map((code) => `void ${code}\n`).join('')
    expect(compile(text).errors).toEqual([])
  },
  180_000,
)

test('a line with a wrong name would not pass', () => {
  expect(compile(`${PRELUDE}void orders.select('amont')\n`).errors).not.toEqual([])
}, 180_000)
