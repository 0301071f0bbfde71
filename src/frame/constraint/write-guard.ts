import { type Batch, batch, takeBatch } from '../../arrow/batch.ts'
import type { Vector } from '../../arrow/vector.ts'
import type { Action } from '../../catalog/model/commit-record.ts'
import {
  type Column,
  type Partition,
  type TableSnapshot,
  tableSchema,
} from '../../catalog/model/table.ts'
import type { CommitGuard } from '../../catalog/staged-change.ts'
import type { StagedWriter, TableCatalog } from '../../catalog/table-catalog.ts'
import { failingRows } from './failing-rows.ts'
import { FoundRows, type RowsPlace } from './found-rows.ts'
import { type GivenRows, numbered, type Run, runsOf } from './given-rows.ts'
import { KeyGuard } from './key-guard.ts'
import { type CheckRule, type Rule, type Rules, rulesOf } from './rules.ts'
import { violation } from './violation.ts'
import { withIdentities } from './with-identities.ts'

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
  readonly #identified: (rows: Batch) => Promise<Batch>

  private constructor(
    { rules, snapshot }: { readonly rules: Rules; readonly snapshot: TableSnapshot },
    catalog: TableCatalog,
    found: FoundRows | null,
  ) {
    this.#rules = rules
    this.#keys = rules.keys.map((rule) => new KeyGuard(rule, found))
    this.#identified = (rows) => withIdentities(catalog, snapshot, rows)
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
    const { catalog, signal } = place
    const table = { rules: rulesOf(snapshot, snapshot.constraints), snapshot }
    if (table.rules.keys.length === 0 || against === 'none') {
      return new WriteGuard(table, catalog, null)
    }
    const version =
      against === 'newest' ? (await catalog.shared.read(signal)).head.version : against
    const found = new FoundRows(place, { ...snapshot, version })
    const guard = new WriteGuard(table, catalog, found)
    writer.guardedBy(guard.#commitGuard(snapshot.name, version))
    return guard
  }

  /** The rows of `batches`, with identities. Throws INVALID for the first that a constraint refuses. */
  checked(batches: AsyncIterable<Batch> | Iterable<Batch>): AsyncGenerator<Batch, void, undefined> {
    return this.taken(numbered(batches))
  }

  /** The rows, with identities, that every constraint takes. */
  async *taken(given: AsyncIterable<GivenRows>): AsyncGenerator<Batch, void, undefined> {
    const { checks, keys } = this.#rules
    for await (const run of runsOf(given, keys.length === 0 ? 'apart' : 'together')) {
      const whole = await this.#identified(run.batch)
      if (checks.length + keys.length === 0) {
        yield whole
        continue
      }
      const kept = await this.#keptRows(whole, run)
      if (kept.length === whole.length) yield whole
      else if (kept.length > 0) yield takeBatch(whole, kept, kept.length)
    }
  }

  /** Rows that are taken from here on may be given back. */
  mark(): void {
    for (const key of this.#keys) key.mark()
  }

  /** The rows that were taken since `mark` are not written. */
  giveBack(): void {
    for (const key of this.#keys) key.giveBack()
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

  async #keptRows(rows: Batch, run: Run): Promise<Uint32Array> {
    const failing = new Map<number, Rule>()
    for (const rule of this.#rules.checks) {
      for (const row of failingRows(rule.predicate, rows)) {
        if (!failing.has(row)) failing.set(row, rule)
      }
    }
    const ids: Int32Array[] = []
    for (const key of this.#keys) ids.push(await key.number(rows))
    const kept = new Uint32Array(rows.length)
    let count = 0
    for (let row = 0; row < rows.length; row++) {
      const rule =
        failing.get(row) ?? this.#keys.find((key, at) => !key.isFree(ids[at]![row]!))?.rule
      if (rule !== undefined) {
        run.reject(row, (place) => violation({ rule, vectors: vectorsOf(rows, rule), row }, place))
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
