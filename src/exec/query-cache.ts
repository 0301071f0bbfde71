import { hexDigest } from '../io/digest.ts'
import type { ObjectStore } from '../io/object-store.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'
import { planKey } from '../plan/plan-key.ts'
import { ColumnCache } from './cache/column-cache.ts'
import { partialAggregates } from './cache/partial-groups.ts'
import { ResultCache } from './cache/result-cache.ts'

/** Bytes that each part of a cache may take; 0 for a part that is off. */
export interface CacheLimits {
  readonly resultBytes: number
  readonly columnBytes: number
}

/** How much of an aggregate is in the cache. */
export interface PartialAnswer {
  /** Partitions whose groups are there. */
  readonly cached: number
  /** Partitions that it reads in all. */
  readonly partitions: number
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
    const key = planKey(plan, this.storeNames(stores))
    return key === null ? null : `${batchRowsMax} ${hexDigest('sha256', encoder.encode(key))}`
  }

  /** Of each aggregate that is kept by partition: how many it reads, and of how many groups are here. */
  partialAnswers(
    plan: LogicalPlan,
    stores: ReadonlyMap<string, ObjectStore>,
  ): ReadonlyMap<LogicalPlan, PartialAnswer> {
    const { results } = this
    if (results === null) return new Map()
    const aggregates = partialAggregates(plan, this.storeNames(stores))
    return new Map(
      [...aggregates].map(([node, keys]) => {
        const cached = [...keys.values()].filter((key) => results.has(key)).length
        return [node, { cached, partitions: keys.size }]
      }),
    )
  }

  /** A name for the store that a scan calls by its URL. */
  storeNames(stores: ReadonlyMap<string, ObjectStore>): (url: string) => string {
    return (url) => this.storeName(stores.get(url)!)
  }

  /** Forgets everything. */
  clear(): void {
    this.results?.clear()
    this.columns?.clear()
  }
}
