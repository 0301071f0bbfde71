import type { Batch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import { GraupelError } from '../../error.ts'
import type { Aggregate, LogicalPlan, Scan } from '../../plan/logical-plan.ts'
import { Grouping } from '../aggregate/grouping.ts'
import type { ExecContext } from '../context.ts'
import { HashAggregateOperator } from '../operator/hash-aggregate.ts'
import { HeldMemory } from '../operator/held-memory.ts'
import { slicesOf } from '../operator/slices.ts'
import type { Operator } from '../operator.ts'
import { physicalPlan } from '../physical-planner.ts'
import { MorselRun, type Morsels } from './morsels.ts'

/** Who works on a scan: slices of its kept partitions are shared out among `helpers` threads and this one. */
export interface Sharing extends Pick<Morsels, 'slices' | 'verified' | 'helpers'> {
  readonly scan: Scan
}

/** What is shared out, in the order of the table. */
export function morselsOf({ scan, slices, verified, helpers }: Sharing): Omit<Morsels, 'fragment'> {
  const { storeUrl } = scan.table
  const order = 'of the list'
  return { storeUrl, slices, verified, helpers, order, ahead: slices.length, bar: null }
}

/** Filters and projects the rows of a table on several threads; rows come in order all the same. */
export class GatherOperator implements Operator {
  readonly name = 'gather'
  readonly inputs: readonly Operator[] = []
  readonly schema: Schema
  readonly #plan: LogicalPlan
  readonly #sharing: Sharing

  constructor(plan: LogicalPlan, sharing: Sharing) {
    this.schema = plan.schema
    this.#plan = plan
    this.#sharing = sharing
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const { schema } = this
    const { scan, slices, helpers } = this.#sharing
    const perPartition = Math.ceil(slices.length / (scan.partitions?.kept.length || 1))
    const work: Morsels = {
      ...morselsOf(this.#sharing),
      fragment: { plan: this.#plan, gives: 'rows' },
      ahead: aheadOf(helpers) * perPartition,
    }
    for await (const { batches } of new MorselRun(work, context).results()) {
      for (const batch of batches) yield { ...batch, schema }
    }
  }
}

/** Partitions whose rows may wait for their turn. */
export function aheadOf(helpers: number): number {
  return 2 * (helpers + 1)
}

/**
 * Groups the rows of each partition alone, on several threads, and puts the groups together in the
 * order of partitions, so that they keep the order of their first rows. When that takes too much
 * memory it is done on one thread.
 */
export class GatherGroupsOperator implements Operator {
  readonly name = 'aggregate'
  readonly inputs: readonly Operator[] = []
  readonly schema: Schema
  readonly #plan: Aggregate
  readonly #sharing: Sharing

  constructor(plan: Aggregate, sharing: Sharing) {
    this.schema = plan.schema
    this.#plan = plan
    this.#sharing = sharing
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const plan = this.#plan
    const memory = new HeldMemory(context, 'aggregate')
    try {
      const all = await this.#gathered(context, memory)
      if (all !== null) yield* slicesOf(all, context.batchRowsMax)
    } finally {
      memory.release()
    }
    yield* this.#isTooLarge
      ? new HashAggregateOperator(plan, physicalPlan(plan.input)).execute(context)
      : []
  }

  #isTooLarge = false

  async #gathered(context: ExecContext, memory: HeldMemory): Promise<Batch | null> {
    const work: Morsels = {
      ...morselsOf(this.#sharing),
      fragment: { plan: this.#plan, gives: 'groups' },
    }
    const grouping = new Grouping(this.#plan)
    try {
      for await (const { groups } of new MorselRun(work, context).results()) {
        grouping.merge(groups!)
        memory.set(grouping.bytes)
      }
    } catch (error) {
      if (!(error instanceof GraupelError && error.code === 'LIMIT')) throw error
      this.#isTooLarge = true
      return null
    }
    return grouping.finish()
  }
}
