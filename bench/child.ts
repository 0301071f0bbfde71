/**
 * One job in a process of its own: `query ENGINE ROW FOLDER` or `load ENGINE FOLDER`. Bundled before it is
 * started, so that no TypeScript loader is measured. Prints its answer and its peak resident set as JSON.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Answer } from './measure/contender.ts'
import { BENCH_ROWS } from './rows/bench-rows.ts'
import { TPCH } from './tpch/tables.ts'

const [job, engine, ...rest] = process.argv.slice(2) as [string, 'graupel' | 'duckdb', ...string[]]

// Each engine is imported where it is used: the other one's start must not be paid.
async function query(name: string, folder: string): Promise<Answer> {
  const row = BENCH_ROWS.get(name)!
  if (engine === 'graupel') {
    const { graupelPeer } = await import('./peers/graupel-peer.ts')
    const peer = await graupelPeer(row.dataset, folder, { cache: false })
    const answer = await peer.contender(row).run()
    await peer.close()
    return answer
  }
  const { duckPeer } = await import('./peers/duckdb-peer.ts')
  const peer = await duckPeer(row.dataset, folder, 'parquet')
  const answer = await peer.contender(row).run()
  peer.close()
  return answer
}

/** The row CSV of line items into a table, or into Parquet; answers how many rows came. */
async function load(folder: string): Promise<Answer> {
  const target = mkdtempSync(join(tmpdir(), 'graupel-bench-'))
  const csv = `${folder}lineitem.csv`
  try {
    if (engine === 'graupel') {
      const { connect } = await import('graupel')
      await using lake = await connect(target)
      const db = await lake.database('bench/load', { create: true })
      const table = await db.createTable('lineitem', TPCH.lineitem)
      return [[String((await table.load(csv)).rows)]]
    }
    const { csvSource } = await import('./peers/duckdb-peer.ts')
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
    const duck = await instance.connect()
    const from = csvSource(csv, TPCH.lineitem)
    const reader = await duck.runAndReadAll(
      `COPY (SELECT * FROM ${from}) TO '${target}/lineitem.parquet' (FORMAT parquet)`,
    )
    return [[String(reader.getRows()[0]![0])]]
  } finally {
    rmSync(target, { recursive: true, force: true })
  }
}

const answer = job === 'query' ? await query(rest[0]!, rest[1]!) : await load(rest[0]!)
const megabytes = process.resourceUsage().maxRSS / 1024
console.log(JSON.stringify({ answer, megabytes }))
