import { type Batch, batch } from '../../arrow/batch.ts'
import type { Vector } from '../../arrow/vector.ts'
import { GroupTable } from '../../kernel/group-table.ts'
import { type Blocks, inBlocks, newInt32 } from '../../kernel/wasm/blocks.ts'
import type { Expr } from '../../plan/expr.ts'
import { inputsOfAggregate } from '../../plan/expr-children.ts'
import type { Aggregate } from '../../plan/logical-plan.ts'
import { evaluate } from '../evaluate.ts'
import { type AggregateStates, aggregateStates } from './aggregates.ts'
import { feed, positionsIn } from './feed.ts'

/** What has been gathered of some rows: as plain data, to be put together with that of others. */
export interface GroupParts {
  /** How many groups there are. */
  readonly count: number
  readonly keys: readonly Vector[]
  /** What each state that was fed gave. */
  readonly states: readonly (readonly Vector[])[]
}

/** The groups of an aggregate while its rows come in: numbers them and feeds every state. */
export class Grouping {
  readonly #plan: Aggregate
  readonly #blocks: Blocks | null
  readonly #table: GroupTable | null
  readonly #states: AggregateStates
  /** The distinct inputs of what is fed, and the positions of each one's among them. */
  readonly #exprs: Expr[] = []
  readonly #positions: readonly (readonly number[])[]
  #isFed = false

  /** @param blocks Where what it computes of a batch may be; see `ExecContext.blocks`. */
  constructor(plan: Aggregate, blocks: Blocks | null = null) {
    const { keys, aggregates } = plan
    this.#plan = plan
    this.#blocks = blocks
    this.#table =
      keys.length === 0
        ? null
        : new GroupTable(
            keys.map(({ expr }) => expr.type),
            blocks,
          )
    this.#states = aggregateStates(aggregates)
    this.#positions = this.#states.fed.map(({ expr }) =>
      positionsIn(this.#exprs, inputsOfAggregate(expr)),
    )
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#states.fed.reduce((sum, { state }) => sum + state.bytes, this.#table?.bytes ?? 0)
  }

  /** Takes in the rows of `input`. */
  update(input: Batch): void {
    const { keys } = this.#plan
    const { length } = input
    this.#isFed = true
    const computed = (exprs: readonly Expr[]) =>
      inBlocks(this.#blocks, () => exprs.map((expr) => evaluate(expr, input)))
    const ids = this.#table === null ? null : inBlocks(this.#blocks, () => newInt32(length))
    this.#table?.assign(computed(keys.map(({ expr }) => expr)), length, ids!)
    const count = this.#table?.count ?? 1
    const vectors = computed(this.#exprs)
    for (const [position, { state }] of this.#states.fed.entries()) {
      feed(state, this.#positions[position]!, vectors, { ids, length, count })
    }
  }

  /** The result: one row a group, in order of first appearance. Throws INVALID on overflow. */
  finish(): Batch {
    const groupCount = this.#table?.count ?? 1
    const results = this.#states.results.map((state) => state.finish(groupCount))
    return batch(this.#plan.schema, [...(this.#table?.keys() ?? []), ...results], groupCount)
  }

  /** What has been gathered; this grouping is not to be fed afterwards. */
  parts(): GroupParts {
    const count = this.#table?.count ?? (this.#isFed ? 1 : 0)
    const states = count === 0 ? [] : this.#states.fed.map(({ state }) => state.parts(count))
    return { count, keys: this.#table?.keys() ?? [], states }
  }

  /** Takes in what another grouping by the same plan has gathered of later rows. */
  merge({ count, keys, states }: GroupParts): void {
    if (count === 0) return
    this.#isFed = true
    const ids = new Int32Array(count)
    this.#table?.assign(keys, count, ids)
    const groupCount = this.#table?.count ?? 1
    for (const [position, { state }] of this.#states.fed.entries()) {
      state.merge(ids, states[position]!, groupCount)
    }
  }
}
