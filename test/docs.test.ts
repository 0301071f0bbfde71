import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { compile } from './types/compile.ts'

const TSX = pathToFileURL(resolve('node_modules/tsx/dist/loader.mjs')).href
const MODULES = new Map([
  ['graupel', 'src/index.ts'],
  ['graupel/testing', 'src/testing/index.ts'],
  ['graupel/plot', 'src/plot/index.ts'],
  ['graupel/remote', 'src/remote/index.ts'],
])
/** What examples use without saying where it is from. */
const USUAL = 'asc col desc fn GraupelError lit progressBar t when'.split(' ')

const folder = mkdtempSync(join(tmpdir(), 'graupel-docs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/**
 * Pages whose examples this file runs. A page that another test names runs there, but for the blocks
 * that are not marked with `run` on a page that has such.
 */
const pages = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)]
  .filter((page) => page.endsWith('.md') && (page === 'README.md' || !runsElsewhere(page)))
  .filter((page) => examplesOf(page).length > 0)

function runsElsewhere(page: string): boolean {
  const others = readdirSync('test').filter(
    (name) => name.endsWith('.test.ts') && name !== 'docs.test.ts',
  )
  const isNamed = others.some((name) => readFileSync(join('test', name), 'utf8').includes(page))
  return isNamed && !readFileSync(page, 'utf8').includes('```ts run')
}

/** The TypeScript of a page, an entry per block. */
function examplesOf(page: string): string[] {
  const text = readFileSync(page, 'utf8')
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code!)
}

/**
 * One program with a function for each example, which has a lake of its own: `lake`, `db`, `orders`
 * and `people`. A bucket is stood in for by memory.
 */
function programOf(examples: readonly string[], pathOf: (source: string) => string): string {
  const imports = new Map([['graupel', new Set(USUAL)]])
  const bodies = examples.map((code) =>
    code.replaceAll(/^import \{([^}]*)\} from '([^']*)'\n/gm, (_, names: string, from: string) => {
      const known = imports.get(from) ?? new Set()
      imports.set(from, known)
      for (const name of names.split(',')) if (name.trim() !== '') known.add(name.trim())
      return ''
    }),
  )
  imports.get('graupel')!.delete('connect')
  const lines = [...imports].map(([from, names]) => {
    const source = MODULES.get(from)
    return `import { ${[...names].join(', ')} } from '${source === undefined ? from : pathOf(source)}'\n`
  })
  const functions = bodies.map(
    (body, at) =>
      `async function example${at + 1}({ lake, db, orders, people }: Given) {\nvoid [lake, db, orders, people]\n{\n${body}\n}\n}\n`,
  )
  const run = bodies.map((_, at) => `await run('example ${at + 1}', example${at + 1})\n`)
  const library = pathOf('src/index.ts')
  return `${lines.join('')}import { connect as connectTo, type ConnectOptions, type ObjectStore as Store } from '${library}'\n${GIVEN}${functions.join('')}${run.join('')}`
}

const GIVEN = `
const connect = (url: string | Store, { objectCache: _, ...options }: ConnectOptions = {}) =>
  connectTo(typeof url === 'string' && url.startsWith('s3:') ? 'memory:' : url, options)
const ORDERS = {
  id: t.int64(), customer: t.utf8(), amount: t.decimal(12, 2).nullable(), placed_at: t.timestamp(),
}
async function given() {
  const lake = await connect('memory:')
  const db = await lake.database('acme/sales', { create: true })
  const orders = await db.createTable('orders', ORDERS, { partitionRows: 50, clusterBy: ['placed_at'] })
  await orders.insert(Array.from({ length: 200 }, (_, i) => ({
    id: i, customer: i % 2 === 0 ? 'Ada' : 'Grace', amount: i % 9 === 0 ? null : i,
    placed_at: new Date(Date.UTC(2026, 0, 1, i)),
  })))
  const people = await db.createTable('people', { customer: t.utf8(), city: t.utf8() })
  await people.insert([{ customer: 'Ada', city: 'London' }, { customer: 'Grace', city: 'New York' }])
  return { lake, db, orders, people }
}
type Given = Awaited<ReturnType<typeof given>>
async function run(name: string, example: (of: Given) => Promise<void>) {
  const of = await given()
  try {
    await example(of)
  } catch (error) {
    console.error(name, error)
    process.exitCode = 1
  }
  await of.lake.close()
}
`

const checked = (examples: readonly string[]) =>
  compile(programOf(examples, (source) => `../../${source}`)).errors

test('every example passes the compiler', () => {
  // One program of them all is much faster; only a wrong one needs to know its page.
  if (checked(pages.flatMap(examplesOf)).length === 0) return
  for (const page of pages) expect(checked(examplesOf(page)), page).toEqual([])
}, 180_000)

describe.each(pages)('%s', (page) => {
  const examples = examplesOf(page)

  test('every example runs', async () => {
    const rows = ['1,Ada,19.90,2026-02-01T08:00:00', '2,Grace,120.00,2026-02-02T09:30:00']
    for (const name of ['orders.csv', 'orders-1.csv']) {
      writeFileSync(join(folder, name), `id,customer,amount,placed_at\n${rows.join('\n')}\n`)
    }
    const program = join(folder, 'page.mts')
    writeFileSync(
      program,
      programOf(examples, (source) => resolve(source)),
    )
    const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' }
    const options = { cwd: folder, timeout: 50_000, env }
    const ran = promisify(execFile)(process.execPath, ['--import', TSX, program], options)
    const { stderr } = await ran.catch((error: { stderr: string }) => error)
    expect(stderr).toBe('')
  })
})

test('a wrong name in an example does not pass', () => {
  expect(checked(["await orders.select('amuont').count()\n"])).not.toEqual([])
}, 180_000)

test('there are pages with examples', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/start.md', 'docs/concepts.md']))
})
