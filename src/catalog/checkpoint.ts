import { corrupt } from '../error.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { type CsvField, parseCheckpoint, printCheckpoint } from './checkpoint-csv.ts'
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
  parse(bytes: Uint8Array): Checkpoint<T>
  print(checkpoint: Checkpoint<T>): Uint8Array
  /** What a commit brought: values by partition id. */
  brought(record: CommitRecord): (readonly [id: number, value: T])[]
  /** Whether a partition that was removed and brought again by one commit is here as it was. */
  isSame(before: T, after: T): boolean
}

/** The state of a table that was just created. */
export const NO_CHECKPOINT = { upto: 0, prunedTo: 0, rows: [] } as const

/** The stored checkpoint; the empty one when there is none. Throws DATA naming key and line. */
export async function readCheckpoint<T>(
  store: ObjectStore,
  file: CheckpointFile<T>,
  signal?: AbortSignal,
): Promise<Checkpoint<T>> {
  const bytes = await store.get(file.key, { signal })
  return bytes === null ? NO_CHECKPOINT : file.parse(bytes)
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
  return {
    key,
    parse(bytes) {
      const { upto, prunedTo, rows, summary } = parseCheckpoint(bytes, key, PARTITION_FIELDS)
      const parsed = rows.map(({ fields, added, removed }, index) => {
        const [id, count] = [whole(fields[0]), whole(fields[1])]
        if (id === undefined || id < 1 || count === undefined || fields[2] !== null) {
          throw badRow(key, index, 'should be "partition,rows,\\N,added,removed"')
        }
        return { id, value: { id, rows: count }, added, removed }
      })
      checkSummary(key, summary, ['0', String(liveRows(parsed))])
      return { upto, prunedTo, rows: parsed }
    },
    print({ upto, prunedTo, rows }) {
      return printCheckpoint(PARTITION_FIELDS, ['0', String(liveRows(rows))], {
        upto,
        prunedTo,
        rows: rows.map(({ value, added, removed }) => ({
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
    parse(bytes) {
      const { upto, prunedTo, rows, summary } = parseCheckpoint(bytes, key, METADATA_FIELDS)
      const parsed = rows.map(({ fields, added, removed, text = null }, index) => {
        const id = whole(fields[0])
        if (id === undefined || id < 1) throw badRow(key, index, 'has no partition number')
        return new StatisticsRow({ id, added, removed }, () =>
          parseFields({ fields, text }, column, key, index),
        )
      })
      checkSummary(key, summary, summaryOf(parsed))
      return { upto, prunedTo, rows: parsed }
    },
    print({ upto, prunedTo, rows }) {
      const printed = rows.map(({ id, value, added, removed }) => {
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
    const { id, added, removed } = row
    if (added <= version && (removed === null || removed > version)) live.set(id, row.value)
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
  const rows = [...kept, ...live.values()].sort((a, b) => a.id - b.id || a.added - b.added)
  return { upto, prunedTo: Math.max(checkpoint.prunedTo, retainedFrom), rows }
}

/** A row whose statistics are parsed when they are asked for: most are of versions that nobody reads. */
class StatisticsRow implements Versioned<ColumnPartition> {
  readonly id: number
  readonly added: number
  readonly removed: number | null
  #value: ColumnPartition | (() => ColumnPartition)

  constructor(
    { id, added, removed }: Pick<Versioned<unknown>, 'id' | 'added' | 'removed'>,
    parse: () => ColumnPartition,
  ) {
    this.id = id
    this.added = added
    this.removed = removed
    this.#value = parse
  }

  get value(): ColumnPartition {
    if (typeof this.#value === 'function') this.#value = this.#value()
    return this.#value
  }
}

function parseFields(
  { fields, text }: { readonly fields: readonly CsvField[]; readonly text: CsvField },
  column: Column,
  key: string,
  index: number,
): ColumnPartition {
  try {
    const statistics = parseStatistics(
      statisticsOf((name) => fields[POSITIONS.get(name)!] ?? null),
      column.type,
    )
    return text === null ? statistics : withText(statistics, text)
  } catch (error) {
    if (!(error instanceof StatisticsProblem)) throw error
    throw badRow(key, index, `"${error.field}" should be ${error.expected}`)
  }
}

function liveRows(rows: readonly Versioned<{ readonly rows: number }>[]): number {
  return rows.reduce((sum, row) => (row.removed === null ? sum + row.value.rows : sum), 0)
}

function checkSummary(key: string, found: readonly CsvField[], expected: readonly CsvField[]) {
  if (found.every((field, position) => field === expected[position])) return
  throw corrupt(`"${key}" line 2: row 0 does not sum up the rows, or is another column's`, {
    key,
    line: 2,
    found,
    expected,
  })
}

/** `index` counts the rows after row 0; line breaks inside values are not counted. */
function badRow(key: string, index: number, problem: string) {
  return corrupt(`"${key}" line ${index + 3}: ${problem}`, { key, line: index + 3 })
}

function whole(field: CsvField | undefined): number | undefined {
  if (field === null || field === undefined || !/^(?:0|[1-9]\d{0,15})$/.test(field))
    return undefined
  return Number.isSafeInteger(Number(field)) ? Number(field) : undefined
}
