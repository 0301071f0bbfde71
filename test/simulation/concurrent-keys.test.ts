import { expect, it } from 'vitest'
import { connect, GraupelError, type Lake, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { requestScheduler } from '../../src/testing/request-scheduler.ts'
import { seededRandom } from '../../src/testing/seeded-random.ts'
import { runs, seed } from '../support/random.ts'
import { inVirtualTime } from './virtual-time.ts'

const PATH = 'acme/sales'
const COLUMNS = { id: t.int64(), code: t.utf8().nullable(), n: t.int64().identity() }
const KEYS = 6

interface Run {
  readonly rows: readonly { id: bigint; code: string | null; n: bigint }[]
  readonly refused: readonly string[]
  readonly problems: readonly unknown[]
  readonly trace: readonly string[]
}

/** Writers that insert, update, merge and take part in transactions, all over the same few keys. */
function race(raceSeed: number): Promise<Run> {
  return inVirtualTime({ seed: raceSeed, passing: false }, async ({ pass }) => {
    const below = seededRandom(raceSeed)
    const scheduler = requestScheduler(raceSeed, { idle: () => void pass() })
    const bare = memoryStore()
    const setUp = await connect(bare)
    const database = await setUp.database(PATH, { create: true })
    const options = { primaryKey: ['id'], unique: [['code']], partitionRows: 2 } as const
    await database.createTable('items', COLUMNS, options)
    await database.createTable('log', { id: t.int64() })
    await setUp.close()
    const refused: string[] = []
    const actor = (name: string) => async () => {
      const lake = await connect(scheduler.store(bare, name))
      for (let n = 0; n < 3; n++) {
        const id = BigInt(below(KEYS))
        const code = below(3) === 0 ? null : `c${below(KEYS)}`
        try {
          await writeOne(lake, below(4), { id, code })
        } catch (error) {
          if (!(error instanceof GraupelError)) throw error
          refused.push(error.code)
        }
      }
      await lake.close()
    }
    const ended = await scheduler.run(['a', 'b', 'c'].slice(0, 2 + below(2)).map(actor))
    for (const end of ended) if (end.status === 'rejected') throw end.reason
    const after = await connect(bare)
    const table = await (await after.database(PATH)).table('items', COLUMNS)
    const rows = await table.toArray()
    const problems = await table.verify()
    await after.close()
    return { rows, refused, problems, trace: scheduler.trace }
  })
}

async function writeOne(
  lake: Lake,
  which: number,
  row: { readonly id: bigint; readonly code: string | null },
): Promise<void> {
  const table = await (await lake.database(PATH)).table('items', COLUMNS)
  if (which === 0) {
    const set = { id: (o: any) => o.id.add(1), code: row.code }
    await table.update({ set, where: (o) => o.id.eq(row.id) })
  } else if (which === 1) {
    const source = lake.from([row], { id: t.int64(), code: t.utf8().nullable() })
    await table.merge(source, { on: 'id', whenNotMatched: { insert: 'all' } })
  } else if (which === 2) {
    await lake.transaction(async (tx) => {
      await (await tx.table(PATH, 'items', COLUMNS)).insert([row])
      await (await tx.table(PATH, 'log', { id: t.int64() })).insert([{ id: row.id }])
    })
  } else await table.insert([row])
}

const RACES = runs(60)

it(`${RACES} races of writers with the same keys never leave a key twice, nor an identity`, async () => {
  let conflicts = 0
  let invalid = 0
  let written = 0
  for (let n = 0; n < RACES; n++) {
    const raceSeed = seed + n
    const { rows, refused, problems, trace } = await race(raceSeed)
    const told = `seed ${raceSeed}\n${trace.join('\n')}`
    expect(problems, told).toEqual([])
    const ids = rows.map(({ id }) => id)
    const codes = rows.flatMap(({ code }) => code ?? [])
    expect(new Set(ids).size, told).toBe(ids.length)
    expect(new Set(codes).size, told).toBe(codes.length)
    expect(new Set(rows.map((row) => row.n)).size, told).toBe(rows.length)
    written += rows.length
    for (const code of refused) {
      expect(['INVALID', 'CONFLICT'], told).toContain(code)
      if (code === 'INVALID') invalid++
      else conflicts++
    }
  }
  expect(written).toBeGreaterThan(RACES)
  expect(invalid).toBeGreaterThan(0)
  expect(conflicts).toBeGreaterThan(0)
}, 120_000)

it('a row that was acknowledged is there, and its key is in one commit only', async () => {
  const lake = await connect('memory:')
  const database = await lake.database(PATH, { create: true })
  const table = await database.createTable('items', { id: t.int64() }, { primaryKey: ['id'] })
  const writes = Array.from({ length: 12 }, (_, n) => table.insert([{ id: BigInt(n % 4) }]))
  const ended = await Promise.allSettled(writes)
  expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
  const reasons = ended.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
  for (const reason of reasons) {
    expect(reason).toMatchObject({ facts: { constraint: 'primaryKey', columns: ['id'] } })
  }
  expect((await table.sort('id').toArray()).map(({ id }) => id)).toEqual([0n, 1n, 2n, 3n])
  await lake.close()
})
