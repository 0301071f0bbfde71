import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { connect } from '../../src/index.ts'
import { seededRandom } from '../../src/testing/seeded-random.ts'
import { runs, seed } from '../support/random.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { COLUMNS } from './scenarios.ts'

const worker = fileURLToPath(new URL('killed-worker.ts', import.meta.url))
const SIDE_BY_SIDE = 2
const STEPS_MAX = 400

interface Killed {
  readonly killed: boolean
  readonly attempted: readonly number[]
  readonly acknowledged: readonly number[]
}

/** One process that kills itself before (or half a step later: after) its I/O step `step`. */
function killedAt(folder: string, step: number, first: number): Promise<Killed> {
  return new Promise((resolve, reject) => {
    const args = ['--import', 'tsx', worker, folder, String(step), String(first)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let errors = ''
    child.stdout.on('data', (part) => {
      output += part
    })
    child.stderr.on('data', (part) => {
      errors += part
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code !== 0 && signal !== 'SIGKILL') reject(new Error(`exit ${code}: ${errors}`))
      const marked = (mark: string) =>
        output.split('\n').flatMap((line) => (line[0] === mark ? [Number(line.slice(1))] : []))
      const attempted = marked('+')
      resolve({ killed: signal === 'SIGKILL', attempted, acknowledged: marked('=') })
    })
  })
}

it('keeps what killed processes were told is committed, once, and of the rest at most once', async () => {
  const folder = await temporaryFolder()
  const below = seededRandom(seed)
  let kills = 0
  let inDoubt = 0
  try {
    await using lake = await connect(folder.path)
    const database = await lake.database('acme/sales', { create: true })
    await database.createTable('orders', COLUMNS)
    const acknowledged = new Set<number>()
    const attempted = new Set<number>()
    for (let round = 0; round < runs(6); round++) {
      const ended = await Promise.all(
        Array.from({ length: SIDE_BY_SIDE }, (_, n) => {
          const step = 1 + below(STEPS_MAX) + below(2) / 2
          return killedAt(folder.path, step, 1000 * (round * SIDE_BY_SIDE + n))
        }),
      )
      for (const process of ended) {
        kills += process.killed ? 1 : 0
        inDoubt += process.attempted.length - process.acknowledged.length
        for (const id of process.attempted) attempted.add(id).add(id + 1)
        for (const id of process.acknowledged) acknowledged.add(id).add(id + 1)
      }
      await using again = await connect(folder.path)
      const table = await (await again.database('acme/sales')).table('orders', COLUMNS)
      const ids = (await table.toArray()).map(({ id }) => Number(id))
      const found = new Set(ids)
      const where = `seed ${seed}, round ${round}`
      expect(ids.length, `no row is there twice: ${where}`).toBe(found.size)
      expect(
        [...acknowledged].filter((id) => !found.has(id)),
        where,
      ).toEqual([])
      expect(
        [...found].filter((id) => !attempted.has(id)),
        where,
      ).toEqual([])
      // Both rows of an insert, or none.
      expect(
        [...found].filter((id) => !found.has(id ^ 1)),
        where,
      ).toEqual([])
      expect(await table.history()).toHaveLength(table.version + 1)
    }
    const rows = acknowledged.size
    console.log(`${kills} processes killed (seed ${seed}): ${rows} rows kept, ${inDoubt} in doubt`)
    expect(kills).toBeGreaterThan(0)
  } finally {
    await folder.remove()
  }
}, 300_000)
