import { type Database, type Table, t } from '../../src/index.ts'
import type { Prng } from './prng.ts'

/** Types that the random plans use, with their DuckDB names. */
export const SQL_TYPES = {
  bool: 'BOOLEAN',
  int32: 'INTEGER',
  int64: 'BIGINT',
  float64: 'DOUBLE',
  decimal: 'DECIMAL(9,2)',
  utf8: 'VARCHAR',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
} as const

export type Kind = keyof typeof SQL_TYPES

export interface RandomColumn {
  readonly name: string
  readonly kind: Kind
  readonly nullable: boolean
  /** Floats with NaN and infinities: kept out of moments, which DuckDB refuses over them. */
  readonly special: boolean
  /** Floats whose last digits are each engine's own: compared, and never grouped or ordered by. */
  readonly inexact?: boolean
}

export interface RandomTable {
  readonly name: string
  readonly columns: readonly RandomColumn[]
  /** Values as JavaScript hands them to `insert`. */
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

const BUILDERS = {
  bool: () => t.bool(),
  int32: () => t.int32(),
  int64: () => t.int64(),
  float64: () => t.float64(),
  decimal: () => t.decimal(9, 2),
  utf8: () => t.utf8(),
  date: () => t.date(),
  timestamp: () => t.timestamp(),
}

export const WORDS = [
  '',
  'a',
  'ab',
  'abc',
  'Ada',
  'Grace',
  'x,y',
  'q"q',
  'née',
  '日本',
  'zz top',
  'a%b',
  'a_b',
  '\\N',
  ' pad ',
  'line\nbreak',
  '😀',
]

const DAY_MS = 86_400_000

export function randomValue(prng: Prng, { kind, special }: RandomColumn): unknown {
  switch (kind) {
    case 'bool':
      return prng.chance(0.5)
    case 'int32':
      return prng.chance(0.7) ? prng.int(-5, 20) : prng.int(-100_000, 100_000)
    case 'int64':
      if (special && prng.chance(0.2)) return BigInt(prng.int(-9, 9)) * 10n ** 17n + 1n
      return BigInt(prng.chance(0.7) ? prng.int(0, 30) : prng.int(-1_000_000, 1_000_000))
    case 'float64':
      if (special && prng.chance(0.2)) return prng.pick([Number.NaN, Infinity, -Infinity, -0])
      return prng.chance(0.5) ? prng.int(-8, 8) / 4 : (prng.next() - 0.5) * 2000
    case 'decimal':
      return `${prng.int(-2000, 2000)}.${String(prng.int(0, 99)).padStart(2, '0')}`
    case 'utf8':
      return prng.pick(WORDS)
    case 'date':
      return new Date(prng.int(8000, 8800) * DAY_MS).toISOString().slice(0, 10)
    case 'timestamp':
      return new Date(prng.int(8000, 8800) * DAY_MS + prng.int(0, DAY_MS - 1))
  }
}

/**
 * A table of 0 to 150 rows with every kind of column, under names that begin with `prefix`, told
 * apart by `<prefix>_id`.
 */
export function randomTable(prng: Prng, prefix: string): RandomTable {
  const kinds = Object.keys(SQL_TYPES) as Kind[]
  const columns: RandomColumn[] = kinds.map((kind) => ({
    name: `${prefix}_${kind}`,
    kind,
    nullable: prng.chance(0.6),
    special: false,
  }))
  columns.push({ name: `${prefix}_wild`, kind: 'float64', nullable: true, special: true })
  columns.push({ name: `${prefix}_huge`, kind: 'int64', nullable: true, special: true })
  columns.push({ name: `${prefix}_key`, kind: 'int32', nullable: prng.chance(0.5), special: false })
  columns.push({ name: `${prefix}_id`, kind: 'int32', nullable: false, special: false })
  const rowCount = prng.chance(0.1) ? 0 : prng.int(1, 150)
  const turn = prng.int(0, rowCount)
  const rows = Array.from({ length: rowCount }, (_, row) =>
    Object.fromEntries(
      columns.map((column) => {
        if (column.name.endsWith('_id')) return [column.name, (row + turn) % rowCount]
        if (column.nullable && prng.chance(0.15)) return [column.name, null]
        if (column.name.endsWith('_key')) return [column.name, prng.int(0, 12)]
        return [column.name, randomValue(prng, column)]
      }),
    ),
  )
  return { name: prefix, columns, rows }
}

/** The table in a database, its rows dealt to a random number of partitions. */
export async function createRandomTable(
  db: Database,
  prng: Prng,
  table: RandomTable,
  { clusterBy = [] }: { readonly clusterBy?: readonly string[] } = {},
): Promise<Table<any>> {
  const schema = Object.fromEntries(
    table.columns.map(({ name, kind, nullable }) => {
      const type = BUILDERS[kind]()
      return [name, nullable ? type.nullable() : type]
    }),
  )
  const primaryKey = [`${table.name}_id`] as never
  const options = { primaryKey, ...(clusterBy.length > 0 && { clusterBy: clusterBy as never }) }
  const created = await db.createTable(table.name, schema as Record<string, never>, options)
  const rows = prng.chance(0.5) ? sorted(table, prng.pick(table.columns).name) : [...table.rows]
  while (rows.length > 0) {
    await created.insert(rows.splice(0, prng.int(1, rows.length)) as never)
  }
  return created as Table<any>
}

function sorted({ rows }: RandomTable, name: string): Readonly<Record<string, unknown>>[] {
  const key = (row: Readonly<Record<string, unknown>>) => row[name] as never
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

/** `CREATE TABLE` and `INSERT` statements that make the same table in DuckDB. */
export function tableSql(table: RandomTable): string[] {
  const columns = table.columns.map(({ name, kind }) => `"${name}" ${SQL_TYPES[kind]}`)
  const statements = [`CREATE TABLE "${table.name}" (${columns.join(', ')})`]
  if (table.rows.length === 0) return statements
  const tuples = table.rows.map(
    (row) =>
      `(${table.columns.map((column) => literalSql(row[column.name], column.kind)).join(', ')})`,
  )
  return [...statements, `INSERT INTO "${table.name}" VALUES ${tuples.join(', ')}`]
}

export function literalSql(value: unknown, kind: Kind): string {
  if (value === null) return `CAST(NULL AS ${SQL_TYPES[kind]})`
  if (kind === 'float64') {
    const number = value as number
    if (Number.isNaN(number)) return `'nan'::DOUBLE`
    if (!Number.isFinite(number)) return `'${number > 0 ? '' : '-'}infinity'::DOUBLE`
    return `CAST('${Object.is(number, -0) ? '-0' : String(number)}' AS DOUBLE)`
  }
  if (kind === 'timestamp') {
    return `TIMESTAMP '${(value as Date).toISOString().replace('T', ' ').replace('Z', '')}'`
  }
  if (kind === 'utf8' || kind === 'date' || kind === 'decimal') {
    return `CAST('${String(value).replaceAll("'", "''")}' AS ${SQL_TYPES[kind]})`
  }
  return `CAST(${String(value)} AS ${SQL_TYPES[kind]})`
}
