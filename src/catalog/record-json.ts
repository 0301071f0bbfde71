import type { DataType } from '../arrow/data-type.ts'
import type { Action, AddPartition, CommitRecord, LoadedFile } from './model/commit-record.ts'
import type { ColumnPartition } from './model/partition-set.ts'
import {
  parseStatistics,
  printStatistics,
  STATISTICS_FIELDS,
  StatisticsProblem,
  type StatisticsText,
  withText,
} from './statistics-text.ts'
import {
  instantText,
  parseStored,
  printList,
  printObject,
  type StoredObject,
} from './stored-json.ts'
import { SHA256, TXID } from './tail-entry-json.ts'

const FORMAT = 'graupel-commit'
const TRIMMED_FORMAT = 'graupel-trimmed-commit'
export const RECORD_BYTES_MAX = 64 << 20

/** The types of a table's columns by id; statistics of other columns are passed over. */
export type ColumnTypes = ReadonlyMap<number, DataType>

/** The name of a commit's record below `_table/log/`. */
export function recordFile({ version, txid }: { version: number; txid: string }): string {
  return `${versionText(version)}-${txid}.json`
}

/** A version as 20 digits, so that names sort as versions do. */
export function versionText(version: number): string {
  return String(version).padStart(20, '0')
}

/** The record as one line of JSON, with its newline. */
export function printRecord(record: CommitRecord, types: ColumnTypes): Uint8Array {
  const { parent } = record
  const text = printObject(
    [
      ['format', FORMAT],
      ['version', record.version],
      ['txid', record.txid],
      ['timestamp', instantText(record.timestamp)],
      ['operation', record.operation],
      ['parent', { version: parent.version, txid: parent.txid, sha256: parent.sha256 }],
      ['rows', record.rows],
      ['bytes', record.bytes],
      ['actions', printList(record.actions.map((action) => printAction(action, types)))],
      ...ledgerFields(record),
    ],
    [],
  )
  return Buffer.from(`${text}\n`)
}

/** What a commit has to say of the files that count as loaded. */
function ledgerFields({ ledgerOf, loads = [] }: CommitRecord) {
  const fields: [name: string, value: unknown][] = []
  if (ledgerOf !== undefined) fields.push(['ledgerOf', ledgerOf])
  if (loads.length > 0) fields.push(['loads', printList(loads.map(printLoad))])
  return fields
}

/** What is left of a record whose actions nobody needs any more. */
export function printTrimmed(record: CommitRecord, sha256: string): Uint8Array {
  const { version, txid, timestamp, operation, rows, bytes } = record
  const text = printObject(
    [
      ['format', TRIMMED_FORMAT],
      ['version', version],
      ['txid', txid],
      ['timestamp', instantText(timestamp)],
      ['operation', operation],
      ['rows', rows],
      ['bytes', bytes],
      ['sha256', sha256],
      ...ledgerFields(record),
    ],
    [],
  )
  return Buffer.from(`${text}\n`)
}

/**
 * Throws DATA naming the key and the field.
 *
 * @param types The columns whose statistics are wanted.
 */
export function parseRecord(bytes: Uint8Array, key: string, types: ColumnTypes): CommitRecord {
  const of = parseStored(bytes, key, RECORD_BYTES_MAX)
  const format = of.text('format')
  const facts = {
    version: of.whole('version', 1),
    txid: of.text('txid', TXID),
    timestamp: of.instant('timestamp'),
    operation: of.text('operation'),
    rows: of.whole('rows'),
    bytes: of.whole('bytes'),
    ...(of.has('ledgerOf') ? { ledgerOf: of.whole('ledgerOf') } : {}),
    ...(of.has('loads') ? { loads: of.objects('loads').map(readLoad) } : {}),
  }
  if (format === TRIMMED_FORMAT) {
    const parent = { version: facts.version - 1, txid: '', sha256: '' }
    return { ...facts, parent, actions: [], trimmedFrom: of.text('sha256', SHA256) }
  }
  if (format !== FORMAT) of.fail('format', `"${FORMAT}"`, format)
  const parent = of.object('parent')
  return {
    ...facts,
    parent: {
      version: parent.whole('version'),
      txid: parent.text('txid', TXID),
      sha256: parent.text('sha256'),
    },
    actions: of.objects('actions').map((action) => readAction(action, types)),
  }
}

function printLoad({ sha256, bytes, rows, url }: LoadedFile): string {
  return JSON.stringify({ sha256, bytes, rows, url })
}

function readLoad(of: StoredObject): LoadedFile {
  return {
    sha256: of.text('sha256', SHA256),
    bytes: of.whole('bytes'),
    rows: of.whole('rows'),
    url: of.text('url'),
  }
}

function printAction(action: Action, types: ColumnTypes): string {
  if (action.kind === 'removePartition') return JSON.stringify(action)
  const columns: string[] = []
  for (const [id, statistics] of action.columns) {
    const text = printStatistics(statistics, types.get(id)!)
    const inline = statistics.text === undefined ? [] : [statistics.text]
    columns.push(JSON.stringify([id, ...STATISTICS_FIELDS.map((name) => text[name]), ...inline]))
  }
  return printObject(
    [
      ['kind', action.kind],
      ['id', action.id],
      ['rows', action.rows],
      ['columns', printList(columns)],
    ],
    [],
  )
}

function readAction(of: StoredObject, types: ColumnTypes): Action {
  const kind = of.text('kind')
  const id = of.whole('id', 1)
  if (kind === 'removePartition') return { kind, id }
  if (kind !== 'addPartition') of.fail('kind', '"addPartition" or "removePartition"', kind)
  const rows = of.whole('rows')
  const columns = new Map<number, ColumnPartition>()
  for (const item of of.list('columns')) readColumn(of, item, { rows, types, columns })
  return { kind: 'addPartition', id, rows, columns } satisfies AddPartition
}

function readColumn(
  of: StoredObject,
  item: unknown,
  into: { rows: number; types: ColumnTypes; columns: Map<number, ColumnPartition> },
): void {
  const expected = `[column id, ${STATISTICS_FIELDS.join(', ')}]`
  if (!Array.isArray(item)) of.fail('columns', expected, item)
  const [id, ...texts] = item as unknown[]
  if (!Number.isSafeInteger(id) || texts.length < STATISTICS_FIELDS.length) {
    of.fail('columns', expected, item)
  }
  const type = into.types.get(id as number)
  if (type === undefined) return
  const text = new Map<string, string | null>()
  for (const [position, name] of STATISTICS_FIELDS.entries()) {
    const value = texts[position]
    const mayBeNull = name === 'min' || name === 'max' || name === 'sum' || name === 'width'
    if (typeof value !== 'string' && !(value === null && mayBeNull)) of.fail(name, 'text', value)
    text.set(name, value as string | null)
  }
  try {
    const statistics = parseStatistics(
      statisticsOf((name) => text.get(name) ?? null),
      type,
    )
    if (statistics.rows !== into.rows) of.fail('rows', `${into.rows}`, statistics.rows)
    const inline = texts[STATISTICS_FIELDS.length] ?? null
    into.columns.set(id as number, inline === null ? statistics : withText(statistics, inline))
  } catch (error) {
    if (!(error instanceof StatisticsProblem)) throw error
    of.fail(error.field, error.expected, text.get(error.field))
  }
}

/** The statistics whose texts `textOf` gives by field. */
export function statisticsOf(textOf: (field: string) => string | null): StatisticsText {
  const text = (field: string) => textOf(field) ?? '\\N'
  return {
    file: text('file'),
    rows: text('rows'),
    nulls: text('nulls'),
    nans: text('nans'),
    min: textOf('min'),
    max: textOf('max'),
    sum: textOf('sum'),
    distinct: text('distinct'),
    flags: textOf('flags') ?? '\\N',
    width: textOf('width'),
    longest: text('longest'),
    bytes: text('bytes'),
    crc32: text('crc32'),
  }
}
