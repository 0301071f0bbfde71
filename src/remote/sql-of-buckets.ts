import type { Schema } from '../arrow/schema.ts'
import type { Expr } from '../plan/expr.ts'
import type { Join, LogicalPlan } from '../plan/logical-plan.ts'
import { type BucketAccess, filesSql, objectPath, patternSql } from './bucket-place.ts'
import { listed, noRowsSql } from './sql-of-values.ts'
import { sqlText, sqlType } from './sql-type.ts'

/**
 * One side of a join whose rows are written into buckets by the join's keys, so that rows that may match
 * are in the buckets of one number.
 */
export interface JoinSide {
  readonly join: Join
  readonly side: 'left' | 'right'
  readonly plan: LogicalPlan
  readonly keys: readonly Expr[]
  readonly buckets: number
}

/** A file with rows of one bucket. */
export interface BucketFile {
  readonly key: string
  readonly bytes: number
}

/** The rows of a side: the files of each bucket, none where it has no rows. */
export interface StoredSide {
  readonly storeUrl: string
  readonly buckets: readonly (readonly BucketFile[])[]
}

export interface StoredJoin {
  readonly left: StoredSide
  readonly right: StoredSide
}

/** Exact for every type that is sent, told from a cut file by its end, and its rows counted there. */
const FORMAT = 'Parquet'

/** Sides in the order in which they can be written: `joins` has those below a join before it. */
export function sidesOf(joins: Iterable<Join>, buckets: number): JoinSide[] {
  return [...joins].flatMap((join): JoinSide[] => [
    { join, side: 'left', plan: join.left, keys: join.leftKeys, buckets },
    { join, side: 'right', plan: join.right, keys: join.rightKeys, buckets },
  ])
}

/** Columns of the files: the bucket, then the plan's by position. */
function structureOf({ fields }: Schema): string {
  const columns = fields.map(({ type }, at) => `c${at} Nullable(${sqlType(type)})`)
  return ['b UInt32', ...columns].join(',')
}

/**
 * The rows of the query `of` with their buckets. `keys` are expressions of their columns in one form for
 * equal values; rows that have none match nothing, and are spread evenly.
 */
export function bucketedSql(
  of: { readonly sql: string; readonly columns: readonly string[] },
  keys: readonly string[],
  { plan, buckets, keys: typed }: JoinSide,
): string {
  const columns = plan.schema.fields.map(
    ({ type }, at) => `CAST(${of.columns[at]} AS Nullable(${sqlType(type)})) AS c${at}`,
  )
  const computed = keys.map(
    (key, at) => `CAST(${key} AS Nullable(${sqlType(typed[at]!.type)})) AS k${at}`,
  )
  const isMissing = keys.map((_, at) => `isNull(k${at})`).join(' OR ')
  const hash = `cityHash64(${keys.map((_, at) => `assumeNotNull(k${at})`).join(',')})`
  const bucket = `toUInt32(if(${isMissing},rowNumberInAllBlocks(),${hash}) % ${buckets}) AS b`
  const outputs = [bucket, ...columns.map((_, at) => `c${at}`)]
  return `SELECT ${outputs.join(',')} FROM (SELECT ${[...computed, ...columns].join(',')} FROM (${of.sql}))`
}

/** The statement that writes the rows of `select` below `folder`, a file for each bucket that has some. */
export function writeSql(
  select: string,
  { plan }: Pick<JoinSide, 'plan'>,
  place: { readonly storeUrl: string; readonly folder: string; readonly access: BucketAccess },
): string {
  const { storeUrl, folder, access } = place
  const as = { format: FORMAT, structure: structureOf(plan.schema) }
  const target = patternSql(storeUrl, `${folder}/`, '{_partition_id}.parquet', access, as)
  return `INSERT INTO FUNCTION ${target} PARTITION BY b ${select}`
}

/** How many rows each of the files `keys` has, by their ends. */
export function countSql(storeUrl: string, keys: readonly string[], access: BucketAccess): string {
  const files = filesSql(storeUrl, keys, access, { format: FORMAT, structure: 'b UInt32' })
  return `SELECT _path AS path,toString(count()) AS rows FROM ${files} GROUP BY path`
}

const OTHER = "'graupel: a bucket of a shuffle is not what was written'"

/** A query for the rows of some buckets of a side, whose columns are called `names`. */
export function storedSql(
  { storeUrl, buckets }: StoredSide,
  numbers: readonly number[],
  { schema, names }: { readonly schema: Schema; readonly names: readonly string[] },
  access: BucketAccess,
): string {
  const files = numbers.flatMap((number) => buckets[number]!)
  if (files.length === 0) return noRowsSql(schema, names)
  const keys = files.map(({ key }) => key)
  const from = filesSql(storeUrl, keys, access, { format: FORMAT, structure: structureOf(schema) })
  const columns = names.map((name, at) => `c${at} AS ${name}`)
  const paths = keys.map((key) => sqlText(objectPath(storeUrl, key)))
  const bytes = `transform(_path,[${paths.join(',')}],[${files.map(({ bytes }) => bytes).join(',')}],0)`
  return `SELECT ${listed(columns)} FROM ${from} WHERE throwIf(ifNull(_size,0) != ${bytes},${OTHER}) = 0`
}
