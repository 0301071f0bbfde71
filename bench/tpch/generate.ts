import { LISTS } from './word-lists.ts'

/** Seeded like dbgen's own data, but by DuckDB's `hash`: the same rows on every machine. */

/** A whole number in [0, n) from the row number `key` and a salt. */
const pick = (key: string, salt: number, n: number | string): string =>
  `(hash(${key} * 64 + ${salt}) % ${n})::BIGINT`

/** One word of a list of `LISTS`, chosen by the row number. */
const word = (list: keyof typeof LISTS, key: string, salt: number): string =>
  `${LISTS[list].sql}[${pick(key, salt, LISTS[list].length)} + 1]`

const words = (key: string, salt: number, count: number): string =>
  Array.from({ length: count }, (_, n) => word('comment', key, salt + n)).join(` || ' ' || `)

const numbered = (label: string, key: string): string =>
  `'${label}#' || lpad((${key})::VARCHAR, 9, '0')`

const money = (cents: string): string => `((${cents}) / 100)::DECIMAL(15,2)`

const phone = (nation: string, key: string): string =>
  `(${nation} + 10)::VARCHAR || '-' || (${pick(key, 40, 900)} + 100)::VARCHAR || '-' || ` +
  `(${pick(key, 41, 900)} + 100)::VARCHAR || '-' || (${pick(key, 42, 9000)} + 1000)::VARCHAR`

/** One of the four suppliers of a part: dbgen's formula. */
const supplierOf = (part: string, nth: string, suppliers: number): string =>
  `((${part} + ${nth} * (${suppliers} // 4 + (${part} - 1) // ${suppliers})) % ${suppliers} + 1)`

const retailCents = (part: string): string =>
  `(90000 + (${part} // 10) % 20001 + 100 * (${part} % 1000))`

const rows = (count: number): string => `range(1, ${count + 1}) AS r(i)`

const NATIONS = `
  SELECT (n - 1)::INTEGER AS n_nationkey, ${LISTS.nation.sql}[n] AS n_name,
    [0,1,1,1,4,0,3,3,2,2,4,4,2,4,0,0,0,1,2,3,4,2,3,3,1][n]::INTEGER AS n_regionkey,
    ${words('n', 1, 6)} AS n_comment
  FROM range(1, 26) AS r(n)`

const REGIONS = `
  SELECT (n - 1)::INTEGER AS r_regionkey, ${LISTS.region.sql}[n] AS r_name,
    ${words('n', 1, 6)} AS r_comment
  FROM range(1, 6) AS r(n)`

/** One supplier in 200 has complaints, as Q16 asks, so that small scales have some too. */
const suppliers = (count: number): string => `
  WITH base AS (SELECT i, ${pick('i', 1, 25)} AS nation FROM ${rows(count)})
  SELECT i::BIGINT AS s_suppkey, ${numbered('Supplier', 'i')} AS s_name,
    ${words('i', 20, 2)} AS s_address, nation::INTEGER AS s_nationkey,
    ${phone('nation', 'i')} AS s_phone, ${money(`${pick('i', 2, 1_099_999)} - 99999`)} AS s_acctbal,
    CASE ${pick('i', 3, 200)} WHEN 0 THEN 'slyly Customer ' || ${word('comment', 'i', 4)} || ' Complaints'
      ELSE ${words('i', 5, 6)} END AS s_comment
  FROM base ORDER BY i`

const parts = (count: number): string => `
  WITH base AS (SELECT i, ${pick('i', 1, 5)} + 1 AS maker FROM ${rows(count)})
  SELECT i::BIGINT AS p_partkey,
    ${[2, 3, 4, 5, 6].map((salt) => word('color', 'i', salt)).join(` || ' ' || `)} AS p_name,
    'Manufacturer#' || maker AS p_mfgr, 'Brand#' || maker || (${pick('i', 7, 5)} + 1) AS p_brand,
    ${word('finish', 'i', 8)} || ' ' || ${word('treatment', 'i', 9)} || ' ' || ${word('metal', 'i', 10)} AS p_type,
    (${pick('i', 11, 50)} + 1)::INTEGER AS p_size,
    ${word('wrap', 'i', 12)} || ' ' || ${word('vessel', 'i', 13)} AS p_container,
    ${money(retailCents('i'))} AS p_retailprice, ${words('i', 14, 2)} AS p_comment
  FROM base ORDER BY i`

const partSuppliers = (partCount: number, supplierCount: number): string => `
  SELECT i::BIGINT AS ps_partkey, ${supplierOf('i', 'nth', supplierCount)}::BIGINT AS ps_suppkey,
    (${pick('(i * 4 + nth)', 1, 9999)} + 1)::BIGINT AS ps_availqty,
    ${money(`${pick('(i * 4 + nth)', 2, 99_901)} + 100`)} AS ps_supplycost,
    ${words('(i * 4 + nth)', 3, 16)} AS ps_comment
  FROM ${rows(partCount)}, range(4) AS s(nth) ORDER BY i, nth`

const customers = (count: number): string => `
  WITH base AS (SELECT i, ${pick('i', 1, 25)} AS nation FROM ${rows(count)})
  SELECT i::BIGINT AS c_custkey, ${numbered('Customer', 'i')} AS c_name,
    ${words('i', 20, 3)} AS c_address, nation::INTEGER AS c_nationkey,
    ${phone('nation', 'i')} AS c_phone, ${money(`${pick('i', 2, 1_099_999)} - 99999`)} AS c_acctbal,
    ${word('segment', 'i', 3)} AS c_mktsegment, ${words('i', 4, 9)} AS c_comment
  FROM base ORDER BY i`

/** Keys leave gaps (8 of 32), and a third of the customers order nothing, as in dbgen. */
const orderBase = (count: number, customerCount: number): string => `
  SELECT i AS o_id, ((i - 1) // 8 * 32 + (i - 1) % 8 + 1)::BIGINT AS o_orderkey,
    (${pick('i', 1, Math.floor(customerCount / 3))} * 3 + 1 + ${pick('i', 2, 2)})::BIGINT AS o_custkey,
    DATE '1992-01-01' + ${pick('i', 3, 2406)}::INTEGER AS o_orderdate,
    ${pick('i', 4, 7)} + 1 AS lines
  FROM ${rows(count)}`

const lineItems = (partCount: number, supplierCount: number): string => {
  const key = '(o_id * 8 + n)'
  return `
  WITH drawn AS (
    SELECT o_orderkey, n, ${key} AS k, o_orderdate, ${pick(key, 1, partCount)} + 1 AS part,
      ${pick(key, 2, 4)} AS nth, ${pick(key, 3, 50)} + 1 AS quantity,
      o_orderdate + (${pick(key, 4, 121)} + 1)::INTEGER AS shipped
    FROM order_base, range(1, 8) AS l(n) WHERE n <= lines
  ), dated AS (SELECT *, shipped + (${pick('k', 5, 30)} + 1)::INTEGER AS received FROM drawn)
  SELECT o_orderkey AS l_orderkey, part::BIGINT AS l_partkey,
    ${supplierOf('part', 'nth', supplierCount)}::BIGINT AS l_suppkey, n::BIGINT AS l_linenumber,
    quantity::DECIMAL(15,2) AS l_quantity,
    ${money(`quantity * ${retailCents('part')}`)} AS l_extendedprice,
    ${money(pick('k', 6, 11))} AS l_discount, ${money(pick('k', 7, 9))} AS l_tax,
    CASE WHEN received > DATE '1995-06-17' THEN 'N' WHEN ${pick('k', 8, 2)} = 0 THEN 'R' ELSE 'A'
      END AS l_returnflag,
    CASE WHEN shipped > DATE '1995-06-17' THEN 'O' ELSE 'F' END AS l_linestatus,
    shipped AS l_shipdate, o_orderdate + (${pick('k', 9, 61)} + 30)::INTEGER AS l_commitdate,
    received AS l_receiptdate, ${word('instruction', 'k', 10)} AS l_shipinstruct,
    ${word('mode', 'k', 11)} AS l_shipmode, ${words('k', 12, 4)} AS l_comment
  FROM dated ORDER BY o_orderkey, n`
}

/** One comment in 90 speaks of special requests, as Q13 asks. */
const orders = (clerks: number): string => `
  WITH of_lines AS (
    SELECT l_orderkey, min(l_linestatus) AS least, max(l_linestatus) AS most,
      sum((l_extendedprice * (1 - l_discount) * (1 + l_tax)))::DECIMAL(15,2) AS price
    FROM lineitem GROUP BY l_orderkey
  )
  SELECT o_orderkey, o_custkey,
    CASE WHEN least <> most THEN 'P' ELSE least END AS o_orderstatus, price AS o_totalprice,
    o_orderdate, ${word('priority', 'o_id', 5)} AS o_orderpriority,
    ${numbered('Clerk', `${pick('o_id', 6, clerks)} + 1`)} AS o_clerk, 0::INTEGER AS o_shippriority,
    CASE ${pick('o_id', 7, 90)} WHEN 0 THEN ${words('o_id', 8, 2)} || ' special ' ||
      ${word('comment', 'o_id', 10)} || ' requests ' || ${word('comment', 'o_id', 11)}
      ELSE ${words('o_id', 12, 7)} END AS o_comment
  FROM order_base JOIN of_lines ON o_orderkey = l_orderkey ORDER BY o_orderkey`

/**
 * The statements that make the eight tables in a DuckDB.
 *
 * @param scale 1 gives 6 million line items; at least 0.001.
 */
export function generateTpch(scale: number): string[] {
  const of = (full: number): number => Math.max(1, Math.round(full * scale))
  const [supplierCount, partCount, customerCount] = [of(10_000), of(200_000), of(150_000)]
  return [
    `CREATE TABLE region AS ${REGIONS}`,
    `CREATE TABLE nation AS ${NATIONS}`,
    `CREATE TABLE supplier AS ${suppliers(supplierCount)}`,
    `CREATE TABLE part AS ${parts(partCount)}`,
    `CREATE TABLE partsupp AS ${partSuppliers(partCount, supplierCount)}`,
    `CREATE TABLE customer AS ${customers(customerCount)}`,
    `CREATE TEMP TABLE order_base AS ${orderBase(of(1_500_000), customerCount)}`,
    `CREATE TABLE lineitem AS ${lineItems(partCount, supplierCount)}`,
    `CREATE TABLE orders AS ${orders(of(1000))}`,
    'DROP TABLE order_base',
  ]
}
