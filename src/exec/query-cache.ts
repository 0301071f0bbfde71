import { hexDigest } from '../io/digest.ts'
import type { ObjectStore } from '../io/object-store.ts'
import type { ResultFolder } from '../io/result-folder.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'
import { partialAggregates } from '../plan/partial-aggregates.ts'
import { planKey } from '../plan/plan-key.ts'
import { ColumnCache } from './cache/column-cache.ts'
import { LASTING, ResultCache } from './cache/result-cache.ts'

/** Bytes that each part of a cache may take; 0 for a part that is off. */
export interface CacheLimits {
  readonly resultBytes: number
  readonly columnBytes: number
  /** Where results are kept beyond this process; nowhere unless told. */
  readonly folder?: ResultFolder | null
}

/** How much of an aggregate is in the cache. */
export interface PartialAnswer {
  /** Partitions whose groups are there. */
  readonly cached: number
  /** Partitions that it reads in all. */
  readonly partitions: number
}

const encoder = new TextEncoder()
/** Stores of which a URL means the same in every process. */
const LASTS = /^(?:file|s3):/
const lastingOf = (stores: ReadonlyMap<string, ObjectStore>): string =>
  [...stores.values()].every(({ url }) => LASTS.test(url)) ? LASTING : ''
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

  constructor({ resultBytes, columnBytes, folder = null }: CacheLimits) {
    this.results = resultBytes > 0 ? new ResultCache(resultBytes, folder) : null
    this.columns = columnBytes > 0 ? new ColumnCache(columnBytes) : null
  }

  /** Its URL for a store outside of this process; for others a name that no other has had in here. */
  storeName(store: ObjectStore): string {
    if (LASTS.test(store.url)) return store.url
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
    return key === null ? null : `${lastingOf(stores)}${batchRowsMax} ${hashOf(key)}`
  }

  /** Of each aggregate that is kept by partition the keys of its groups, by partition, ascending. */
  groupKeys(
    plan: LogicalPlan,
    stores: ReadonlyMap<string, ObjectStore>,
  ): ReadonlyMap<LogicalPlan, ReadonlyMap<number, string>> {
    if (this.results === null) return new Map()
    const found = partialAggregates(plan, this.#namesOf(stores))
    const hashed = (texts: ReadonlyMap<number, string>) =>
      new Map([...texts].map(([id, text]) => [id, `${lastingOf(stores)}groups ${hashOf(text)}`]))
    return new Map([...found].map(([node, texts]) => [node, hashed(texts)]))
  }

  /** How much of each of these aggregates is here; does not count as a use. */
  async partialAnswers(
    plan: LogicalPlan,
    stores: ReadonlyMap<string, ObjectStore>,
  ): Promise<ReadonlyMap<LogicalPlan, PartialAnswer>> {
    const answers = new Map<LogicalPlan, PartialAnswer>()
    for (const [node, keys] of this.groupKeys(plan, stores)) {
      let cached = 0
      for (const key of keys.values()) if (await this.results?.holds(key)) cached++
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
