import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { EXAMPLES } from '../../scripts/function-examples.ts'
import { declaredMethods, functionsText } from '../../scripts/functions.ts'
import { compile } from '../types/compile.ts'

test('docs/functions.md is what the script makes of the declarations', async () => {
  expect(readFileSync('docs/functions.md', 'utf8')).toBe(await functionsText())
}, 60_000)

test('every function says what it does and has an example, and no example is of nothing', () => {
  const methods = declaredMethods()
  expect(methods.length).toBeGreaterThan(250)
  expect(methods.filter(({ line }) => line === '').map(({ key }) => key)).toEqual([])
  const keys = methods.map(({ key }) => key)
  expect(keys.filter((key) => !(key in EXAMPLES))).toEqual([])
  expect(Object.keys(EXAMPLES).filter((key) => !keys.includes(key))).toEqual([])
})

test('every example passes the compiler', () => {
  const lines = Object.values(EXAMPLES).map((code) => `void (${code})`)
  const text = `import { type Database, desc, fn, lit, t } from '../../src/index.ts'
declare const db: Database
const orders = await db.createTable('orders', {
  n: t.int32(), m: t.int32(), x: t.float64(), price: t.decimal(9, 2), name: t.utf8(), ok: t.bool(),
  day: t.date(), at: t.timestamp(), doc: t.json(), tags: t.list(t.utf8()), path: t.list(t.float64()),
  home: t.struct({ city: t.utf8() }), gone: t.int32().nullable(),
})
orders.filter((o) => {
  ${lines.join('\n  ')}
  void [desc, fn, lit, t]
  return o.ok
})
`
  expect(compile(text).errors).toEqual([])
}, 180_000)
