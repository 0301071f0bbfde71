import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { openDatabase } from '../../src/catalog/database-catalog.ts'
import { localStore } from '../../src/io/local-store.ts'
import { ordersTable, plainSet, storedIds } from '../support/orders-table.ts'
import { runs } from '../support/random.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const run = promisify(execFile)
const worker = fileURLToPath(new URL('append-worker.ts', import.meta.url))
const PROCESSES = 8
const ROWS = 5

it('keeps every row of many appending processes exactly once, versions without a gap', async () => {
  const folder = await temporaryFolder()
  try {
    const batches = runs(50)
    const made = await ordersTable(localStore(folder.path))
    await made.table.settled()
    const outputs = await Promise.all(
      Array.from({ length: PROCESSES }, (_, n) => {
        const args = [folder.path, n * batches * ROWS, batches, ROWS].map(String)
        return run(process.execPath, ['--import', 'tsx', worker, ...args])
      }),
    )
    const versions = outputs.flatMap(({ stdout }) => JSON.parse(stdout) as number[])
    const commits = PROCESSES * batches
    expect(versions.sort((a, b) => a - b)).toEqual(Array.from({ length: commits }, (_, n) => n + 1))
    const table = await (await openDatabase(made.store, 'acme/sales')).openTable('orders')
    expect(table.snapshot.version).toBe(commits)
    const ids = await storedIds({ store: made.store, table })
    expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: commits * ROWS }, (_, n) => n))
    const checkpointed = plainSet(await table.partitions(table.snapshot, [1, 2, 3]))
    for (const name of ['id', 'customer', 'amount']) {
      await made.store.delete(`${table.snapshot.folder}/${name}/metadata.csv`)
    }
    await made.store.delete(`${table.snapshot.folder}/_table/partitions.csv`)
    const anew = await (await openDatabase(made.store, 'acme/sales')).openTable('orders')
    expect(plainSet(await anew.partitions(anew.snapshot, [1, 2, 3]))).toEqual(checkpointed)
  } finally {
    await folder.remove()
  }
}, 300_000)
