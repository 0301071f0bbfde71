/**
 * One job in a process of its own, without a TypeScript loader, which prints its peak resident set:
 * `scan DATA TABLE` runs Q6, `load DATA ROWS` loads the first rows of the row CSV into a fresh table.
 * `keys FOLDER ROWS` makes a table of as many distinct keys; `group FOLDER ROWS LIMIT` and
 * `sort FOLDER ROWS LIMIT` go over it under a memory limit and check every row of the answer.
 */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, t } from 'graupel'

const [job, data, argument, limit] = process.argv.slice(2)

/** The header and the first `rows` lines of a file. */
async function* head(path, rows) {
  let left = rows + 1
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    const bytes = chunk
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

async function load(rows) {
  const folder = mkdtempSync(join(tmpdir(), 'graupel-bench-'))
  try {
    const lake = await connect(folder)
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
    const result = await table.load(head(`${data}lineitem.csv`, rows))
    await lake.close()
    if (result.rows !== rows) throw new Error(`loaded ${result.rows} rows, not ${rows}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The key of each row: all numbers below `rows`, which 7919 must not divide, far from their place. */
const scattered = (row, rows) => (row * 7919 * 7919) % rows
const valueUnder = (key) => (key % 1000) / 4

async function* keyLines(rows) {
  yield Buffer.from('key,value\n')
  for (let from = 0; from < rows; from += 10_000) {
    let lines = ''
    for (let row = from; row < Math.min(rows, from + 10_000); row++) {
      const key = scattered(row, rows)
      lines += `${key},${valueUnder(key)}\n`
    }
    yield Buffer.from(lines)
  }
}

async function makeKeys(rows) {
  const lake = await connect(data)
  const db = await lake.database('bench/spill', { create: true })
  const table = await db.createTable('keys', { key: t.int64(), value: t.float64() })
  await table.load(keyLines(rows))
  await lake.close()
}

async function overKeys(rows) {
  const lake = await connect(data, limit === undefined ? {} : { memoryLimit: limit })
  const db = await lake.database('bench/spill')
  const keys = await db.table('keys')
  const frame =
    job === 'sort' ? keys.sort('key') : keys.groupBy('key').agg((k) => ({ value: k.value.sum() }))
  const expected = job === 'sort' ? (row) => row : (row) => scattered(row, rows)
  let row = 0
  for await (const batch of frame.batches()) {
    const [key, value] = ['key', 'value'].map((name) => batch.getChild(name).toArray())
    for (let i = 0; i < batch.numRows; i++, row++) {
      if (Number(key[i]) === expected(row) && value[i] === valueUnder(Number(key[i]))) continue
      throw new Error(`row ${row}: key ${key[i]} with ${value[i]}, expected ${expected(row)}`)
    }
  }
  if (row !== rows) throw new Error(`${row} rows, not ${rows}`)
  await lake.close()
}

const start = performance.now()
if (job === 'scan') {
  const lake = await connect(`${data}lake`)
  const db = await lake.database('bench/tpch')
  const lineitem = await db.table(argument)
  await lineitem
    .filter((l) =>
      l.l_shipdate
        .gte('1994-01-01')
        .and(l.l_shipdate.lt('1995-01-01'))
        .and(l.l_discount.between('0.05', '0.07'))
        .and(l.l_quantity.lt(24)),
    )
    .agg((l) => ({ revenue: l.l_extendedprice.mul(l.l_discount).sum() }))
    .first()
  await lake.close()
} else if (job === 'load') await load(Number(argument))
else if (job === 'keys') await makeKeys(Number(argument))
else await overKeys(Number(argument))
const seconds = ((performance.now() - start) / 1000).toFixed(1)
console.log(`${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB in ${seconds} s`)
