import { GraupelError, throwIfAborted } from '../error.ts'
import { newUuid } from '../io/clock-and-ids.ts'
import { linkedSignal } from '../io/linked-signal.ts'
import type { Join } from '../plan/logical-plan.ts'
import type { BucketAccess } from './bucket-place.ts'
import type { Cluster } from './cluster.ts'
import { failure } from './failure.ts'
import type { Servers, Written } from './servers.ts'
import type { ShuffleFolder } from './shuffle-folder.ts'
import {
  type BucketFile,
  countSql,
  type JoinSide,
  type StoredJoin,
  type StoredSide,
  writeSql,
} from './sql-of-buckets.ts'
import { sqlOfSide } from './sql-of-plan.ts'

/** Who writes a side of a join, and where. */
export interface SideWriting {
  readonly servers: Servers
  readonly access: BucketAccess
  readonly cluster: Cluster
  readonly nodes: readonly string[]
  readonly folder: ShuffleFolder
  readonly signal: AbortSignal | undefined
  /** Is told what has been read when a part is done. */
  readonly read: (bytes: number) => void
}

/**
 * Has the servers write the rows of `side` into a fresh folder: each those that are dealt to it, one file for
 * each bucket. Throws when one of them fails; then none writes any more.
 */
export async function writtenSide(side: JoinSide, writing: SideWriting): Promise<StoredSide> {
  const { servers, access, cluster, folder, signal, read } = writing
  const writers = await servers.living()
  const selects = sqlOfSide(side, access, cluster, Math.max(1, writers.length))
  const fresh = folder.fresh()
  const linked = linkedSignal(signal)
  const parts = selects.map(async ({ sql }, part) => {
    const place = { storeUrl: folder.storeUrl, folder: `${fresh}/${part}`, access }
    const queryId = newUuid()
    const failed = failedStatement(queryId, writing)
    const own = { queryId, signal: linked.signal }
    const done = await servers.write(writers[part] ?? 0, writeSql(sql, side, place), own, failed)
    read(done.readBytes)
    return done
  })
  try {
    const done = await Promise.all(parts)
    return await storedSide(side, done, fresh, { ...writing, signal: linked.signal, writers })
  } catch (error) {
    linked.end()
    await Promise.allSettled(parts)
    throwIfAborted(signal)
    throw error
  } finally {
    linked.end()
  }
}

const failedStatement =
  (queryId: string, { nodes }: Pick<SideWriting, 'nodes'>) =>
  (text: string, cause?: unknown): GraupelError =>
    failure(text, { queryId, nodes }, cause)

/** The files of a side, after each part has been found to have as many rows as were written. */
async function storedSide(
  { buckets }: JoinSide,
  done: readonly Written[],
  fresh: string,
  of: SideWriting & { readonly signal: AbortSignal; readonly writers: readonly number[] },
): Promise<StoredSide> {
  const { folder, signal } = of
  const files = Array.from({ length: buckets }, (): BucketFile[] => [])
  const parts = done.map((): string[] => [])
  for (const { key, byteLength } of await folder.objects(fresh, signal)) {
    const [part, bucket] = key.slice(fresh.length + 1, -'.parquet'.length).split('/')
    files[Number(bucket)]!.push({ key, bytes: byteLength })
    parts[Number(part)]!.push(key)
  }
  await Promise.all(
    parts.map(async (keys, part) => {
      const found = await countedRows(keys, of.writers[part] ?? 0, of)
      const { rows } = done[part]!
      if (found === rows) return
      throw new GraupelError(
        'DATA',
        `a shuffle wrote ${rows} rows, and ${found} are in "${fresh}/${part}"`,
        { folder: `${fresh}/${part}`, written: rows, found },
      )
    }),
  )
  return { storeUrl: folder.storeUrl, buckets: files }
}

async function countedRows(
  keys: readonly string[],
  server: number,
  writing: SideWriting & { readonly signal: AbortSignal },
): Promise<number> {
  if (keys.length === 0) return 0
  const { servers, access, folder, signal } = writing
  const queryId = newUuid()
  const counted = await servers.rows<{ readonly rows: string }>(
    server,
    countSql(folder.storeUrl, keys, access),
    { queryId, signal },
    failedStatement(queryId, writing),
  )
  return counted.reduce((sum, { rows }) => sum + Number(rows), 0)
}

/** Joins of which both sides are written, as they come. */
export class StoredJoins {
  readonly #joins = new Map<Join, StoredJoin>()
  readonly #left = new Map<Join, StoredSide>()

  get joins(): ReadonlyMap<Join, StoredJoin> {
    return this.#joins
  }

  add({ join, side }: JoinSide, of: StoredSide): void {
    if (side === 'left') this.#left.set(join, of)
    else this.#joins.set(join, { left: this.#left.get(join)!, right: of })
  }
}
