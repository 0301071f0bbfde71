/**
 * One job in a process of its own, without a TypeScript loader, which prints its peak resident set:
 * `scan DATA TABLE` runs Q6, `load DATA ROWS` loads the first rows of the row CSV into a fresh table.
 * `lines FILE BYTES` writes a row CSV of so many bytes or a little more; `load-file FILE` loads it into a fresh table and tells
 * how far it is, and `count FILE` counts its rows by csv-parse.
 * `keys FOLDER ROWS` makes a table of as many distinct keys; `group FOLDER ROWS LIMIT` and
 * `sort FOLDER ROWS LIMIT` go over it under a memory limit and check every row of the answer.
 */
import { once } from 'node:events'
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse'
import { connect, progressBar, t } from 'graupel'

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

/** A row of the CSV, always the same for a number. */
function line(n) {
  const spread = Math.imul(n, 2654435761) >>> 0
  const day = new Date(694224000000 + (spread % 2500) * 86_400_000).toISOString().slice(0, 10)
  const price = `${900 + (spread % 100_000)}.${10 + (spread % 90)}`
  const instruct = ['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'][spread & 3]
  const mode = ['AIR', 'FOB', 'MAIL', 'RAIL', 'SHIP', 'TRUCK', 'REG AIR'][spread % 7]
  const keys = `${(n >> 2) + 1},${1 + (spread % 200_000)},${1 + (spread % 10_000)},${1 + (n & 3)}`
  const amounts = `${1 + (spread % 50)}.00,${price},0.0${spread % 10},0.0${spread % 9}`
  return `${keys},${amounts},${'ANR'[spread % 3]},${'FO'[spread & 1]},${day},${instruct},${mode}\n`
}

const HEADER =
  'l_orderkey,l_partkey,l_suppkey,l_linenumber,l_quantity,l_extendedprice,l_discount,l_tax,' +
  'l_returnflag,l_linestatus,l_shipdate,l_shipinstruct,l_shipmode\n'

async function writeLines(path, bytesMin) {
  const file = createWriteStream(path)
  let bytes = file.write(HEADER) ? HEADER.length : 0
  for (let n = 0; bytes < bytesMin; ) {
    let text = ''
    for (const to = n + 5000; n < to; n++) text += line(n)
    bytes += text.length
    if (!file.write(text)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'finish')
}

async function countLines(path) {
  let rows = 0
  const parser = createReadStream(path).pipe(parse())
  for await (const _ of parser) rows++
  console.log(`${rows - 1} rows`)
}

async function load(source, rows) {
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
    const result = await table.load(source, { onProgress: progressBar('lineitem') })
    await lake.close()
    if (rows === undefined) console.log(`${result.rows} rows`)
    else if (result.rows !== rows) throw new Error(`loaded ${result.rows} rows, not ${rows}`)
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
} else if (job === 'load')
  await load(head(`${data}lineitem.csv`, Number(argument)), Number(argument))
else if (job === 'load-file') await load(data)
else if (job === 'lines') await writeLines(data, Number(argument))
else if (job === 'count') await countLines(data)
else if (job === 'keys') await makeKeys(Number(argument))
else await overKeys(Number(argument))
const seconds = ((performance.now() - start) / 1000).toFixed(1)
console.log(`${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB in ${seconds} s`)
