/**
 * One job in a process of its own, which prints its peak resident set: `scan TABLE` runs Q6,
 * `load ROWS` loads the first rows of the row CSV into a fresh table.
 */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, t } from '../src/index.ts'
import { DATA, LAKE } from './data.ts'
import { q6 } from './q6.ts'

const [job, argument = ''] = process.argv.slice(2)

/** The header and the first `rows` lines of a file. */
async function* head(path: string, rows: number): AsyncGenerator<Uint8Array> {
  let left = rows + 1
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    const bytes = chunk as Buffer
    let at = 0
    while (left > 0) {
      const end = bytes.indexOf(10, at)
      if (end < 0) break
      left--
      at = end + 1
    }
    yield left > 0 ? bytes : bytes.subarray(0, at)
    if (left === 0) return
  }
}

async function load(rows: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'graupel-bench-'))
  try {
    await using lake = await connect(folder)
    const db = await lake.database('bench/load', { create: true })
    const table = await db.createTable('lineitem', {
      l_orderkey: t.int64(),
      l_partkey: t.int32(),
      l_suppkey: t.int32(),
      l_linenumber: t.int32(),
      l_quantity: t.decimal(15, 2),
      l_extendedprice: t.decimal(15, 2),
      l_discount: t.decimal(15, 2),
      l_tax: t.decimal(15, 2),
      l_returnflag: t.utf8(),
      l_linestatus: t.utf8(),
      l_shipdate: t.date(),
      l_shipinstruct: t.utf8(),
      l_shipmode: t.utf8(),
    })
    const result = await table.load(head(`${DATA}lineitem.csv`, rows))
    if (result.rows !== rows) throw new Error(`loaded ${result.rows} rows, not ${rows}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const start = performance.now()
if (job === 'scan') {
  await using lake = await connect(LAKE)
  const db = await lake.database('bench/tpch')
  await q6(await db.table(argument)).first()
} else await load(Number(argument))
const seconds = ((performance.now() - start) / 1000).toFixed(1)
console.log(`${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB in ${seconds} s`)
