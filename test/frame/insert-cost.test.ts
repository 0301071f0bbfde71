import { expect, test } from 'vitest'
import { connect, type SmallWrites, t } from '../../src/index.ts'
import { localStore } from '../../src/io/local-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { memoryStore } from '../../src/testing/index.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Inserts that are counted together: as many as share a fold of the log. */
const WINDOW = 64

interface Cost {
  requests: number
  bytes: number
}

/** `store`, and what passes between it and whoever uses it. */
function weighed(store: ObjectStore): { store: ObjectStore; cost: Cost } {
  const cost = { requests: 0, bytes: 0 }
  const size = (value: unknown): number => {
    if (value instanceof Uint8Array) return value.length
    const { body } = (value ?? {}) as { body?: unknown }
    return body instanceof Uint8Array ? body.length : 0
  }
  const weighing = new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...of: unknown[]) => {
        cost.requests++
        for (const argument of of) cost.bytes += size(argument)
        const answer = Reflect.apply(member, target, of)
        if (!(answer instanceof Promise)) return answer
        return answer.then((value) => {
          cost.bytes += size(value)
          return value
        })
      }
    },
  })
  return { store: weighing, cost }
}

/** What one insert of one row costs on average, by the partitions that the table has before it. */
async function costs(
  bare: ObjectStore,
  windows: number,
  smallWrites?: SmallWrites,
): Promise<Cost[]> {
  const { store, cost } = weighed(bare)
  await using lake = await connect(store, smallWrites === undefined ? {} : { smallWrites })
  const db = await lake.database('acme/sales', { create: true })
  const table = await db.createTable('orders', {
    id: t.int64(),
    name: t.utf8(),
    value: t.float64(),
  })
  const found: Cost[] = []
  for (let window = 0; window < windows; window++) {
    Object.assign(cost, { requests: 0, bytes: 0 })
    for (let n = 0; n < WINDOW; n++) {
      const id = window * WINDOW + n
      await table.insert([{ id, name: `n${id}`, value: id / 3 }])
    }
    found.push({ requests: cost.requests / WINDOW, bytes: cost.bytes / WINDOW })
  }
  return found
}

test.each([
  ['in memory', 20, async () => ({ store: memoryStore(), remove: async () => {} })],
  [
    'on a local disk',
    8,
    async () => {
      const { path, remove } = await temporaryFolder()
      return { store: localStore(path), remove }
    },
  ],
] as const)(
  'an insert into files costs as much in a large table as in a small one, %s',
  async (_, windows, open) => {
    const { store, remove } = await open()
    const found = await costs(store, windows, 'files')
    await remove()
    const text = found.map(({ requests, bytes }) => `${requests.toFixed(1)}/${Math.round(bytes)}`)
    // The first is of a table that is checkpointed after every commit, while it is small. The bytes
    // are mostly the head's, which lists segments of the log until they are joined.
    const [, second, ...later] = found
    for (const { requests, bytes } of later) {
      expect(requests, text.join(' ')).toBeLessThanOrEqual(second!.requests * 1.1)
      expect(bytes, text.join(' ')).toBeLessThanOrEqual(second!.bytes * 2)
    }
  },
  120_000,
)

test('an insert of one row takes 3 requests at most, unless told otherwise', async () => {
  const [, ...later] = await costs(memoryStore(), 20)
  for (const { requests } of later.slice(1)) expect(requests).toBeLessThanOrEqual(3)
})
