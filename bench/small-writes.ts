/**
 * What many inserts of one row cost: requests and milliseconds each, and a scan of their rows beside one of the same rows
 * loaded at once, warm in one process and cold in a fresh one, interleaved: `npx tsx bench/small-writes.ts`, with
 * `--inserts 10000`, `--rounds 21`; `--files` for inserts that make files, too, which take long to scan. Every table is
 * scanned as the inserts leave it, then once it was optimized.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { connect, t } from '../src/index.ts'
import { localStore } from '../src/io/local-store.ts'
import { loggedStore } from '../test/support/logged-store.ts'

const { values } = parseArgs({
  options: {
    inserts: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '21' },
    cold: { type: 'string', default: '7' },
    files: { type: 'boolean', default: false },
    scan: { type: 'string' },
  },
})
const inserts = Number(values.inserts)
const COLUMNS = { id: t.int64(), name: t.utf8(), price: t.decimal(9, 2), at: t.timestamp() }

const rowOf = (id: number) => ({
  id: BigInt(id),
  name: `customer ${(id * 7919) % 1000}`,
  price: `${(id * 31) % 1000}.25`,
  at: new Date(1_700_000_000_000 + id * 1000),
})

const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[times.length >> 1]!

const WAYS = ['loaded at once', 'inserts', ...(values.files ? ['inserts that make files'] : [])]

const folderOf = (root: string, way: string) => join(root, way.replaceAll(/\W+/g, '-'))

async function scan(folder: string): Promise<number> {
  await using lake = await connect(folder, { cache: false })
  const table = await (await lake.database('bench/small')).table('rows', COLUMNS)
  return (await table.toArray()).length
}

async function write(folder: string, way: string): Promise<string> {
  const { store, log } = loggedStore(localStore(folder))
  const smallWrites = way === 'inserts' ? 'auto' : 'files'
  const lake = await connect(store, { smallWrites })
  const db = await lake.database('bench/small', { create: true })
  const table = await db.createTable('rows', COLUMNS)
  const start = performance.now()
  if (way === 'loaded at once') {
    await table.insert(Array.from({ length: inserts }, (_, id) => rowOf(id)))
  } else for (let id = 0; id < inserts; id++) await table.insert([rowOf(id)])
  await lake.close()
  const each = (performance.now() - start) / inserts
  const { totalPartitionCount } = await partitionsOf(folder)
  return `${(log.length / inserts).toFixed(2)} requests, ${each.toFixed(2)} ms an insert, ${totalPartitionCount} partitions`
}

async function partitionsOf(folder: string) {
  await using lake = await connect(folder)
  const table = await (await lake.database('bench/small')).table('rows', COLUMNS)
  return table.clusteringInformation(['id'])
}

async function optimize(folder: string): Promise<void> {
  await using lake = await connect(folder)
  await (await (await lake.database('bench/small')).table('rows', COLUMNS)).optimize()
}

async function compare(root: string, ways: readonly string[]): Promise<void> {
  const warm = new Map(ways.map((way) => [way, [] as number[]]))
  const cold = new Map(ways.map((way) => [way, [] as number[]]))
  const lakes = await Promise.all(ways.map((way) => connect(folderOf(root, way), { cache: false })))
  const tables = await Promise.all(
    lakes.map(async (lake) => (await lake.database('bench/small')).table('rows', COLUMNS)),
  )
  for (let round = -3; round < Number(values.rounds); round++) {
    const answers = new Set<string>()
    for (const [position, way] of ways.entries()) {
      const start = performance.now()
      const rows = await tables[position]!.toArray()
      if (round >= 0) warm.get(way)!.push(performance.now() - start)
      answers.add(`${rows.length} ${rows.reduce((sum, { price }) => sum + Number(price), 0)}`)
    }
    if (answers.size > 1) throw new Error(`answers differ: ${[...answers].join(', ')}`)
  }
  for (const lake of lakes) await lake.close()
  const script = fileURLToPath(import.meta.url)
  for (let round = 0; round < Number(values.cold); round++) {
    for (const way of ways) {
      const args = ['--import', 'tsx', script, '--scan', folderOf(root, way)]
      cold.get(way)!.push(Number(execFileSync(process.execPath, args).toString()))
    }
  }
  const [base] = ways
  for (const way of ways) {
    const of = (times: ReadonlyMap<string, readonly number[]>) => {
      const [own, first] = [median(times.get(way)!), median(times.get(base!)!)]
      return `${own.toFixed(1)} ms (${(own / first).toFixed(2)})`
    }
    console.log(`  ${way}: warm ${of(warm)}, cold ${of(cold)}`)
  }
}

if (values.scan !== undefined) {
  const start = performance.now()
  await scan(values.scan)
  console.log(performance.now() - start)
} else {
  const root = mkdtempSync(join(tmpdir(), 'graupel-small-'))
  try {
    for (const way of WAYS) console.log(`${way}: ${await write(folderOf(root, way), way)}`)
    console.log(`scan of ${inserts} rows, and how many times as long as loaded at once:`)
    await compare(root, WAYS)
    for (const way of WAYS) await optimize(folderOf(root, way))
    console.log('after optimize:')
    await compare(root, WAYS)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
