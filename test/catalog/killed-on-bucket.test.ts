import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { afterAll, expect, it } from 'vitest'
import { openDatabase } from '../../src/catalog/database-catalog.ts'
import { parseHead } from '../../src/catalog/head-json.ts'
import { partitionKey } from '../../src/catalog/model/table.ts'
import { recordFile } from '../../src/catalog/record-json.ts'
import type { TableCatalog } from '../../src/catalog/table-catalog.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { s3Store } from '../../src/io/s3/open-s3-store.ts'
import { seededRandom } from '../../src/testing/seeded-random.ts'
import { bundle } from '../support/bundle.ts'
import { append, ordersTable, storedIds } from '../support/orders-table.ts'
import { runs, seed } from '../support/random.ts'
import { noteUntested, type S3Server, startS3 } from '../support/rgw.ts'
import { makeBucket, type TestBucket } from '../support/s3-bucket.ts'

const PROCESSES = 16
const COMMITS = runs(200)
const ROWS = 3
/** Ids that one process may use, whatever was killed. */
const IDS = 10_000
const LAST_ID = PROCESSES * IDS
const FOLDER = 'acme/sales/orders'
const PROBES = '_probe/'

interface Insert {
  readonly id: number
  outcome: 'acknowledged' | 'unknown' | 'killed'
  txid?: string
}

/** Where the processes write, and what they run. */
interface Place {
  readonly server: S3Server
  readonly url: string
  readonly script: string
}

/** One life of a process; it is killed `delay` ms after it began its insert number `at`. */
function live(
  of: Place,
  task: { first: number; inserts: number },
  death: { at: number; delay: number } | undefined,
): Promise<{ inserts: Insert[]; killed: boolean }> {
  return new Promise((resolve, reject) => {
    const { endpoint, credentials } = of.server
    const keys = [credentials?.accessKeyId ?? '', credentials?.secretAccessKey ?? '']
    const words = [of.url, endpoint, ...keys, String(task.first), String(task.inserts)]
    const child = spawn(process.execPath, [of.script, ...words])
    let output = ''
    let errors = ''
    let timer: NodeJS.Timeout | undefined
    child.stderr.on('data', (part) => {
      errors += part
    })
    child.stdout.on('data', (part) => {
      output += part
      const begun = output.split('+').length - 1
      if (death === undefined || timer !== undefined || begun < death.at) return
      timer = setTimeout(() => child.kill('SIGKILL'), death.delay)
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const killed = signal === 'SIGKILL'
      if (code !== 0 && !killed) reject(new Error(`exit ${code}: ${errors}`))
      resolve({ inserts: insertsOf(output), killed })
    })
  })
}

function insertsOf(output: string): Insert[] {
  const inserts = new Map<number, Insert>()
  for (const line of output.split('\n').slice(0, -1)) {
    const [number = '', txid] = line.slice(1).split(' ')
    const id = Number(number)
    if (line[0] === '+') inserts.set(id, { id, outcome: 'killed' })
    if (line[0] === '=') inserts.get(id)!.outcome = 'acknowledged'
    if (line[0] === '?') inserts.set(id, { id, outcome: 'unknown', txid: txid! })
  }
  return [...inserts.values()]
}

/** A process that is started again, after its last id, until `commits` were acknowledged. */
async function immortal(
  of: Place,
  task: { first: number; commits: number },
  below: (below: number) => number,
): Promise<{ inserts: Insert[]; kills: number }> {
  const inserts: Insert[] = []
  let deaths = below(5) === 0 ? 2 : below(2)
  let kills = 0
  for (;;) {
    const done = inserts.filter(({ outcome }) => outcome === 'acknowledged').length
    if (done >= task.commits) return { inserts, kills }
    const left = task.commits - done
    const death = deaths-- > 0 ? { at: 1 + below(left), delay: below(150) } : undefined
    const first = task.first + ROWS * inserts.length
    const life = await live(of, { first, inserts: left }, death)
    inserts.push(...life.inserts)
    if (life.killed) kills++
  }
}

async function bucketKeys({ client, name }: TestBucket, prefix: string): Promise<string[]> {
  const keys: string[] = []
  let ContinuationToken: string | undefined
  do {
    const input = { Bucket: name, Prefix: prefix, ContinuationToken }
    const page = await client.send(new ListObjectsV2Command(input))
    keys.push(...(page.Contents ?? []).map(({ Key }) => Key!.slice(prefix.length)))
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken !== undefined)
  return keys.sort()
}

/** Keys of all that the newest version reaches, which is the only one kept. */
async function reachedKeys(store: ObjectStore, table: TableCatalog): Promise<string[]> {
  const cell = (await store.readCell(`${FOLDER}/_table/head.json`))!
  const { columns, tail, segments, trimmed } = parseHead(cell.body, 'head')
  const ids = table.snapshot.columns.map(({ id }) => id)
  const { statistics } = await table.partitions(table.snapshot, ids)
  return [
    'acme/sales/_catalog.json',
    `${FOLDER}/_table/head.json`,
    `${FOLDER}/_table/partitions.csv`,
    ...columns.map(({ folder }) => `${FOLDER}/${folder}/metadata.csv`),
    ...tail.map((entry) => `${FOLDER}/_table/log/${recordFile(entry)}`),
    ...[...segments, ...(trimmed?.files ?? [])].map(({ file }) => `${FOLDER}/_table/log/${file}`),
    ...table.snapshot.columns.flatMap((column) =>
      [...statistics.get(column.id)!.values()].flatMap(({ file, text }) =>
        text === undefined ? [partitionKey(FOLDER, column, file)] : [],
      ),
    ),
  ].sort()
}

const server = await startS3()
if (typeof server === 'string') {
  noteUntested(server)
  it('may go without a server only where CI is not set', () => {
    expect(process.env['CI'], server).toBeUndefined()
  })
} else {
  const bucket = await makeBucket(server)
  const script = await bundle('test/support/insert-into-bucket.ts')
  afterAll(async () => {
    rmSync(dirname(script), { recursive: true, force: true })
    await bucket.remove()
    await server.stop()
  }, 120_000)

  it(`keeps ${COMMITS} commits of ${PROCESSES} processes that are killed, and leaves no orphan`, async () => {
    const began = performance.now()
    const url = `s3://${bucket.name}/killed`
    const made = await ordersTable(await s3Store(url, bucket.options))
    await made.database.settled()
    const lives = await Promise.all(
      Array.from({ length: PROCESSES }, (_, n) => {
        const commits = Math.floor((COMMITS + n) / PROCESSES)
        return immortal(
          { server, url, script },
          { first: n * IDS, commits },
          seededRandom(seed + n),
        )
      }),
    )
    const inserts = lives.flatMap((life) => life.inserts)
    const kills = lives.reduce((sum, life) => sum + life.kills, 0)
    const of = (outcome: Insert['outcome']) => inserts.filter((each) => each.outcome === outcome)
    const acknowledged = of('acknowledged')
    expect(acknowledged).toHaveLength(COMMITS)
    expect(kills, `seed ${seed}`).toBeGreaterThan(0)

    // A process that starts now, and has nothing in memory.
    const store = await s3Store(url, bucket.options)
    const database = await openDatabase(store, 'acme/sales')
    const table = await database.openTable('orders')
    const count = new Map<number, number>()
    for (const id of await storedIds({ store, table })) count.set(id, (count.get(id) ?? 0) + 1)
    const times = ({ id }: Insert) => [0, 1, 2].map((row) => count.get(id + row) ?? 0)
    for (const insert of acknowledged) expect(times(insert), `seed ${seed}`).toEqual([1, 1, 1])
    for (const insert of of('killed')) {
      expect([[0, 0, 0].join(), [1, 1, 1].join()]).toContain(times(insert).join())
    }
    for (const insert of of('unknown')) {
      const landed = (await table.resolve(insert.txid!)) === 'committed'
      expect(times(insert)).toEqual(landed ? [1, 1, 1] : [0, 0, 0])
    }
    const found = inserts.filter((insert) => times(insert)[0] === 1).length
    expect(count.size).toBe(found * ROWS)
    expect(table.snapshot.version).toBe(found)
    expect(await resolvedRecords(bucket, table)).toBe(found)
    expect(await table.verify()).toEqual([])

    const swept = await sweepOrphans(bucket, store, table)
    expect(await table.verify()).toEqual([])
    await database.settled()
    // No table's vacuum looks there: see docs/s3.md.
    expect(swept.probes).toBeLessThanOrEqual(kills)
    const seconds = Math.round((performance.now() - began) / 100) / 10
    console.log(
      `${kills} of ${PROCESSES} processes killed and started again (seed ${seed}): ${found} commits, ` +
        `${of('unknown').length} unknown, ${found - acknowledged.length} landed unacknowledged; ` +
        `${swept.orphans} orphans removed, ${swept.kept} objects left, ` +
        `${swept.probes} probes cut short; ${seconds} s`,
    )
  }, 900_000)
}

/**
 * Resolves the transactions of all records in the log that are committed, and of some that lost, as
 * each of those swaps the head; answers how many are committed.
 */
async function resolvedRecords(bucket: TestBucket, table: TableCatalog): Promise<number> {
  const history = new Set((await table.history()).map(({ txid }) => txid))
  const records = (await bucketKeys(bucket, `killed/${FOLDER}/_table/log/`)).filter((key) =>
    key.endsWith('.json'),
  )
  let committed = history.size - 1
  const txids = records.map((record) => record.slice(21, -'.json'.length))
  const below = seededRandom(seed)
  const lost = txids.filter((txid) => !history.has(txid))
  const chosen = new Set(Array.from({ length: runs(100) }, () => lost[below(lost.length)]))
  for (const txid of txids) {
    const isIn = history.has(txid)
    if (!isIn && !chosen.has(txid)) continue
    const expected = isIn ? 'committed' : 'not committed'
    const outcome = await table.resolve(txid)
    if (outcome !== expected) committed = -1
  }
  return committed
}

/**
 * Vacuums until nothing is left but what the newest version reaches. What was staged under numbers
 * above all that are committed waits until commits have passed them, so some are made.
 */
async function sweepOrphans(bucket: TestBucket, store: ObjectStore, table: TableCatalog) {
  let orphans = 0
  for (let round = 0; ; round++) {
    await append(table, LAST_ID + round, 1)
    await table.settled()
    orphans += (await table.vacuum({ retain: { versions: 1 } })).files
    const keys = await bucketKeys(bucket, 'killed/')
    const found = keys.filter((key) => !key.startsWith(PROBES))
    const reached = await reachedKeys(store, table)
    if (found.length === reached.length || round === 2 * PROCESSES) {
      expect(found).toEqual(reached)
      const probes = new Set(keys.filter((key) => key.startsWith(PROBES)).map(dirname))
      return { orphans, kept: found.length, probes: probes.size }
    }
  }
}
