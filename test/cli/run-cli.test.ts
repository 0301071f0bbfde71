import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { runCli } from '../../src/cli/run-cli.ts'
import { connect, t } from '../../src/index.ts'
import { compile } from '../types/compile.ts'

let folder = ''
let lake = ''
let csv = ''
let edited = ''
let vacuumed = ''

/** Runs a command line; answers its exit code and what it printed. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text
    return true
  })
  const complain = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text
    return true
  })
  try {
    return { code: await runCli(args), out, err }
  } finally {
    write.mockRestore()
    complain.mockRestore()
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'graupel-cli-'))
  lake = join(folder, 'lake')
  csv = join(folder, 'orders.csv')
  writeFileSync(csv, 'id,status,amount\n1,paid,1.50\n2,open,2.25\n3,paid,4.00\n')
  const { code, err } = await run('load', lake, 'acme/sales/orders', csv, '--create')
  expect(err).toBe('')
  expect(code).toBe(0)
  vacuumed = join(folder, 'vacuumed')
  await run('load', vacuumed, 'acme/sales/orders', csv, '--create')
  await run('load', vacuumed, 'acme/sales/orders', csv, '--force')
  await run('vacuum', vacuumed, 'acme/sales/orders', '--retain', '0s')
  edited = join(folder, 'edited')
  await run('load', edited, 'acme/sales/orders', csv, '--create')
  const heads = join(edited, 'acme/sales/orders/_table/head')
  const head = join(heads, readdirSync(heads).sort().at(-1)!)
  writeFileSync(head, readFileSync(head, 'utf8').replace('"rows":3', '"rows":4'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => vi.restoreAllMocks())

const COMMANDS =
  'ls describe load query history diff vacuum optimize verify types doctor bench ui'.split(' ')

describe('help', () => {
  test.each(COMMANDS)('%s explains itself and ends well', async (command) => {
    const { code, out } = await run(command, '--help')
    expect(code).toBe(0)
    expect(out).toContain(`Usage: graupel ${command}`)
    expect(out).toContain('--json')
    expect(out).toMatch(new RegExp(`\\nExamples:\\n  graupel ${command} (\\./lake|s3:)`))
  })

  test('without a command is told, and there are no other commands than these', async () => {
    const { out } = await run('--help')
    const listed = [...out.matchAll(/^ {2}(\w+) \[options\]/gm)].map(([, name]) => name)
    expect(listed.sort()).toEqual([...COMMANDS].sort())
  })

  test('names every command, examples and exit codes', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    for (const command of COMMANDS) expect(out).toContain(`  ${command} `)
    expect(out).toMatch(/Examples:[\s\S]*Exit codes: 0 done/)
  })
})

describe('wrong usage ends with code 2', () => {
  test.each([
    ['no command', [], 'Usage: graupel'],
    ['an unknown command', ['qery'], 'Did you mean query?'],
    ['a missing argument', ['history', './lake'], "missing required argument 'table'"],
    ['an unknown option', ['ls', './lake', '--jsn'], 'Did you mean --json?'],
    ['a wrong number', ['query', './lake', '1', '--rows', 'x'], 'whole number'],
    ['a missing option', ['vacuum', './lake', 'a/b/c'], '--retain'],
    ['a moment that is none', ['diff', './lake', 'a/b/c', '--from', 'soon'], 'a version, -24h'],
    ['no moment', ['diff', './lake', 'a/b/c'], '--from'],
    ['a wrong choice', ['load', './lake', 'a/b/c', 'x.csv', '--format', 'xls'], 'Allowed choices'],
    ['no rounds', ['bench', './lake', 'a/b/c', '--rounds', '0'], 'at least 1'],
    ['a wrong port', ['ui', './lake', '--port', 'http'], 'whole number'],
  ])('%s', async (_, args, message) => {
    const { code, err } = await run(...args)
    expect(code).toBe(2)
    expect(err).toContain(message)
  })
})

describe('a failure ends with code 1 and names its code', () => {
  test.each([
    ['INVALID: a path that names no table', ['history', 'LAKE', 'orders']],
    ['NOT_FOUND: a database that is not there', ['ls', 'LAKE', 'acme/nothing']],
    ['NOT_FOUND: a table that is not there', ['describe', 'LAKE', 'acme/sales/oders']],
    ['INVALID: a query that is no JavaScript', ['query', 'LAKE', 'table(']],
    ['INVALID: a query without a database', ['query', 'LAKE', "table('orders')"]],
    ['INVALID: a file that is not there', ['query', 'LAKE', 'nothing.mjs']],
    ['INVALID: a URL of no store', ['ls', 'http://example.com']],
    ['INVALID: a time that is none', ['vacuum', 'LAKE', 'acme/sales/orders', '--retain', 'long']],
    ['INVALID: a size that is none', ['optimize', 'LAKE', 'acme/sales/orders', '--bytes-max', 'x']],
    [
      'INVALID: a table that is not clustered',
      ['optimize', 'LAKE', 'acme/sales/orders', '--dry-run'],
    ],
    ['INVALID: a store that cannot be tried', ['doctor', 'http://example.com']],
    ['INVALID: a lake that cannot be shown', ['ui', 'http://example.com']],
    ['NOT_FOUND: a version to come', ['diff', 'LAKE', 'acme/sales/orders', '--from', '99']],
    ['NOT_FOUND: a tag that was not set', ['diff', 'LAKE', 'acme/sales/orders', '--from', 'tag:x']],
    ['NOT_FOUND: no files to load', ['load', 'LAKE', 'acme/sales/orders', 'none-*.csv']],
    ['NOT_FOUND: a table to be timed', ['bench', 'LAKE', 'acme/sales/oders']],
    ['NOT_FOUND: a table to be proved', ['verify', 'LAKE', 'acme/sales/oders']],
    ['NOT_FOUND: a database without types', ['types', 'LAKE', 'acme/nothing']],
    [
      'EXPIRED: a version that was vacuumed',
      ['diff', 'VACUUMED', 'acme/sales/orders', '--from', '1'],
    ],
    ['DATA: a head that was edited', ['describe', 'EDITED', 'acme/sales/orders']],
  ])('%s', async (sentence, args) => {
    const [expected] = sentence.split(':')
    const places = new Map([
      ['LAKE', lake],
      ['EDITED', edited],
      ['VACUUMED', vacuumed],
    ])
    const words = args.map((arg) => places.get(arg) ?? arg)
    const text = await run(...words)
    expect(text.code).toBe(1)
    expect(text.err).toMatch(new RegExp(`^error ${expected}: `))
    const json = await run(...words, '--json')
    expect(json.code).toBe(1)
    expect(JSON.parse(json.err).error.code).toBe(expected)
    expect(json.out).toBe('')
  })
})

test('ls lists databases, then tables', async () => {
  expect((await run('ls', lake)).out).toBe('acme/sales\n')
  expect((await run('ls', lake, 'acme/sales')).out).toBe('orders\n')
  expect(JSON.parse((await run('ls', lake, 'acme/sales', '--json')).out)).toEqual(['orders'])
})

test('ls of what is empty, or not there, says so beside the answer', async () => {
  const none = await run('ls', join(folder, 'none'))
  expect([none.code, none.out]).toEqual([0, ''])
  expect(none.err).toMatch(/^there is nothing in .*none\n$/)
  expect(await run('ls', join(folder, 'none'), '--json')).toEqual({ code: 0, out: '[]\n', err: '' })
})

test('describe tells columns, rows and version', async () => {
  const { out } = await run('describe', lake, 'acme/sales/orders', '--json')
  const told = JSON.parse(out)
  expect(told).toMatchObject({ table: 'acme/sales/orders', rows: 3 })
  expect(told.columns.map(({ column }: { column: string }) => column)).toEqual([
    'id',
    'status',
    'amount',
  ])
  expect((await run('describe', lake, 'acme/sales/orders')).out).toContain('3 rows, version ')
})

test('query runs an expression: as a table, as lines of JSON, explained, and into a file', async () => {
  const query =
    "(await table('orders')).groupBy('status').agg((o) => ({ sum: o.amount.sum() })).sort('status')"
  const where = [lake, query, '-d', 'acme/sales']
  const table = await run('query', ...where)
  expect(table.err).toBe('')
  expect(table.out).toMatch(/│ open +│ +2\.25 │/)
  const lines = (await run('query', ...where, '--json')).out.trim().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { status: 'open' },
    { status: 'paid' },
  ])
  expect((await run('query', ...where, '--explain')).out).toMatch(/^Sort .*\n.*Aggregate/)
  const file = join(folder, 'sums.csv')
  expect((await run('query', ...where, '--out', file)).out).toContain('2 rows')
  expect(readFileSync(file, 'utf8')).toMatch(/^status,sum\nopen,2\.25\npaid,5\.5/)
})

test('query runs a file that exports a function, and prints what is no frame as it is', async () => {
  const file = join(folder, 'count.mjs')
  writeFileSync(file, "export default async ({ table }) => (await table('orders')).count()\n")
  expect((await run('query', lake, file, '-d', 'acme/sales')).out).toBe('3\n')
  const none = join(folder, 'none.mjs')
  writeFileSync(none, 'export const query = 1\n')
  expect((await run('query', lake, none)).err).toContain('no default export')
})

test('a wrong row of a load is refused with its place, or left out and counted', async () => {
  const wrong = join(folder, 'wrong.csv')
  writeFileSync(wrong, 'id,status,amount\n4,paid,1\nx,paid,2\n')
  const refused = await run('load', lake, 'acme/sales/orders', wrong)
  expect(refused.code).toBe(1)
  expect(refused.err).toMatch(/wrong\.csv.*line 3.*"x"/)
  await run('load', lake, 'acme/sales/copy', csv, '--create')
  const left = await run('load', lake, 'acme/sales/copy', wrong, '--on-error', 'skip')
  expect(left.out).toContain('1 rows loaded, 1 rejected')
  expect(JSON.parse((await run('describe', lake, 'acme/sales/copy', '--json')).out).rows).toBe(4)
})

test('a file is loaded once, unless told, and wrong files are left out as a whole', async () => {
  const good = join(folder, 'good.ndjson')
  writeFileSync(good, '{"id":9,"status":"paid","amount":9}\n')
  const bad = join(folder, 'bad.csv')
  writeFileSync(bad, 'id,status,amount\nx,paid,2\n')
  await run('load', lake, 'acme/sales/once', csv, '--create')
  const load = (...more: string[]) => run('load', lake, 'acme/sales/once', csv, good, bad, ...more)
  const first = await load('--on-error', 'skipFile')
  expect(first.out).toBe(
    'acme/sales/once: 1 rows loaded, 1 rejected, 1 file loaded before, 1 skipped, version 2\n',
  )
  const again = JSON.parse((await load('--on-error', 'skipFile', '--force', '--json')).out)
  expect(again).toMatchObject({ version: 3, rows: 4, rejected: 1 })
  expect(again.files.map(({ status }: { status: string }) => status)).toEqual([
    ...['loaded', 'loaded', 'skipped'],
  ])
})

test('history, vacuum and verify work on one table', async () => {
  const history = JSON.parse((await run('history', lake, 'acme/sales/orders', '--json')).out)
  expect(history.at(0)).toMatchObject({ rows: 3 })
  const whole = await run('vacuum', lake, 'acme/sales', '--retain', '7d', '--json')
  expect(JSON.parse(whole.out)).toEqual({ tables: [], files: 0, bytes: 0, keys: [] })
  const dry = await run('vacuum', lake, 'acme/sales/orders', '--retain', '7d', '--dry-run')
  expect(dry.out).toContain('would be removed')
  expect((await run('verify', lake)).out).toContain('acme/sales/orders: all is well')
})

test('verify ends with code 3 and names the file that was changed', async () => {
  await run('load', lake, 'acme/damaged/t', csv, '--create')
  const file = join(lake, 'acme/damaged/t/amount/partition1.csv')
  writeFileSync(file, readFileSync(file, 'utf8').replace('4', '5'))
  const { code, out } = await run('verify', lake, 'acme/damaged/t')
  expect(code).toBe(3)
  expect(out).toContain('amount/partition1.csv')
})

test('ls and describe show views', async () => {
  const open = await connect(lake)
  const db = await open.database('acme/sales')
  await db.createView(
    'paid',
    (await db.table('orders')).filter((o) => o.status.eq('paid')),
  )
  await open.close()
  expect((await run('ls', lake, 'acme/sales')).out).toMatch(/^orders\n(.*\n)*paid \(view\)\n$/)
  const { out } = await run('describe', lake, 'acme/sales/paid')
  expect(out).toContain('acme/sales/paid: a view\n')
  const told = JSON.parse((await run('describe', lake, 'acme/sales/paid', '--json')).out)
  expect(told).toMatchObject({
    view: 'acme/sales/paid',
    columns: [{ column: 'id', type: 'int64' }, {}, {}],
  })
  const again = await connect(lake)
  await (await again.database('acme/sales')).dropView('paid')
  await again.close()
})

test('describe, types and history tell constraints and identities', async () => {
  const open = await connect(lake)
  const db = await open.database('acme/keyed', { create: true })
  const table = await db.createTable(
    'items',
    { id: t.int64().identity(), code: t.utf8().nullable() },
    { primaryKey: ['id'], checks: { 'end */': (o) => o.code.ne('*/') } },
  )
  await table.addConstraint('one code', { unique: ['code'] })
  await open.close()
  const shown = (await run('describe', lake, 'acme/keyed/items')).out
  expect(shown).toContain('identity')
  for (const text of [
    'primary key (id)',
    "check end */: code != '*/'",
    'unique (code) "one code"',
  ]) {
    expect(shown).toContain(`\n${text}\n`)
  }
  const { out } = await run('describe', lake, 'acme/keyed/items', '--json')
  expect(JSON.parse(out)).toMatchObject({
    columns: [
      { column: 'id', identity: true },
      { column: 'code', identity: false },
    ],
    constraints: [{ kind: 'primaryKey' }, { kind: 'check' }, { kind: 'unique' }],
  })
  expect((await run('history', lake, 'acme/keyed/items')).out).toContain('add constraint one code')
  const types = (await run('types', lake, 'acme/keyed')).out
  expect(types).toContain('\n  id: t.int64().identity(),\n  code: t.utf8().nullable(),\n')
  expect(types).toContain('\n * primary key (id)\n')
  expect(types).toContain("check end * /: code != '* /'")
})

test('types gives the schema of each table, under names that TypeScript takes', async () => {
  const { out } = await run('types', lake, 'acme/sales')
  expect(out).toContain("import { type Row, type SchemaOf, t } from 'graupel'")
  expect(out).toMatch(/export const orders = \{\n {2}id: t\.int64\(\)/)
  expect(out).toMatch(/amount: t\.decimal\(\d+, 2\)|amount: t\.float64\(\)/)
})

test('doctor tries a folder and finds it safe', async () => {
  const { code, out } = await run('doctor', join(folder, 'fresh'), '--json')
  expect(code).toBe(0)
  const report = JSON.parse(out)
  expect(report.isSafe).toBe(true)
  expect(report.checks.length).toBeGreaterThan(3)
})

test('optimize joins small partitions, and tells how well they are told apart', async () => {
  const small = join(folder, 'small')
  for (const rows of ['5,x', '1,y\n9,y', '3,z']) {
    writeFileSync(csv.replace('orders', 'small'), `id,word\n${rows}\n`)
    const file = csv.replace('orders', 'small')
    const { err } = await run('load', small, 'a/b/t', file, '--create', '--cluster-by', 'id')
    expect(err).toBe('')
  }
  const look = await run('optimize', small, 'a/b/t', '--dry-run')
  expect(look.out).toBe('3 partitions, average depth 2 by id\n')
  const { out, code } = await run('optimize', small, 'a/b/t', '--bytes-max', '1GB')
  expect([code, out]).toEqual([0, '3 partitions became 1, 4 rows rewritten, version 4\n'])
  const told = JSON.parse((await run('optimize', small, 'a/b/t', '--dry-run', '--json')).out)
  expect(told).toMatchObject({ totalPartitionCount: 1, averageDepth: 1, clusterByKeys: ['id'] })
  const rows = await run('query', small, "(await table('t')).select('id')", '-d', 'a/b', '--json')
  expect(rows.out).toBe('{"id":1}\n{"id":3}\n{"id":5}\n{"id":9}\n')
})

test('diff tells columns and rows that differ, between the versions that are asked for', async () => {
  const where = [join(folder, 'differing'), 'acme/sales/orders']
  await run('load', ...where, csv, '--create')
  const more = join(folder, 'more.csv')
  writeFileSync(more, 'id,status,amount\n4,paid,9.75\n')
  await run('load', ...where, more)
  const { code, out } = await run('diff', ...where, '--from', '1')
  expect(code).toBe(0)
  expect(out).toContain('acme/sales/orders: version 1 to 2\n1 rows inserted, 0 deleted, 0 updated')
  expect(out).toMatch(/│ +4 │ paid +│ +9\.75 │ insert +│/)
  const json = await run('diff', ...where, '--from', '1', '--to', '1', '--json')
  const none = { from: 1, to: 1, columns: [], inserted: 0, deleted: 0, updated: 0, changes: [] }
  expect(JSON.parse(json.out)).toEqual({ table: 'acme/sales/orders', ...none })
  expect((await run('diff', ...where, '--from', '2', '--to', '1')).err).toContain('comes after')
})

test('bench times three queries, each of which reads the table anew', async () => {
  const { code, out } = await run('bench', lake, 'acme/sales/orders', '--rounds', '1', '--json')
  expect(code).toBe(0)
  const { queries } = JSON.parse(out)
  expect(queries.map(({ query }: { query: string }) => query)).toEqual([
    'scan',
    'filter',
    'aggregate',
  ])
  for (const { ms, rowsRead, bytesRead, partitions } of queries) {
    expect(ms).toBeGreaterThan(0)
    expect([rowsRead, partitions]).toEqual([3, '1/1'])
    expect(bytesRead).toBeGreaterThan(20)
  }
  const text = await run('bench', lake, 'acme/sales/orders', '--rounds', '1')
  expect(text.out).toContain('│ all 3 columns ')
})

test('query --profile tells what each step did, and writes it down', async () => {
  const file = join(folder, 'profile.json')
  const query = "(await table('orders')).filter((o) => o.id.gt(1))"
  const { out } = await run('query', lake, query, '-d', 'acme/sales', '--profile', file)
  expect(out).toMatch(/^2 rows .*\nScan acme\/sales\.orders/)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ rows: 2, root: { kind: 'scan' } })
})

test('what types prints passes the compiler, and its interface has the rows of the table', async () => {
  const { out } = await run('types', lake, 'acme/sales')
  const use = 'const row: OrdersRow = { id: 1n, status: "x", amount: 2.5 }\nvoid row\n'
  const program = out.replace("'graupel'", "'../../src/index.ts'")
  expect(compile(program + use).errors).toEqual([])
  expect(compile(program + use.replace('1n', '"1"')).errors).not.toEqual([])
  const [found] = JSON.parse((await run('types', lake, 'acme/sales', '--json')).out)
  expect(found).toMatchObject({ table: 'acme/sales/orders', constant: 'orders', rows: 'OrdersRow' })
  expect(found.fields[0]).toEqual({ name: 'id', type: 'int64', nullable: false })
}, 180_000)
