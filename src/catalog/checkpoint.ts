import { corrupt } from '../error.ts'
import type { ObjectStore } from '../io/object-store.ts'
import {
  type CheckpointRow,
  type CsvField,
  parseCheckpoint,
  printCheckpoint,
} from './checkpoint-csv.ts'
import type { CommitRecord } from './model/commit-record.ts'
import type { Head } from './model/head.ts'
import type { ColumnPartition } from './model/partition-set.ts'
import { type Column, fileText, type Partition } from './model/table.ts'
import { statisticsOf } from './record-json.ts'
import {
  parseStatistics,
  printStatistics,
  STATISTICS_FIELDS,
  StatisticsProblem,
  withText,
} from './statistics-text.ts'

const PARTITION_FIELDS = ['partition', 'rows', 'crc32']
const METADATA_FIELDS = ['partition', ...STATISTICS_FIELDS]
const POSITIONS = new Map(METADATA_FIELDS.map((name, position) => [name, position]))

/** What a checkpoint says of one partition, and between which versions it was live. */
export interface Versioned<T> {
  readonly id: number
  readonly value: T
  readonly added: number
  readonly removed: number | null
}

/** Everything up to version `upto`, nothing of later ones. */
export interface Checkpoint<T> {
  readonly upto: number
  /** Rows that only versions below this one see may be missing. */
  readonly prunedTo: number
  readonly rows: readonly Versioned<T>[]
}

/** How one kind of checkpoint is stored: a table's partitions, or the files of one column. */
export interface CheckpointFile<T> {
  readonly key: string
  /** @param version Rows that this version has not may be left out; none when it is not given. */
  parse(bytes: Uint8Array, version?: number): Checkpoint<T>
  print(checkpoint: Checkpoint<T>): Uint8Array
  /** What a commit brought: values by partition id. */
  brought(record: CommitRecord): (readonly [id: number, value: T])[]
  /** Whether a partition that was removed and brought again by one commit is here as it was. */
  isSame(before: T, after: T): boolean
}

/** The state of a table that was just created. */
export const NO_CHECKPOINT = { upto: 0, prunedTo: 0, rows: [] } as const

/**
 * The stored checkpoint; the empty one when there is none. Throws DATA naming key and line.
 *
 * @param options `version`: rows that this version has not may be left out.
 */
export async function readCheckpoint<T>(
  store: ObjectStore,
  file: CheckpointFile<T>,
  {
    version,
    signal,
  }: { readonly version?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<Checkpoint<T>> {
  const bytes = await store.get(file.key, { signal })
  if (bytes === null) return NO_CHECKPOINT
  return file.parse(bytes, version)
}

/** The checkpoint, or none where it is older than what is left of the log of `head`. */
export function usable<T>(
  checkpoint: Checkpoint<T>,
  { trimmed }: Pick<Head, 'trimmed'>,
): Checkpoint<T> {
  return checkpoint.upto < (trimmed?.version ?? 0) ? NO_CHECKPOINT : checkpoint
}

/** `_table/partitions.csv`: the rows of every partition. */
export function partitionsFile(folder: string): CheckpointFile<Partition> {
  const key = `${folder}/_table/partitions.csv`
  const summaryOf = (rows: readonly Versioned<Partition>[]) => ['0', String(liveRows(rows))]
  return {
    key,
    parse(bytes, version) {
      const of = { bytes, key, fields: PARTITION_FIELDS, version, summaryOf }
      return parsed(of, (row) => {
        const { fields } = row
        const [id, count] = [whole(fields[0]), whole(fields[1])]
        if (id !== undefined && id > 0 && count !== undefined && fields[2] === null) {
          return { id, value: { id, rows: count } }
        }
        throw badRow(key, row, 'should be "partition,rows,\\N,added,removed"')
      })
    },
    print({ upto, prunedTo, rows }) {
      return printCheckpoint(PARTITION_FIELDS, summaryOf(rows), {
        upto,
        prunedTo,
        rows: liveFirst(rows).map(({ value, added, removed }) => ({
          fields: [String(value.id), String(value.rows), null],
          added,
          removed,
        })),
      })
    },
    brought: ({ actions }) =>
      actions.flatMap((action) =>
        action.kind === 'addPartition'
          ? [[action.id, { id: action.id, rows: action.rows }] as const]
          : [],
      ),
    isSame: (before, after) => before.rows === after.rows,
  }
}

/** `<Column>/metadata.csv`: the statistics of every file of `column`. */
export function metadataFile(folder: string, column: Column): CheckpointFile<ColumnPartition> {
  const key = `${folder}/${column.folder}/metadata.csv`
  const summaryOf = (rows: readonly Versioned<ColumnPartition>[]) =>
    METADATA_FIELDS.slice(0, -1).map((name): CsvField => {
      if (name === 'partition') return '0'
      if (name === 'file') return String(column.id)
      return name === 'rows' ? String(liveRows(rows)) : null
    })
  return {
    key,
    parse(bytes, version) {
      const of = { bytes, key, fields: METADATA_FIELDS, version, summaryOf }
      return parsed(of, (row) => {
        const id = whole(row.fields[0])
        if (id === undefined || id < 1) throw badRow(key, row, 'has no partition number')
        return { id, value: parseFields(row, column, key) }
      })
    },
    print({ upto, prunedTo, rows }) {
      const printed = liveFirst(rows).map(({ id, value, added, removed }) => {
        const text = printStatistics(value, column.type)
        const fields = [String(id), ...STATISTICS_FIELDS.map((name) => text[name])]
        return { fields, added, removed, text: value.text ?? null }
      })
      return printCheckpoint(METADATA_FIELDS, summaryOf(rows), { upto, prunedTo, rows: printed })
    },
    brought: ({ actions }) =>
      actions.flatMap((action) => {
        const found = action.kind === 'addPartition' ? action.columns.get(column.id) : undefined
        return found === undefined ? [] : [[action.id, found] as const]
      }),
    isSame: (before, after) => fileText(before.file) === fileText(after.file),
  }
}

/** The values live at `version`, by partition id. `records` are those after the checkpoint. */
export function liveAt<T>(
  file: CheckpointFile<T>,
  checkpoint: Checkpoint<T>,
  records: readonly CommitRecord[],
  version: number,
): Map<number, T> {
  const live = new Map<number, T>()
  for (const row of checkpoint.rows) {
    const { added, removed } = row
    if (added <= version && (removed === null || removed > version)) live.set(row.id, row.value)
  }
  for (const record of records) {
    if (record.version <= checkpoint.upto || record.version > version) continue
    for (const action of record.actions) {
      if (action.kind === 'removePartition') live.delete(action.id)
    }
    for (const [id, value] of file.brought(record)) live.set(id, value)
  }
  return live
}

/** The checkpoint moved on to `upto`; rows that no retained version sees are left out. */
export function advance<T>(
  file: CheckpointFile<T>,
  checkpoint: Checkpoint<T>,
  records: readonly CommitRecord[],
  { upto, retainedFrom }: { upto: number; retainedFrom: number },
): Checkpoint<T> {
  const ended = checkpoint.rows.filter(({ removed }) => removed !== null)
  const live = new Map<number, Versioned<T>>()
  for (const row of checkpoint.rows) if (row.removed === null) live.set(row.id, row)
  for (const record of records) {
    const { version: added, actions } = record
    if (added <= checkpoint.upto || added > upto) continue
    const removed = new Map<number, Versioned<T>>()
    for (const action of actions) {
      const row = action.kind === 'removePartition' ? live.get(action.id) : undefined
      if (row === undefined) continue
      removed.set(row.id, row)
      live.delete(row.id)
    }
    for (const [id, value] of file.brought(record)) {
      const before = removed.get(id)
      const isSame = before !== undefined && file.isSame(before.value, value)
      live.set(id, isSame ? before : { id, value, added, removed: null })
      if (isSame) removed.delete(id)
    }
    for (const row of removed.values()) {
      ended.push({ id: row.id, value: row.value, added: row.added, removed: added })
    }
  }
  const kept = ended.filter(({ removed }) => removed! > retainedFrom)
  const rows = [...kept, ...live.values()]
  return { upto, prunedTo: Math.max(checkpoint.prunedTo, retainedFrom), rows }
}

/** A row that is parsed when it is asked for. */
class StoredVersion<T> implements Versioned<T> {
  readonly added: number
  readonly removed: number | null
  readonly #row: CheckpointRow
  readonly #parse: (row: CheckpointRow) => Pick<Versioned<T>, 'id' | 'value'>
  #parsed: Pick<Versioned<T>, 'id' | 'value'> | undefined

  constructor(
    row: CheckpointRow,
    parse: (row: CheckpointRow) => Pick<Versioned<T>, 'id' | 'value'>,
  ) {
    this.added = row.added
    this.removed = row.removed
    this.#row = row
    this.#parse = parse
  }

  get id(): number {
    return this.#read().id
  }

  get value(): T {
    return this.#read().value
  }

  #read() {
    this.#parsed ??= this.#parse(this.#row)
    return this.#parsed
  }
}

/** Rows in the order that they are stored in: so a reader of the last version need not read all. */
function liveFirst<T>(rows: readonly Versioned<T>[]): Versioned<T>[] {
  const end = ({ removed }: Versioned<T>) => removed ?? Number.MAX_SAFE_INTEGER
  return [...rows].sort((a, b) => end(b) - end(a) || a.id - b.id || a.added - b.added)
}

interface StoredRows<T> {
  readonly bytes: Uint8Array
  readonly key: string
  /** Names of the fields. */
  readonly fields: readonly string[]
  readonly version: number | undefined
  /** What row 0 has to say of the rows. */
  summaryOf(rows: readonly Versioned<T>[]): readonly CsvField[]
}

/** Throws DATA unless row 0 sums up the rows. */
function parsed<T>(
  { bytes, key, fields, version, summaryOf }: StoredRows<T>,
  parse: (row: CheckpointRow) => Pick<Versioned<T>, 'id' | 'value'>,
): Checkpoint<T> {
  const read = (which: 'all' | 'live') => {
    const { upto, prunedTo, rows: stored, summary } = parseCheckpoint(bytes, key, fields, which)
    const rows = stored.map((row) => new StoredVersion(row, parse))
    const expected = summaryOf(rows)
    const isSum = summary.every((field, position) => field === expected[position])
    return { checkpoint: { upto, prunedTo, rows }, isSum, found: summary, expected }
  }
  // A row that another order has put behind one that was removed is missing in the sum.
  const live = version === undefined ? undefined : read('live')
  if (live?.isSum === true && version! >= live.checkpoint.upto) return live.checkpoint
  const { checkpoint, isSum, found, expected } = read('all')
  if (isSum) return checkpoint
  throw corrupt(`"${key}" line 2: row 0 does not sum up the rows, or is another column's`, {
    key,
    line: 2,
    found,
    expected,
  })
}

function parseFields(row: CheckpointRow, column: Column, key: string): ColumnPartition {
  const { fields, text = null } = row
  try {
    const statistics = parseStatistics(
      statisticsOf((name) => fields[POSITIONS.get(name)!] ?? null),
      column.type,
    )
    return text === null ? statistics : withText(statistics, text)
  } catch (error) {
    if (!(error instanceof StatisticsProblem)) throw error
    throw badRow(key, row, `"${error.field}" should be ${error.expected}`)
  }
}

function liveRows(rows: readonly Versioned<{ readonly rows: number }>[]): number {
  return rows.reduce((sum, row) => (row.removed === null ? sum + row.value.rows : sum), 0)
}

function badRow(key: string, { line }: CheckpointRow, problem: string) {
  return corrupt(`"${key}" line ${line}: ${problem}`, { key, line })
}

function whole(field: CsvField | undefined): number | undefined {
  if (field === null || field === undefined || !/^(?:0|[1-9]\d{0,15})$/.test(field))
    return undefined
  return Number.isSafeInteger(Number(field)) ? Number(field) : undefined
}
