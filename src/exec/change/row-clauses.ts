import { type Batch, batch, takeBatch } from '../../arrow/batch.ts'
import type { DataType } from '../../arrow/data-type.ts'
import { schema } from '../../arrow/schema.ts'
import { concat, take, type Vector } from '../../arrow/vector.ts'
import type { Expr } from '../../plan/expr.ts'
import { evaluate, selectRows } from '../evaluate.ts'

/** New values by column, each of the column's type. */
export type Assignments = ReadonlyMap<string, Expr>

/** What becomes of the rows for which `when` is true; of all when it is null. */
export interface Clause {
  readonly when: Expr | null
  readonly outcome: 'delete' | Assignments
}

/** Rows of a batch, ascending, and what stands beside each of them. */
export interface Rows {
  readonly rows: Uint32Array
  /** A row for each of `rows`; null when there is nothing beside them. */
  readonly beside: Batch | null
}

/** The rows that a clause decides about. */
export interface Hit extends Rows {
  readonly outcome: Clause['outcome']
}

/** Row numbers 0 to `length - 1`. */
export function allRows(length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, row) => row)
}

/**
 * Gives each row to the first clause that is true for it. Throws INVALID where a condition cannot
 * be computed.
 *
 * @param target The columns that the conditions name, with those of `of.beside`.
 */
export function hitsOf(clauses: readonly Clause[], target: Batch, of: Rows): Hit[] {
  const hits: Hit[] = []
  let open = of
  for (const { when, outcome } of clauses) {
    const count = open.rows.length
    if (count === 0) break
    if (when === null) return [...hits, { ...open, outcome }]
    const taken = new Uint32Array(count)
    const takenCount = selectRows(when, sideBySide(target, open), null, count, taken)
    if (takenCount === 0) continue
    hits.push({ ...subset(open, taken.subarray(0, takenCount)), outcome })
    open = subset(open, others(taken, takenCount, count))
  }
  return hits
}

/** The rows of `target` that `of` names, with what stands beside them. */
export function sideBySide(target: Batch, { rows, beside }: Rows): Batch {
  const count = rows.length
  const left = count === target.length ? target : takeBatch(target, rows, count)
  if (beside === null) return left
  const fields = schema([...left.schema.fields, ...beside.schema.fields])
  return batch(fields, [...left.columns, ...beside.columns], count)
}

/**
 * The values of one column after `hits`, all of whose clauses that name it are evaluated over the
 * values as they were.
 *
 * @param before The column as it was; null when every row is given another value.
 * @param kept The rows that stay, ascending.
 */
export function newValues(
  column: { readonly name: string; readonly type: DataType },
  before: Vector | null,
  target: Batch,
  hits: readonly Hit[],
  kept: Uint32Array,
): Vector {
  const parts: Vector[] = before === null ? [] : [before]
  const from = before === null ? new Uint32Array(target.length) : allRows(target.length)
  let offset = before?.length ?? 0
  for (const { rows, beside, outcome } of hits) {
    const expr = outcome === 'delete' ? undefined : outcome.get(column.name)
    if (expr === undefined) continue
    parts.push(evaluate(expr, sideBySide(target, { rows, beside })))
    for (let i = 0; i < rows.length; i++) from[rows[i]!] = offset + i
    offset += rows.length
  }
  const index = new Uint32Array(kept.length)
  for (let i = 0; i < kept.length; i++) index[i] = from[kept[i]!]!
  return take(concat(column.type, parts), index, index.length)
}

/** The rows of 0 to `length - 1` that no clause of `hits` deletes. */
export function keptRows(hits: readonly Hit[], length: number): Uint32Array {
  const gone = new Uint8Array(length)
  for (const { rows, outcome } of hits) {
    if (outcome === 'delete') for (let i = 0; i < rows.length; i++) gone[rows[i]!] = 1
  }
  const kept = new Uint32Array(length)
  let count = 0
  for (let row = 0; row < length; row++) if (gone[row] === 0) kept[count++] = row
  return kept.subarray(0, count)
}

function subset({ rows, beside }: Rows, positions: Uint32Array): Rows {
  const count = positions.length
  const chosen = new Uint32Array(count)
  for (let i = 0; i < count; i++) chosen[i] = rows[positions[i]!]!
  return { rows: chosen, beside: beside === null ? null : takeBatch(beside, positions, count) }
}

/** Positions up to `length` that are not among the ascending `taken[0 .. count)`. */
function others(taken: Uint32Array, count: number, length: number): Uint32Array {
  const rest = new Uint32Array(length - count)
  let next = 0
  for (let position = 0, at = 0; position < length; position++) {
    if (at < count && taken[at] === position) at++
    else rest[next++] = position
  }
  return rest
}
