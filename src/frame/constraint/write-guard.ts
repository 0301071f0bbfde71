import { type Batch, batch, batchBytes, concatBatches, takeBatch } from '../../arrow/batch.ts'
import type { Vector } from '../../arrow/vector.ts'
import type { Action } from '../../catalog/model/commit-record.ts'
import {
  type Column,
  type Partition,
  type TableSnapshot,
  tableSchema,
} from '../../catalog/model/table.ts'
import type { CommitGuard } from '../../catalog/staged-change.ts'
import type { StagedWriter } from '../../catalog/table-catalog.ts'
import type { GraupelError } from '../../error.ts'
import { failingRows } from './failing-rows.ts'
import { FoundRows, type RowsPlace } from './found-rows.ts'
import { KeyGuard } from './key-guard.ts'
import { type CheckRule, type Rule, type Rules, rulesOf } from './rules.ts'
import { type RowPlace, violation } from './violation.ts'

/** Rows and bytes that are compared with what is there at once. */
const RUN_ROWS_MAX = 1_000_000
const RUN_BYTES_MAX = 256 * 1024 * 1024

/** How the rows of a write are looked at. */
export interface RowChecks {
  /** Where a row comes from, by its number; its number says it unless told. */
  readonly placeOf?: ((row: number) => RowPlace) | undefined
  /** Told how many rows have been looked at so far. */
  readonly passed?: ((rows: number) => void) | undefined
  /** Told of each row that is left out; without it the first one is thrown. */
  readonly reject?: ((error: () => GraupelError) => void) | undefined
}

/** What a partition becomes: its rows `kept`, with `changed` columns. */
export interface RewrittenRows {
  readonly partition: Partition
  readonly kept: Uint32Array
  /** Columns with new values, as they are afterwards. */
  readonly changed: ReadonlyMap<string, Vector>
  /** Other columns, as they are before. */
  read(columns: readonly Column[]): Promise<Batch>
}

/**
 * Keeps the constraints of a table in one write: rows are checked before they are staged, against
 * what the table has and each other; the commit then asks about what others have done meanwhile.
 */
export class WriteGuard {
  readonly #rules: Rules
  readonly #keys: readonly KeyGuard[]

  private constructor(rules: Rules, found: FoundRows | null) {
    this.#rules = rules
    this.#keys = rules.keys.map((rule) => new KeyGuard(rule, found))
  }

  /**
   * The guard of what `writer` writes to a table as in `snapshot`.
   *
   * @param against The version whose rows are there: the newest unless told, `none` when all go.
   */
  static async of(
    writer: Pick<StagedWriter, 'guardedBy'>,
    place: RowsPlace,
    { snapshot, against = 'newest' }: GuardedTable,
  ): Promise<WriteGuard> {
    const rules = rulesOf(snapshot, snapshot.constraints)
    if (rules.keys.length === 0 || against === 'none') return new WriteGuard(rules, null)
    const version =
      against === 'newest' ? (await place.catalog.shared.read(place.signal)).head.version : against
    const guard = new WriteGuard(rules, new FoundRows(place, { ...snapshot, version }))
    writer.guardedBy(guard.#commitGuard(snapshot.name, version))
    return guard
  }

  /** The rows of `batches` that every constraint takes. Throws INVALID for the first other one. */
  async *checked(
    batches: AsyncIterable<Batch> | Iterable<Batch>,
    how: RowChecks = {},
  ): AsyncGenerator<Batch, void, undefined> {
    const { checks, keys } = this.#rules
    if (checks.length + keys.length === 0) return yield* batches
    const runs = keys.length === 0 ? batches : runsOf(batches)
    let rowsBefore = 0
    for await (const run of runs) {
      const kept = await this.#keptRows(run, how, rowsBefore)
      rowsBefore += run.length
      how.passed?.(rowsBefore)
      if (kept.length === run.length) yield run
      else if (kept.length > 0) yield takeBatch(run, kept, kept.length)
    }
  }

  /** All rows of a partition go. */
  removed({ id }: Partition): void {
    for (const key of this.#keys) key.replace(id, null)
  }

  /**
   * Rows of a partition go or change.
   *
   * @param set Names of the columns that clauses give values to.
   */
  async rewritten(rows: RewrittenRows, set: ReadonlySet<string>): Promise<void> {
    const { partition, kept } = rows
    const isSet = ({ columns }: Rule) => columns.some(({ name }) => set.has(name))
    for (const check of this.#rules.checks) {
      if (isSet(check)) refuseFailing(check, await rowsAfter(rows, check.columns))
    }
    for (const key of this.#keys) {
      if (isSet(key.rule)) key.replace(partition.id, await rowsAfter(rows, key.rule.columns))
      else if (kept.length < partition.rows) key.shrink(partition.id, kept)
    }
  }

  /** All partitions that change have been told. */
  async settle(): Promise<void> {
    for (const key of this.#keys) await key.settle()
  }

  async #keptRows(run: Batch, how: RowChecks, rowsBefore: number): Promise<Uint32Array> {
    const failing = new Map<number, Rule>()
    for (const rule of this.#rules.checks) {
      for (const row of failingRows(rule.predicate, run)) {
        if (!failing.has(row)) failing.set(row, rule)
      }
    }
    const ids: Int32Array[] = []
    for (const key of this.#keys) ids.push(await key.number(run))
    const kept = new Uint32Array(run.length)
    let count = 0
    for (let row = 0; row < run.length; row++) {
      const rule =
        failing.get(row) ?? this.#keys.find((key, at) => !key.isFree(ids[at]![row]!))?.rule
      if (rule !== undefined) {
        refuse(rule, run, row, { ...how, number: rowsBefore + row })
        continue
      }
      for (const [at, key] of this.#keys.entries()) key.take(ids[at]![row]!)
      kept[count++] = row
    }
    return kept.subarray(0, count)
  }

  #commitGuard(table: string, version: number): CommitGuard {
    return {
      version,
      admit: async (since: readonly Action[]) => {
        for (const key of this.#keys) await key.admit(since, table)
      },
    }
  }
}

/** Throws for a row, number `number` of what is written, or tells that it is left out. */
function refuse(
  rule: Rule,
  run: Batch,
  row: number,
  { number, placeOf, reject }: RowChecks & { readonly number: number },
): void {
  const place = placeOf?.(number) ?? { row: number }
  const error = () => violation({ rule, vectors: vectorsOf(run, rule), row }, place)
  if (reject === undefined) throw error()
  reject(error)
}

/** A table that is written to. */
export interface GuardedTable {
  readonly snapshot: TableSnapshot
  readonly against?: number | 'newest' | 'none' | undefined
}

export function refuseFailing(rule: CheckRule, rows: Batch): void {
  const [row] = failingRows(rule.predicate, rows)
  if (row !== undefined) throw violation({ rule, vectors: vectorsOf(rows, rule), row }, undefined)
}

function vectorsOf(rows: Batch, { columns }: Rule): Vector[] {
  return columns.map(({ name }) => rows.columns[rows.schema.positions.get(name)!]!)
}

/** `columns` of a partition as they are afterwards. */
async function rowsAfter(
  { kept, changed, partition, read }: RewrittenRows,
  columns: readonly Column[],
): Promise<Batch> {
  const others = columns.filter(({ name }) => !changed.has(name))
  const before = await read(others)
  const rest = kept.length === partition.rows ? before : takeBatch(before, kept, kept.length)
  const vectors = columns.map(({ name }) => {
    return changed.get(name) ?? rest.columns[rest.schema.positions.get(name)!]!
  })
  return batch(tableSchema(columns), vectors, kept.length)
}

async function* runsOf(batches: AsyncIterable<Batch> | Iterable<Batch>): AsyncGenerator<Batch> {
  let held: Batch[] = []
  let rows = 0
  let bytes = 0
  for await (const part of batches) {
    if (part.length === 0) continue
    held.push(part)
    rows += part.length
    bytes += batchBytes(part)
    if (rows < RUN_ROWS_MAX && bytes < RUN_BYTES_MAX) continue
    yield concatBatches(held[0]!.schema, held)
    held = []
    rows = 0
    bytes = 0
  }
  if (held.length > 0) yield concatBatches(held[0]!.schema, held)
}
