import { typeText } from '../arrow/data-type.ts'
import { scalarText } from '../arrow/scalar.ts'
import { type Field, fieldPosition, schema } from '../arrow/schema.ts'
import { invalid } from '../error.ts'
import { newTxid, newUuid, nowMs } from '../io/clock-and-ids.ts'
import { constraintFeatures } from './constraints-json.ts'
import { foldFolder, freeFolderName } from './folder-name.ts'
import { COMPRESSIONS } from './head-marks-json.ts'
import type { NewConstraint } from './model/constraint.ts'
import type { Compression, Head, HeadColumn } from './model/head.ts'
import type { TableSnapshot } from './model/table.ts'
import { PROTOCOL } from './stored-json.ts'

const PARTITION_ROWS = 1_000_000

/** How a new table is to store its rows. */
export interface TableOptions {
  /** Names of the columns that loads sort by. */
  readonly clusterBy?: readonly string[] | undefined
  /** What of each they sort by, as JSON: see `TableSnapshot`. */
  readonly clusterKeys?: readonly unknown[] | undefined
  /** Rows of a partition at most; 1,000,000 unless told. */
  readonly partitionRows?: number | undefined
  /** How column files are kept in a bucket; `none` unless told. */
  readonly compression?: Compression | undefined
  /** Over the ids that `firstColumns` gives. */
  readonly constraints?: readonly NewConstraint[] | undefined
  /** Names of the columns whose values the table gives. */
  readonly identities?: readonly string[] | undefined
}

/**
 * The head of a table that has columns and no rows: version 0. Throws INVALID when there is no
 * field, two of one name, or an option has a value that it cannot have; NOT_FOUND when
 * `clusterBy` names none of the fields.
 */
export function firstHead(fields: readonly Field[], options: TableOptions = {}): Head {
  const { clusterBy = [], partitionRows = PARTITION_ROWS, compression = 'none' } = options
  if (fields.length === 0) throw invalid('a table needs at least one column')
  if (!Number.isSafeInteger(partitionRows) || partitionRows < 1) {
    throw invalid(`partitionRows has to be a whole number from 1 on, got ${partitionRows}`, {
      partitionRows,
    })
  }
  if (!COMPRESSIONS.includes(compression)) {
    throw invalid(`compression can be "gzip" or "none", got ${JSON.stringify(compression)}`, {
      compression,
    })
  }
  const checked = schema(fields)
  const created = nowMs()
  const txid = newTxid()
  const idOf = (name: string) => fieldPosition(checked, name) + 1
  const constraints = (options.constraints ?? []).map((of) => ({ ...of, since: 0, extra: [] }))
  const identities = (options.identities ?? []).map((name) => ({ column: idOf(name), next: 1 }))
  return {
    ...PROTOCOL,
    writerFeatures: constraintFeatures(PROTOCOL.writerFeatures, { constraints, identities }),
    tableId: newUuid(),
    state: 'live',
    version: 0,
    revision: 1,
    txid,
    timestamp: created,
    created,
    creationTxid: txid,
    columns: firstColumns(fields),
    dropped: [],
    formerSchemas: [],
    nextColumnId: fields.length + 1,
    clusterBy: clusterBy.map(idOf),
    ...(options.clusterKeys === undefined ? {} : { clusterKeys: options.clusterKeys }),
    constraints,
    identities,
    partitionRows,
    compression,
    nextId: 1,
    partitions: 0,
    rows: 0,
    retainedFrom: 0,
    fence: 1,
    burned: [],
    tags: [],
    pins: [],
    streams: [],
    apps: [],
    lastLoad: 0,
    pending: null,
    trimmed: null,
    segments: [],
    tail: [],
    extra: [],
  }
}

/** Whether a table's columns are `fields`: names, types and nullability, in order. */
export function hasColumns(head: Pick<Head, 'columns'>, fields: readonly Field[]): boolean {
  return (
    head.columns.length === fields.length &&
    head.columns.every((column, position) => {
      const wanted = fields[position]!
      const { name, type, nullable } = column
      const sameType = typeText(type) === typeText(wanted.type)
      const sameDefault = defaultText(column) === defaultText(wanted)
      return name === wanted.name && nullable === wanted.nullable && sameType && sameDefault
    })
  )
}

/** The name of the first of `wanted` that a table does not keep; undefined when it keeps them all. */
export function missingConstraint(
  { constraints }: Pick<TableSnapshot, 'constraints'>,
  wanted: readonly NewConstraint[],
): string | undefined {
  const text = (of: NewConstraint) =>
    JSON.stringify([of.kind, of.columns, of.kind === 'check' ? of.predicate : null])
  return wanted.find((of) => {
    const known = constraints.find(({ name }) => name === of.name)
    return known === undefined || text(known) !== text(of)
  })?.name
}

function defaultText({ type, default: value }: Field): string | null {
  return value == null ? null : scalarText(value, type)
}

/** The columns of a new table with `fields`. */
export function firstColumns(fields: readonly Field[]): HeadColumn[] {
  const taken = new Set<string>()
  return fields.map((of, position) => {
    const { name } = of
    const id = position + 1
    const folder = freeFolderName(name, taken, String(id))
    taken.add(foldFolder(folder))
    return { id, ...of, folder, extra: [] }
  })
}
