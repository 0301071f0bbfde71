/** One of our jobs in a process of its own: `query ROW FOLDER`, or `load FOLDER`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'graupel'
import { framesOf, THREADS } from '../peers/graupel-frames.ts'
import { BENCH_ROWS } from '../rows/bench-rows.ts'
import { TPCH } from '../tpch/tables.ts'
import { printReport } from './process-report.ts'

async function query(name: string, folder: string): Promise<unknown[][]> {
  const row = BENCH_ROWS.get(name)!
  await using lake = await connect(`${folder}lake`, { threads: THREADS, cache: false })
  const rows: object[] = await row.frame(await framesOf(lake, row.dataset)).toArray()
  return rows.map((values) => Object.values(values))
}

async function load(folder: string): Promise<unknown[][]> {
  const target = mkdtempSync(join(tmpdir(), 'graupel-bench-'))
  try {
    await using lake = await connect(target)
    const db = await lake.database('bench/load', { create: true })
    const table = await db.createTable('lineitem', TPCH.lineitem)
    return [[String((await table.load(`${folder}lineitem.csv`)).rows)]]
  } finally {
    rmSync(target, { recursive: true, force: true })
  }
}

const [job, ...args] = process.argv.slice(2) as [string, ...string[]]
printReport(job === 'query' ? await query(args[0]!, args[1]!) : await load(args[0]!))
