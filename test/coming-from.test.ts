import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compile } from './types/compile.ts'

const PRELUDE = `import { connect, desc, t, when } from '../../src/index.ts'
const lake = await connect('memory:')
const db = await lake.database('acme/sales', { create: true })
const orders = await db.createTable('orders', {
  id: t.int64(), customer: t.utf8(), amount: t.decimal(12, 2).nullable(), placed_at: t.timestamp(),
})
const people = await db.createTable('people', { customer: t.utf8(), city: t.utf8() })
void [desc, t, when, db, orders, people]
`

/** The last cells of the tables of docs/coming-from.md, where they are code. */
const ours = [
  ...readFileSync('docs/coming-from.md', 'utf8').matchAll(/^\|.*\| `([^`]+)` +\|$/gm),
].map(([, code]) => code!)

test('every line of ours in docs/coming-from.md passes the compiler', () => {
  expect(ours.length).toBeGreaterThan(30)
  const text = PRELUDE + ours.map((code) => `void ${code}\n`).join('')
  expect(compile(text).errors).toEqual([])
}, 180_000)

test('a line with a wrong name would not pass', () => {
  expect(compile(`${PRELUDE}void orders.select('amont')\n`).errors).not.toEqual([])
}, 180_000)
