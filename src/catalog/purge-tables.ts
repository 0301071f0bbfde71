import { throwIfAborted } from '../error.ts'
import { nowMs } from '../io/clock-and-ids.ts'
import type { StoredObject } from '../io/object-store.ts'
import { pooled } from '../io/pooled.ts'
import { releasePins } from './clone-table.ts'
import type { TablesOfDatabase } from './drop-table.ts'
import type { Head } from './model/head.ts'
import { momentOf } from './moment-version.ts'
import type { SharedTable } from './shared-table.ts'
import { purgeHead } from './trim-log.ts'

const DELETES_MAX = 8
const STORED =
  /^(?:(?!_)[^/]+\/(?:metadata|partition[1-9]\d{0,15})\.csv|_table\/partitions\.csv|_table\/log\/[^/]+\.jsonl?)$/

/** What is to be kept of tables that were dropped. */
export interface DatabaseVacuumOptions {
  /** How long a table can be brought back: a time such as `'7d'` (units: ms, s, m, h, d, w). */
  readonly retain: string
  /** True removes nothing and tells in `keys` what would be. */
  readonly dryRun?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a vacuum of a database removed, or would. */
export interface DatabaseVacuumResult {
  /** Names of the tables that left something, in the order of their drops. */
  readonly tables: readonly string[]
  readonly files: number
  readonly bytes: number
  /** Keys of the objects; only of a dry run. */
  readonly keys: readonly string[]
}

/**
 * Removes what was left by tables that were dropped longer than `retain` ago: from then on they
 * cannot be brought back. The head of each is swapped first for one that says so, which no undrop,
 * reader or writer passes; only then files go. A table of which a clone reads files stays. Throws
 * INVALID for a `retain` that is none.
 */
export async function purgeTables(
  of: TablesOfDatabase,
  { retain, dryRun, signal }: DatabaseVacuumOptions,
): Promise<DatabaseVacuumResult> {
  const now = nowMs()
  const asked = momentOf({ offset: `-${retain}` }, now)
  const instant = 'instant' in asked ? asked.instant : now
  const { cell } = await of.head.read()
  const tables: string[] = []
  const garbage: StoredObject[] = []
  for (const entry of cell.dropped.filter(({ droppedAt }) => droppedAt <= instant)) {
    throwIfAborted(signal)
    const table = of.shared(entry)
    const found = dryRun === true ? await purgeable(table) : await purged(table, signal)
    const left = found === undefined ? [] : await leftBy(table, found, signal)
    if (left.length > 0) tables.push(entry.name)
    garbage.push(...left)
    if (dryRun === true) continue
    await pooled(left, DELETES_MAX, ({ key }) => table.store.delete(key, { signal }))
  }
  const bytes = garbage.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const keys = dryRun === true ? garbage.map(({ key }) => key) : []
  return { tables, files: garbage.length, bytes, keys }
}

async function purged(table: SharedTable, signal: AbortSignal | undefined) {
  await releasePins(table)
  return purgeHead(table, signal)
}

async function purgeable(table: SharedTable): Promise<Head | undefined> {
  const { head } = await table.read()
  const isFree = head.state === 'dropped' && head.pins.length === 0
  return isFree || head.state === 'purged' ? head : undefined
}

/** What a purged table has in its folder, but for what its head names and the head itself. */
async function leftBy(
  { store, folder }: SharedTable,
  head: Head,
  signal: AbortSignal | undefined,
): Promise<StoredObject[]> {
  const named = new Set(
    head.state === 'purged' ? head.segments.map(({ file }) => `_table/log/${file}`) : [],
  )
  const left: StoredObject[] = []
  for await (const object of store.list(`${folder}/`, { signal })) {
    const path = object.key.slice(folder.length + 1)
    if (STORED.test(path) && !named.has(path)) left.push(object)
  }
  return left
}
