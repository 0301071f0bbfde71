import { asc, desc, fn } from '../../src/index.ts'
import type { Prng } from './prng.ts'
import { type Kind, literalSql, type RandomColumn, randomValue } from './random-table.ts'

/** A window in both tongues. */
export interface RandomWindow {
  readonly kind: Kind
  readonly special: boolean
  readonly inexact?: boolean
  readonly build: (row: any) => any
  readonly sql: string
}

type Function = Omit<RandomWindow, 'build' | 'sql'> & {
  readonly build: (row: any) => any
  /** The call as SQL; `nulls` is put where IGNORE NULLS goes. */
  readonly sql: (nulls: string) => string
  /** Whether it looks at a frame, and whether it may pass over nulls. */
  readonly frame: boolean
  readonly ignores?: boolean
}

const NUMBERS = ['int32', 'int64', 'float64', 'decimal']
const quoted = (name: string) => `"${name}"`

function ranks(prng: Prng): Function[] {
  const parts = prng.int(1, 5)
  const rank = (build: () => any, sql: string, kind: Kind = 'int64'): Function => {
    return { kind, special: false, frame: false, build, sql: () => sql }
  }
  return [
    rank(() => fn.rank(), 'rank()'),
    rank(() => fn.denseRank(), 'dense_rank()'),
    rank(() => fn.rowNumber(), 'row_number()'),
    rank(() => fn.percentRank(), 'percent_rank()', 'float64'),
    rank(() => fn.cumeDist(), 'cume_dist()', 'float64'),
    rank(() => fn.ntile(parts), `ntile(${parts})`),
  ]
}

function picks(prng: Prng, column: RandomColumn): Function[] {
  const { kind, special, name } = column
  const of = quoted(name)
  const count = prng.int(1, 4)
  const otherwise = randomValue(prng, { ...column, special: false })
  const constant = literalSql(otherwise, kind)
  const head = { kind, special, ignores: true }
  return [
    {
      ...head,
      frame: false,
      build: (row) => row[name].lag(count),
      sql: (n) => `lag(${of}, ${count}${n})`,
    },
    {
      ...head,
      frame: false,
      build: (row) => row[name].lead(count),
      sql: (n) => `lead(${of}, ${count}${n})`,
    },
    {
      ...head,
      frame: false,
      build: (row) => row[name].lag(count, otherwise),
      sql: (n) => `lag(${of}, ${count}, ${constant}${n})`,
    },
    {
      ...head,
      frame: false,
      build: (row) => row[name].lead(count, otherwise),
      sql: (n) => `lead(${of}, ${count}, ${constant}${n})`,
    },
    {
      ...head,
      frame: true,
      build: (row) => row[name].first(),
      sql: (n) => `first_value(${of}${n})`,
    },
    { ...head, frame: true, build: (row) => row[name].last(), sql: (n) => `last_value(${of}${n})` },
    {
      ...head,
      frame: true,
      build: (row) => row[name].nth(count),
      sql: (n) => `nth_value(${of}, ${count}${n})`,
    },
  ]
}

function aggregates({ kind, special, name }: RandomColumn): Function[] {
  const of = quoted(name)
  const over = (method: string, sql: string, result: Kind): Function => ({
    kind: result,
    special,
    frame: true,
    build: (row) => row[name][method](),
    sql: () => sql,
  })
  const always = [
    over('count', `count(${of})`, 'int64'),
    over('min', `min(${of})`, kind),
    over('max', `max(${of})`, kind),
    over('countDistinct', `count(DISTINCT ${of})`, 'int64'),
    { ...over('count', 'count(*)', 'int64'), build: () => fn.count() },
  ]
  if (!NUMBERS.includes(kind) || special) return always
  const double = `CAST(${of} AS DOUBLE)`
  const isWhole = kind === 'int32' || kind === 'int64'
  return [
    ...always,
    over('sum', `sum(${of})`, isWhole ? 'int64' : kind),
    over('mean', `avg(${of})`, 'float64'),
    over('stddev', `stddev_samp(${double})`, 'float64'),
    over('variance', `var_samp(${double})`, 'float64'),
    over('median', `median(${double})`, 'float64'),
  ]
}

interface Frame {
  readonly rows?: readonly [number, number]
  readonly range?: readonly [number, number]
  readonly sql: string
}

const ends = (prng: Prng): [number, number] => {
  const from = prng.chance(0.3) ? -Infinity : prng.int(-4, 2)
  const to = prng.chance(0.3) ? Infinity : prng.int(Number.isFinite(from) ? from : -2, 4)
  return [from, to]
}

function endSql(end: number, unit = ''): string {
  if (end === -Infinity) return 'UNBOUNDED PRECEDING'
  if (end === Infinity) return 'UNBOUNDED FOLLOWING'
  const size = unit === '' ? `${Math.abs(end)}` : `INTERVAL ${Math.abs(end)} ${unit}`
  return end === 0 ? 'CURRENT ROW' : `${size} ${end < 0 ? 'PRECEDING' : 'FOLLOWING'}`
}

/** The numbers of all rows, in an order that leaves no choice but among equal rows. */
export function rowNumbers(prng: Prng, columns: readonly RandomColumn[]): RandomWindow {
  const order = prng.sample(columns, columns.length).map(({ name }) => name)
  const sql = order.map((name) => `${quoted(name)} ASC NULLS LAST`).join(', ')
  return {
    kind: 'int64',
    special: false,
    sql: `row_number() OVER (ORDER BY ${sql})`,
    build: (row) =>
      fn.rowNumber().over({ orderBy: order.map((name) => asc(row[name], { nulls: 'last' })) }),
  }
}

/** A function of a random column over random rows, in an order that leaves no choice but among equal rows. */
export function randomWindow(prng: Prng, columns: readonly RandomColumn[]): RandomWindow {
  const column = prng.pick(columns)
  const of = prng.pick([ranks(prng), picks(prng, column), aggregates(column), aggregates(column)])
  const chosen = prng.pick(of)
  const keys = prng.sample(columns, prng.int(0, Math.min(2, columns.length)))
  const near = columns.filter(
    ({ kind, special }) => !special && (NUMBERS.includes(kind) || kind === 'date'),
  )
  const far = chosen.frame && near.length > 0 && prng.chance(0.3) ? prng.pick(near) : null
  const order = far === null ? prng.sample(columns, columns.length) : [far]
  const sorted = order.map(({ name }) => ({
    name,
    descending: prng.chance(0.5),
    first: prng.chance(0.5),
  }))
  const frame = far === null ? rowsFrame(prng, chosen) : rangeFrame(prng, far)
  const isUnordered =
    far !== null &&
    ['first', 'last', 'nth'].some((name) => chosen.build.toString().includes(`.${name}(`))
  if (isUnordered || (frame.sql !== '' && chosen.sql('').includes('DISTINCT')))
    return randomWindow(prng, columns)
  const ignoreNulls = chosen.ignores === true && prng.chance(0.4)
  const orderSql = sorted.map(
    ({ name, descending, first }) =>
      `${quoted(name)} ${descending ? 'DESC' : 'ASC'} NULLS ${first ? 'FIRST' : 'LAST'}`,
  )
  const by =
    keys.length === 0 ? '' : `PARTITION BY ${keys.map(({ name }) => quoted(name)).join(', ')} `
  const call = `${chosen.sql(ignoreNulls ? ' IGNORE NULLS' : '')} OVER (${by}ORDER BY ${orderSql.join(', ')} ${frame.sql})`
  const { sql, ...ends } = frame
  return {
    kind: chosen.kind,
    special: chosen.special,
    inexact: isInexact(chosen.kind, chosen.sql('')),
    sql: chosen.kind === 'int64' ? `CAST(${call} AS BIGINT)` : call,
    build: (row) =>
      chosen.build(row).over({
        partitionBy: keys.map(({ name }) => row[name]),
        orderBy: sorted.map(({ name, descending, first }) =>
          (descending ? desc : asc)(row[name], { nulls: first ? 'first' : 'last' }),
        ),
        ignoreNulls,
        ...ends,
      }),
  }
}

/** Whether the last digits of what `sql` computes depend on the order in which rows are met. */
export const isInexact = (kind: Kind, sql: string): boolean =>
  kind === 'float64' && /\b(sum|avg|stddev_samp|var_samp)\(/.test(sql)

function rowsFrame(prng: Prng, chosen: Function): Frame {
  if (!chosen.frame || prng.chance(0.3)) return { sql: '' }
  const rows = ends(prng)
  return { rows, sql: `ROWS BETWEEN ${endSql(rows[0])} AND ${endSql(rows[1])}` }
}

function rangeFrame(prng: Prng, { kind }: RandomColumn): Frame {
  const range = ends(prng)
  const unit = kind === 'date' ? 'DAY' : ''
  return { range, sql: `RANGE BETWEEN ${endSql(range[0], unit)} AND ${endSql(range[1], unit)}` }
}
