import type { Batch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import { GraupelError } from '../../error.ts'
import { type Aggregate, withScan } from '../../plan/logical-plan.ts'
import { mapScan } from '../../plan/pipeline-scan.ts'
import { Grouping, type GroupParts } from '../aggregate/grouping.ts'
import type { ExecContext } from '../context.ts'
import { HashAggregateOperator } from '../operator/hash-aggregate.ts'
import { HeldMemory } from '../operator/held-memory.ts'
import { slicesOf } from '../operator/slices.ts'
import type { Operator } from '../operator.ts'
import { physicalPlan } from '../physical-planner.ts'
import { morselsOf } from '../threads/gather.ts'
import { MorselRun } from '../threads/morsels.ts'
import { sharingOf } from '../threads/partitioned-operators.ts'
import type { ResultCache } from './result-cache.ts'

/** The part of the cache that one query may fill with groups of partitions. */
const SHARE = 1 / 2

/**
 * Groups the rows of those partitions of which the cache has no groups, leaves these there, and puts
 * all together in the order of partitions, so that groups keep the order of their first rows. When
 * that takes too much memory it is done without the cache.
 */
export class CachedGroupsOperator implements Operator {
  readonly name = 'aggregate'
  readonly inputs: readonly Operator[] = []
  readonly schema: Schema
  readonly #plan: Aggregate
  readonly #keys: ReadonlyMap<number, string>
  readonly #cache: ResultCache

  /** @param keys The keys of its partitions, ascending; see `plan/partial-aggregates.ts`. */
  constructor(plan: Aggregate, keys: ReadonlyMap<number, string>, cache: ResultCache) {
    this.schema = plan.schema
    this.#plan = plan
    this.#keys = keys
    this.#cache = cache
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const memory = new HeldMemory(context, 'aggregate')
    let all: Batch | null
    try {
      all = await this.#gathered(context, memory)
      if (all !== null) yield* slicesOf(all, context.batchRowsMax)
    } finally {
      memory.release()
    }
    if (all !== null) return
    const input = physicalPlan(this.#plan.input)
    yield* new HashAggregateOperator(this.#plan, input).execute(context)
  }

  /** Null when there is no room for it. */
  async #gathered(context: ExecContext, memory: HeldMemory): Promise<Batch | null> {
    const known = new Map<number, GroupParts>()
    for (const [id, key] of this.#keys) {
      const parts = await this.#cache.fetchGroups(key)
      if (parts !== undefined) known.set(id, parts)
    }
    const fresh = this.#fresh(
      [...this.#keys.keys()].filter((id) => !known.has(id)),
      context,
    )
    const grouping = new Grouping(this.#plan)
    let room = this.#cache.bytesMax * SHARE
    try {
      for (const [id, key] of this.#keys) {
        let parts = known.get(id)
        if (parts === undefined) {
          parts = (await fresh.next()).value as GroupParts
          if (room > 0) room -= this.#cache.keepGroups(key, parts)
        }
        grouping.merge(parts)
        memory.set(grouping.bytes)
      }
    } catch (error) {
      if (!(error instanceof GraupelError && error.code === 'LIMIT')) throw error
      return null
    } finally {
      await fresh.return()
    }
    return grouping.finish()
  }

  /** The groups of the partitions `ids`, in this order. */
  async *#fresh(ids: readonly number[], context: ExecContext): AsyncGenerator<GroupParts, void> {
    if (ids.length === 0) return
    const plan = mapScan(this.#plan, (of) => {
      return withScan(of, { partitions: { ...of.partitions!, kept: ids } })
    }) as Aggregate
    const sharing = sharingOf(plan.input, context)
    const { slices } = sharing
    const work = { ...morselsOf(sharing), fragment: { plan, gives: 'groups' } } as const
    let partition: Grouping | null = null
    for await (const { position, groups } of new MorselRun(work, context).results()) {
      const isLast = slices[position]!.id !== slices[position + 1]?.id
      if (isLast && partition === null) yield groups!
      else {
        partition ??= new Grouping(plan)
        partition.merge(groups!)
        if (!isLast) continue
        yield partition.parts()
        partition = null
      }
    }
  }
}
