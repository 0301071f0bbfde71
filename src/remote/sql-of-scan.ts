import { type DataType, layoutOf } from '../arrow/data-type.ts'
import { scalarText } from '../arrow/scalar.ts'
import type { ColumnPartition, PartitionSet } from '../catalog/model/partition-set.ts'
import { type Column, type Partition, partitionKey } from '../catalog/model/table.ts'
import { columnsOf } from '../plan/expr-walk.ts'
import type { Scan } from '../plan/logical-plan.ts'
import { type BucketAccess, filesSql, objectPath } from './bucket-place.ts'
import { refused } from './refused.ts'
import { requireHeld, sqlLiteral, sqlText, sqlType } from './sql-type.ts'

/** One column file that a scan reads. */
interface ScanFile {
  readonly key: string
  /** Place of the partition among the scan's, and of the column among those read. */
  readonly partition: number
  readonly column: number
  readonly known: ColumnPartition
}

/** The columns that a scan needs: those that it yields and those of its predicate. */
export function columnsNeeded({ table, columns, predicate }: Scan): readonly Column[] {
  const names = new Set(columns.map(({ name }) => name))
  if (predicate !== null) for (const name of columnsOf(predicate)) names.add(name)
  return table.columns.filter(({ name }) => names.has(name))
}

/** The partitions that a scan was bound to and not spared. Throws a plain Error before that. */
export function partitionsRead({ partitions }: Scan): readonly Partition[] {
  if (partitions === null) throw new Error('the scan is not bound')
  const kept = new Set(partitions.kept)
  return partitions.all.partitions.filter(({ id }) => kept.has(id))
}

/**
 * A query for the rows of `partitions` of a scan: `columns` under the names `names`. Every file is
 * held to the length and the CRC-32 of its metadata, every partition to its count of files, and
 * every column to the partition's count of rows.
 */
export function scanSql(
  scan: Scan,
  partitions: readonly Partition[],
  names: readonly string[],
  access: BucketAccess,
): string {
  const columns = columnsNeeded(scan)
  const rows = partitions.reduce((sum, partition) => sum + partition.rows, 0)
  if (columns.length === 0) return `SELECT 1 AS one FROM numbers(${rows})`
  const parsed = columns.map(({ type }, at) => `${parsedSql(`v${at}`, type)} AS ${names[at]}`)
  if (partitions.length === 0) {
    const none = columns.map(({ type }, at) => `${sqlLiteral(null, type)} AS ${names[at]}`)
    return `SELECT ${none.join(',')} WHERE 0`
  }
  const files = filesOf(scan, columns, partitions)
  for (const file of files) requireHeldRange(columns[file.column]!, file.known)
  for (const { name, type, default: value = null } of columns) {
    if (value !== null) requireHeld(value, type, `a scan of "${name}"`)
  }
  const arrays = columns.map((of, at) => linesSql(files, partitions.length, of, at))
  const unequal = columns.map((_, at) => `length(a${at}) != n`).join(' OR ')
  const joined = columns.map((_, at) => `a${at} AS v${at}`).join(',')
  const expected = expectedSql(partitions, files, columns)
  const checks = `throwIf(ifNull(b.k,0) != e.k,${MISSING}) = 0 AND throwIf(${unequal},${ROWS}) = 0`
  return `SELECT ${parsed.join(',')} FROM (SELECT e.n AS n,${arrays.join(',')} FROM (${blobsSql(scan, files, columns, access)}) AS b RIGHT JOIN ${expected} AS e ON e.p = b.p WHERE ${checks}) ARRAY JOIN ${joined}`
}

const MISSING = "'graupel: a column file was not read'"
const ROWS = "'graupel: a column file has other rows than its metadata says'"
const CONTENT =
  "'graupel: a column file is not what its metadata says, or stored as gzip, which ClickHouse does not unpack'"

function filesOf(
  scan: Scan,
  columns: readonly Column[],
  partitions: readonly Partition[],
): ScanFile[] {
  const { statistics }: PartitionSet = scan.partitions!.all
  return partitions.flatMap(({ id }, partition) =>
    columns.flatMap((of, column) => {
      const known = statistics.get(of.id)?.get(id)
      if (known === undefined || known.constant !== undefined) return []
      return [{ key: partitionKey(scan.table.folder, of, known.file), partition, column, known }]
    }),
  )
}

function requireHeldRange({ name, type }: Column, { min, max }: ColumnPartition): void {
  for (const end of [min, max]) if (end !== null) requireHeld(end, type, `a scan of "${name}"`)
}

/** Per partition its place, its rows, how many files it has, and of which columns. */
function expectedSql(
  partitions: readonly Partition[],
  files: readonly ScanFile[],
  columns: readonly Column[],
): string {
  const has = partitions.map(() => columns.map(() => 0))
  for (const { partition, column } of files) has[partition]![column] = 1
  const rows = partitions.map(({ rows }, at) => {
    const count = has[at]!.reduce((sum: number, one) => sum + one, 0)
    return `(${[at, rows, count, ...has[at]!].join(',')})`
  })
  const masks = columns.map((_, at) => `h${at} UInt8`)
  return `values('${['p UInt32', 'n UInt64', 'k UInt64', ...masks].join(',')}',${rows.join(',')})`
}

/** One row per partition, the text of each column's file in `r<column>`. */
function blobsSql(
  { table }: Scan,
  files: readonly ScanFile[],
  columns: readonly Column[],
  access: BucketAccess,
): string {
  if (files.length === 0) {
    const none = columns.map((_, at) => `'' AS r${at}`)
    return `SELECT toUInt32(0) AS p,toUInt64(0) AS k,${none.join(',')} WHERE 0`
  }
  const expected = files.map(({ key, partition, column, known }) => {
    const path = sqlText(objectPath(table.storeUrl, key))
    return `(${path},${partition},${column},${known.bytes},${known.crc32})`
  })
  const raws = columns.map((_, at) => `anyIf(s.raw,f.c = ${at}) AS r${at}`)
  const wrong = 'length(s.raw) != f.bytes OR CRC32(s.raw) != f.crc'
  return `SELECT f.p AS p,count() AS k,${raws.join(',')} FROM (${textsSql(table.storeUrl, files, access)}) AS s INNER JOIN values('path String,p UInt32,c UInt32,bytes UInt64,crc UInt32',${expected.join(',')}) AS f ON s.path = f.path WHERE throwIf(${wrong},${CONTENT}) = 0 GROUP BY f.p SETTINGS max_block_size=1`
}

/** One row per file, its `path` and its text `raw`: those that the metadata hold stand here. */
function textsSql(storeUrl: string, files: readonly ScanFile[], access: BucketAccess): string {
  const [stored, held] = [files.filter(isStored), files.filter((file) => !isStored(file))]
  const parts: string[] = []
  if (stored.length > 0) {
    const keys = stored.map(({ key }) => key)
    parts.push(`SELECT _path AS path,raw FROM ${filesSql(storeUrl, keys, access)}`)
  }
  if (held.length > 0) {
    const rows = held.map(
      ({ key, known }) => `(${sqlText(objectPath(storeUrl, key))},${sqlText(known.text!)})`,
    )
    parts.push(`SELECT path,raw FROM values('path String,raw String',${rows.join(',')})`)
  }
  return parts.join(' UNION ALL ')
}

const isStored = ({ known }: ScanFile): boolean => known.text === undefined

/** A header line: the name of the column, quoted where it has to be. */
const HEADER = String.raw`'^("(?:[^"]|"")*"|[^"\\n]*)\\n'`.replaceAll('"', '\\x22')
const FIELDS = String.raw`'("(?:[^"]|"")*"|[^\\n]*)\\n'`.replaceAll('"', '\\x22')

/** The fields of the column at `at`, without its header, as an array of texts `a<at>`. */
function linesSql(
  files: readonly ScanFile[],
  partitions: number,
  column: Column,
  at: number,
): string {
  const own = files.filter(({ column }) => column === at)
  const raw = `ifNull(b.r${at},'')`
  const isPlain = own.every(({ known }) => known.hints.plain)
  const from = `(length(extract(${raw},${HEADER})) + 2)`
  const lines = isPlain
    ? `splitByChar('\\n',substring(${raw},${from},length(${raw}) - ${from}))`
    : `arraySlice(extractAll(${raw},${FIELDS}),2)`
  if (own.length === partitions) return `${lines} AS a${at}`
  return `if(e.h${at} = 1,${lines},arrayWithConstant(e.n,${sqlText(defaultField(column))})) AS a${at}`
}

/** What stands for the default of `column` in a file, which a partition without a file has in all rows. */
function defaultField({ type, default: value }: Column): string {
  if (value === undefined || value === null) return '\\N'
  const text = scalarText(value, type)
  return layoutOf(type) === 'utf8' ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * The field `sql` as a value; `\N` is null. ClickHouse may compute a branch for rows that are not its
 * own, where it stands elsewhere too, so that `\N` has to be a value there as well.
 */
function parsedSql(sql: string, type: DataType): string {
  const isNull = `${sql} = '\\\\N'`
  const instead = INSTEAD_OF_NULL.get(type.name) ?? '0'
  const total = layoutOf(type) === 'utf8' ? sql : `if(${isNull},'${instead}',${sql})`
  return `if(${isNull},NULL,${valueSql(total, type)})`
}

const INSTEAD_OF_NULL = new Map<string, string>([
  ['date', '1970-01-01'],
  ['timestamp', '1970-01-01T00:00:00.000000'],
])

function valueSql(sql: string, type: DataType): string {
  switch (type.name) {
    case 'utf8':
    case 'json':
      return `if(startsWith(${sql},'\\x22'),replaceAll(substring(${sql},2,length(${sql}) - 2),'\\x22\\x22','\\x22'),${sql})`
    case 'bool':
      return `toUInt8(${sql} = 'true')`
    case 'timestamp': {
      const digits = type.unit === 'ms' ? 12 : 15
      const text = `concat(substring(${sql},1,10),' ',substring(${sql},12,${digits}))`
      return `CAST(${text} AS ${sqlType(type)})`
    }
    case 'time':
    case 'binary':
      throw refused(`a scan of a ${type.name} column`, 'the type is not translated')
    default:
      return `CAST(${sql} AS ${sqlType(type)})`
  }
}
