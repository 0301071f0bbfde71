import { expect, test } from 'vitest'
import { frameState } from '../../src/frame/frame-state.ts'
import { connect, fn, GraupelError, lit, t } from '../../src/index.ts'
import { exportPlan } from '../../src/plan/export-plan.ts'
import { importPlan } from '../../src/plan/import-plan.ts'
import type { LogicalPlan } from '../../src/plan/logical-plan.ts'
import { printPlan } from '../../src/plan/print.ts'
import { Prng } from '../support/prng.ts'
import { runs, seed } from '../support/random.ts'
import { type RandomPlan, randomPlan } from '../support/random-plan.ts'
import { createRandomTable, randomTable } from '../support/random-table.ts'

const planOf = (frame: unknown): LogicalPlan =>
  (frame as { readonly [frameState]: { readonly plan: LogicalPlan } })[frameState].plan

/** As a file would carry it. */
const carried = (json: unknown): unknown => JSON.parse(JSON.stringify(json))

test('a plan that has been JSON is the same plan, whatever its verbs', async () => {
  const prng = new Prng(seed)
  await using lake = await connect('memory:')
  const db = await lake.database('test/plans', { create: true })
  const sources: RandomPlan[] = []
  for (const prefix of ['l', 'r', 's']) {
    const table = randomTable(prng, prefix)
    const frame = await createRandomTable(db, prng, table)
    sources.push({ frame, sql: prefix, columns: table.columns, ordered: false })
  }
  const kinds = new Set<string>()
  for (let index = 0; index < runs(150); index++) {
    const { frame, sql } = randomPlan(prng, sources)
    const json = await frame.toPlan()
    for (const [, kind] of JSON.stringify(json).matchAll(/"kind":"([a-z-]+)"/g)) kinds.add(kind!)
    const back = importPlan(carried(json))
    const where = `plan ${index}, GRAUPEL_TEST_SEED=${seed}\n${sql}`
    expect(printPlan(back), where).toBe(printPlan(planOf(frame)))
    expect(back.schema.fields, where).toEqual(planOf(frame).schema.fields)
    expect(exportPlan(back), where).toEqual(json)
  }
  expect(kinds).toContain('join')
  expect(kinds).toContain('window')
})

test('a plan tells by which name the files of a renamed column begin, and its default', async () => {
  await using lake = await connect('memory:')
  const db = await lake.database('test/plans', { create: true })
  const table = await db.createTable('t', { a: t.int64() })
  await table.insert([{ a: 1n }])
  const more = await table.addColumns({ added: t.decimal(38, 2).default('-0.10') } as never)
  const renamed = await (more as any).renameColumns({ a: '__proto__' })
  const json = await renamed.toPlan()
  const back = importPlan(carried(json))
  expect(exportPlan(back)).toEqual(json)
  const { columns } = back as Extract<LogicalPlan, { kind: 'scan' }>
  expect(columns.map(({ name, header, default: value }) => [name, header, value])).toEqual([
    ['__proto__', 'a', undefined],
    ['added', undefined, -10n],
  ])
})

test('constants and rows in memory keep every digit, and names that are words of JavaScript', async () => {
  await using lake = await connect('memory:')
  const rows = {
    constructor: [1n, -(2n ** 63n)],
    ...Object.fromEntries([['then', ['\\N', '"a"\n']]]),
    float: [-0, Number.NaN],
    bytes: [new Uint8Array([0, 255]), new Uint8Array()],
  }
  const frame = lake
    .from(rows)
    .withColumns(() => ({ cost: lit('123456789012345678901234567890.12').cast(t.decimal(38, 2)) }))
  const back = importPlan(carried(await frame.toPlan()))
  expect(exportPlan(back)).toEqual(await frame.toPlan())
  const told = JSON.stringify(await frame.toPlan())
  for (const text of [
    '-9223372036854775808',
    '"-0"',
    '"NaN"',
    '"00ff"',
    '123456789012345678901234567890.12',
  ]) {
    expect(told).toContain(text)
  }
})

test('a plan of another version, of another type or with unknown words is INVALID', async () => {
  await using lake = await connect('memory:')
  const frame = lake.from({ a: [1n], b: ['x'] }).filter((row) => row.a.gt(0n))
  const text = JSON.stringify(await frame.toPlan())
  const cases = [
    text.replace('"version":1', '"version":2'),
    text.replace('graupel-plan', 'other'),
    text.replace('"name":"gt"', '"name":"constructor"'),
    text.replace('"kind":"filter"', '"kind":"toString"'),
    text.replace(
      '"kind":"column","name":"a","type":"int64"',
      '"kind":"column","name":"a","type":"utf8"',
    ),
    text.replace('"kind":"column","name":"a"', '"kind":"column","name":"c"'),
    'null',
    '[]',
  ]
  for (const changed of cases) {
    expect(changed).not.toBe(text)
    const codes = ['INVALID', 'NOT_FOUND']
    let error: unknown
    try {
      importPlan(JSON.parse(changed))
    } catch (caught) {
      error = caught
    }
    expect(error, changed).toBeInstanceOf(GraupelError)
    expect(codes).toContain((error as GraupelError).code)
  }
})

test('more than 10,000 rows in memory are LIMIT', async () => {
  await using lake = await connect('memory:')
  const frame = lake.from({ a: Array.from({ length: 10_001 }, (_, at) => at) })
  await expect(frame.agg(() => ({ n: fn.count() })).toPlan()).rejects.toMatchObject({
    code: 'LIMIT',
  })
})
