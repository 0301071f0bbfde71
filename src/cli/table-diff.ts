import { typeText } from '../arrow/data-type.ts'
import type { Moment } from '../catalog/model/moment.ts'
import type { Column, TableSnapshot } from '../catalog/model/table.ts'
import type { ActionOptions } from '../frame/action-options.ts'
import type { AnyFrame } from '../frame/data-frame.ts'
import { fn } from '../frame/expr-builders.ts'
import { stateOf } from '../frame/frame-state.ts'
import type { Table } from '../frame/table.ts'
import type { Untyped } from '../frame/type-tag.ts'

/** What became of a column: as text for people, null where it was not or is no more. */
export interface ColumnChange {
  readonly column: string
  readonly before: string | null
  readonly after: string | null
}

/** What differs between two versions of a table. */
export interface TableDiff {
  readonly from: number
  readonly to: number
  readonly columns: readonly ColumnChange[]
  readonly inserted: number
  readonly deleted: number
  readonly updated: number
  /** The rows that differ, as `table.changes` has them. */
  readonly changes: AnyFrame
}

/** Compares two versions of a table. Throws INVALID, NOT_FOUND and EXPIRED. */
export async function tableDiff(
  table: Table<Untyped>,
  {
    from,
    to = { version: table.version },
  }: { readonly from: Moment; readonly to?: Moment | undefined },
  options: ActionOptions = {},
): Promise<TableDiff> {
  const [before, after] = [await snapshotAt(table, from), await snapshotAt(table, to)]
  const span = { from: { version: before.version }, to: { version: after.version } }
  const changes = table.changes(span) as AnyFrame
  const counts = new Map<unknown, number>()
  const grouped = changes.groupBy('_change').agg(() => ({ rows: fn.count() }))
  for (const { _change, rows } of await grouped.toArray(options)) counts.set(_change, Number(rows))
  return {
    from: before.version,
    to: after.version,
    columns: columnChanges(before.columns, after.columns),
    inserted: counts.get('insert') ?? 0,
    deleted: counts.get('delete') ?? 0,
    updated: counts.get('updateAfter') ?? 0,
    changes,
  }
}

/** Columns that came, went, got another name or another type; they are the same by their id. */
export function columnChanges(before: readonly Column[], after: readonly Column[]): ColumnChange[] {
  const text = ({ name, type, nullable }: Column) =>
    `${name} ${typeText(type)}${nullable ? '?' : ''}`
  const afterById = new Map(after.map((column) => [column.id, column]))
  const beforeIds = new Set(before.map(({ id }) => id))
  const changed = before.flatMap((column): ColumnChange[] => {
    const now = afterById.get(column.id)
    if (now === undefined) return [{ column: column.name, before: text(column), after: null }]
    if (text(now) === text(column)) return []
    return [{ column: now.name, before: text(column), after: text(now) }]
  })
  const added = after
    .filter(({ id }) => !beforeIds.has(id))
    .map((column) => ({ column: column.name, before: null, after: text(column) }))
  return [...changed, ...added]
}

/** `+ column`, `- column` or `~ before → after`. */
export function columnChangeText({ before, after }: ColumnChange): string {
  if (before === null) return `+ ${after}`
  return after === null ? `- ${before}` : `~ ${before} → ${after}`
}

async function snapshotAt(table: Table<Untyped>, moment: Moment): Promise<TableSnapshot> {
  const { plan, origins } = stateOf(table.at(moment), 'diff')
  if (plan.kind !== 'scan') throw new Error('a table is no scan')
  return origins.get(plan.table)!.resolve!()
}
