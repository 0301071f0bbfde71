import { hexDigest } from '../io/digest.ts'
import type { ObjectStore } from '../io/object-store.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'
import { partialAggregates } from '../plan/partial-aggregates.ts'
import { planKey } from '../plan/plan-key.ts'
import { ColumnCache } from './cache/column-cache.ts'
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
const hashOf = (text: string): string => hexDigest('sha256', encoder.encode(text))

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
    const key = planKey(plan, this.#namesOf(stores))
    return key === null ? null : `${batchRowsMax} ${hashOf(key)}`
  }

  /** Of each aggregate that is kept by partition the keys of its groups, by partition, ascending. */
  groupKeys(
    plan: LogicalPlan,
    stores: ReadonlyMap<string, ObjectStore>,
  ): ReadonlyMap<LogicalPlan, ReadonlyMap<number, string>> {
    if (this.results === null) return new Map()
    const found = partialAggregates(plan, this.#namesOf(stores))
    const hashed = (texts: ReadonlyMap<number, string>) =>
      new Map([...texts].map(([id, text]) => [id, `groups ${hashOf(text)}`]))
    return new Map([...found].map(([node, texts]) => [node, hashed(texts)]))
  }

  /** How much of each of these aggregates is here; does not count as a use. */
  partialAnswers(
    plan: LogicalPlan,
    stores: ReadonlyMap<string, ObjectStore>,
  ): ReadonlyMap<LogicalPlan, PartialAnswer> {
    const answers = new Map<LogicalPlan, PartialAnswer>()
    for (const [node, keys] of this.groupKeys(plan, stores)) {
      const cached = [...keys.values()].filter((key) => this.results?.has(key)).length
      answers.set(node, { cached, partitions: keys.size })
    }
    return answers
  }

  #namesOf(stores: ReadonlyMap<string, ObjectStore>): (url: string) => string {
    return (url) => this.storeName(stores.get(url)!)
  }

  /** Forgets everything. */
  clear(): void {
    this.results?.clear()
    this.columns?.clear()
  }
}
