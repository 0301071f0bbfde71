import { hexDigest } from '../io/digest.ts'
import type { ObjectStore } from '../io/object-store.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'
import { planKey } from '../plan/plan-key.ts'
import { ColumnCache } from './cache/column-cache.ts'
import { ResultCache } from './cache/result-cache.ts'

/** Bytes that each part of a cache may take; 0 for a part that is off. */
export interface CacheLimits {
  readonly resultBytes: number
  readonly columnBytes: number
}

const encoder = new TextEncoder()

/** What the queries of one lake leave for those that come after them. */
export class QueryCache {
  /** Null when it is off. */
  readonly results: ResultCache | null
  /** Null when it is off. */
  readonly columns: ColumnCache | null
  /** Told apart by what they are: two stores in memory go by one URL. */
  readonly #stores = new WeakMap<ObjectStore, string>()
  #storeCount = 0

  constructor({ resultBytes, columnBytes }: CacheLimits) {
    this.results = resultBytes > 0 ? new ResultCache(resultBytes) : null
    this.columns = columnBytes > 0 ? new ColumnCache(columnBytes) : null
  }

  /** A name that no other store has had in this process's use of the cache. */
  storeName(store: ObjectStore): string {
    const known = this.#stores.get(store)
    if (known !== undefined) return known
    const name = String(++this.#storeCount)
    this.#stores.set(store, name)
    return name
  }

  /**
   * The key of the rows of `plan` in batches of at most `batchRowsMax`; null when they are not to
   * be kept.
   */
  resultKey(
    plan: LogicalPlan,
    stores: ReadonlyMap<string, ObjectStore>,
    batchRowsMax: number | undefined,
  ): string | null {
    if (this.results === null || plan.kind === 'values') return null
    const key = planKey(plan, (url) => this.storeName(stores.get(url)!))
    return key === null ? null : `${batchRowsMax} ${hexDigest('sha256', encoder.encode(key))}`
  }

  /** Forgets everything. */
  clear(): void {
    this.results?.clear()
    this.columns?.clear()
  }
}
