import type { Schema } from '../arrow/schema.ts'
import type { TableSnapshot } from '../catalog/model/table.ts'
import { scan } from '../plan/logical-plan.ts'
import { checkOptions } from './actions.ts'
import { restrictedScan, withoutShared } from './changes-frame.ts'
import type { DataFrame, Key } from './data-frame.ts'
import { type CELL, diffPlan } from './diff-plan.ts'
import { combined, type Derived, type FrameState, stateOf } from './frame-state.ts'
import { keyPairs } from './join-verb.ts'
import { LazyFrame } from './lazy-frame.ts'
import type { Nullable, Unless, Untyped, Utf8 } from './type-tag.ts'

type Cell = (typeof CELL)[number]

/** One row per cell that differs: the key columns, then what `diff` tells of the cell. */
export type DiffFrame<S, K extends Key<S>> = DataFrame<
  Unless<
    S,
    {
      [P in K | Cell]: P extends 'left' | 'right'
        ? Nullable<Utf8>
        : P extends Cell
          ? Utf8
          : P extends keyof S
            ? S[P]
            : never
    }
  >
>

/**
 * In which cells two frames of the same columns differ, rows being told by `key`: a lazy frame of
 * the key columns and `side` (`both` where the row is on both sides, `left` or `right` where it is
 * on one, which then has a row here for each of its cells), `column` (the name), `left` and `right`
 * (the values as text). A key has to be unique on each side, and rows with a null in it are taken
 * to be on one side. Of two versions of a table only the partitions that they do not share are
 * read.
 *
 * Throws INVALID for frames of other columns, and for keys that are no list of names; NOT_FOUND for a
 * name that is no column.
 *
 * @example diff(orders.at({ version: 3 }), orders, { key: 'id' })
 */
export function diff<S, K extends Key<S>>(
  left: DataFrame<S>,
  right: DataFrame<S>,
  options: { readonly key: K | readonly K[] },
): DiffFrame<S, K> {
  checkOptions(options, ['key'], 'diff')
  const [a, b] = [stateOf(left, 'diff'), stateOf(right, 'diff')]
  const key = keyPairs(options.key, 'diff').map(([name]) => name)
  const plan = diffPlan(a.plan, b.plan, key)
  const frame: LazyFrame = new LazyFrame(
    versionsDiff(a, b, { key, schema: plan.schema }) ?? combined(plan, a, b),
  )
  return frame as DataFrame<Untyped> as DiffFrame<S, K>
}

/** The difference of two versions of a table, from what they do not share; undefined for others. */
function versionsDiff(
  left: FrameState,
  right: FrameState,
  { key, schema }: { readonly key: readonly string[]; readonly schema: Schema },
): FrameState | undefined {
  const [a, b] = [wholeTable(left), wholeTable(right)]
  if (a === undefined || b === undefined) return undefined
  const isSame = a.table.tableId === b.table.tableId && a.origin.store === b.origin.store
  if (!isSame) return undefined
  const derive = async (): Promise<Derived> => {
    const before = (await a.origin.resolve?.()) ?? a.table
    const after = (await b.origin.resolve?.()) ?? b.table
    const ids = before.columns.map((column) => column.id)
    const old = await a.origin.catalog.partitions(before, ids)
    const now = await b.origin.catalog.partitions(after, ids)
    const [gone, come] = withoutShared(old, now, ids)
    const [from, to] = [
      restrictedScan(a.origin, before, new Set(gone.map(({ id }) => id))),
      restrictedScan(b.origin, after, new Set(come.map(({ id }) => id))),
    ]
    const origins = new Map([from, to].map(({ snapshot, origin }) => [snapshot, origin]))
    return { plan: diffPlan(scan(from.snapshot), scan(to.snapshot), key), origins }
  }
  const columns = schema.fields.map(({ name, type, nullable }, at) => {
    return { id: at + 1, name, type, nullable, folder: String(at + 1) }
  })
  const name = `${a.table.name} beside ${b.table.name}`
  const table: TableSnapshot = Object.freeze({
    ...a.table,
    name,
    version: -1,
    columns,
    clusterBy: [],
  })
  const { catalog, store } = a.origin
  const origin = { catalog, store, resolve: null, derive }
  return { ...left, plan: scan(table), origins: new Map([[table, origin]]) }
}

/** The table of a frame that is all of its rows; undefined for any other frame. */
function wholeTable({ plan, origins }: FrameState) {
  if (plan.kind !== 'scan') return undefined
  const { table } = plan
  const origin = origins.get(table)
  return origin === undefined || origin.derive !== undefined ? undefined : { table, origin }
}
