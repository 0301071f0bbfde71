import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { connect, progressBar, t } from 'graupel'

export const DATA = new URL('.data/', import.meta.url).pathname
export const LAKE = `${DATA}lake`

/** Rows of the line-item table at scale 1. */
export const ROWS = 6_000_000

/** A number in [0, n) from row `i` and a salt: the same on every machine. */
const pick = (salt: number, n: number) => `(hash(i * 31 + ${salt}) % ${n})`

const LINE_ITEM = (rows: number) => `
  SELECT
    (i // 4 + 1)::BIGINT AS l_orderkey,
    (${pick(1, 200_000)} + 1)::INTEGER AS l_partkey,
    (${pick(2, 10_000)} + 1)::INTEGER AS l_suppkey,
    (i % 7 + 1)::INTEGER AS l_linenumber,
    (${pick(3, 50)} + 1)::DECIMAL(15,2) AS l_quantity,
    ((${pick(4, 10_410_000)} + 90_000) / 100)::DECIMAL(15,2) AS l_extendedprice,
    (${pick(5, 11)} / 100)::DECIMAL(15,2) AS l_discount,
    (${pick(6, 9)} / 100)::DECIMAL(15,2) AS l_tax,
    CASE ${pick(7, 3)} WHEN 0 THEN 'A' WHEN 1 THEN 'N' ELSE 'R' END AS l_returnflag,
    CASE ${pick(8, 2)} WHEN 0 THEN 'O' ELSE 'F' END AS l_linestatus,
    DATE '1992-01-02' + ${pick(9, 2526)}::INTEGER AS l_shipdate,
    CASE ${pick(10, 4)} WHEN 0 THEN 'DELIVER IN PERSON' WHEN 1 THEN 'COLLECT COD'
      WHEN 2 THEN 'NONE' ELSE 'TAKE BACK RETURN' END AS l_shipinstruct,
    CASE ${pick(11, 7)} WHEN 0 THEN 'REG AIR' WHEN 1 THEN 'AIR' WHEN 2 THEN 'RAIL' WHEN 3 THEN 'SHIP'
      WHEN 4 THEN 'TRUCK' WHEN 5 THEN 'MAIL' ELSE 'FOB' END AS l_shipmode
  FROM range(${rows}) AS r(i)`

const COLUMNS = {
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
}

/** Column types of the row CSV, so that DuckDB need not sniff them. */
export const CSV_TYPES = `{${Object.entries({
  l_orderkey: 'BIGINT',
  l_partkey: 'INTEGER',
  l_suppkey: 'INTEGER',
  l_linenumber: 'INTEGER',
  l_quantity: 'DECIMAL(15,2)',
  l_extendedprice: 'DECIMAL(15,2)',
  l_discount: 'DECIMAL(15,2)',
  l_tax: 'DECIMAL(15,2)',
  l_returnflag: 'VARCHAR',
  l_linestatus: 'VARCHAR',
  l_shipdate: 'DATE',
  l_shipinstruct: 'VARCHAR',
  l_shipmode: 'VARCHAR',
})
  .map(([name, type]) => `'${name}': '${type}'`)
  .join(', ')}}`

/** Makes line items as Parquet, row CSV and a table of ours, unless they are there. */
export async function ensureLineItem(rows: number): Promise<void> {
  const done = `${DATA}lineitem-${rows}.done`
  if (existsSync(done)) return
  rmSync(DATA, { recursive: true, force: true })
  mkdirSync(DATA, { recursive: true })
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const duck = await instance.connect()
  process.stderr.write(`making ${rows} line items\n`)
  await duck.run(`CREATE TABLE lineitem AS ${LINE_ITEM(rows)}`)
  await duck.run(`COPY lineitem TO '${DATA}lineitem.parquet' (FORMAT parquet, COMPRESSION snappy)`)
  await duck.run(`COPY lineitem TO '${DATA}lineitem.csv' (HEADER)`)
  duck.closeSync()
  instance.closeSync()
  await using lake = await connect(LAKE)
  const db = await lake.database('bench/tpch', { create: true })
  const table = await db.createTable('lineitem', COLUMNS)
  await table.load(`${DATA}lineitem.csv`, { onProgress: progressBar('lineitem') })
  // The same rows four times over, Q6's columns only: for the question whether memory stays flat.
  const narrow = table.select('l_shipdate', 'l_discount', 'l_quantity', 'l_extendedprice')
  const { l_shipdate, l_discount, l_quantity, l_extendedprice } = COLUMNS
  for (const [name, times] of [
    ['narrow1', 1],
    ['narrow4', 4],
  ] as const) {
    await db.createTable(name, { l_shipdate, l_discount, l_quantity, l_extendedprice })
    for (let time = 0; time < times; time++) await narrow.write(name, { mode: 'append' })
  }
  mkdirSync(done)
}
