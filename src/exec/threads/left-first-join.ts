import { type Batch, batchBytes } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import { estimateRows } from '../../plan/estimate-rows.ts'
import type { Join } from '../../plan/logical-plan.ts'
import { mayThrow } from '../../plan/may-throw.ts'
import type { ExecContext } from '../context.ts'
import { BatchCollector } from '../operator/batch-collector.ts'
import { HashJoinOperator } from '../operator/hash-join.ts'
import { HeldMemory } from '../operator/held-memory.ts'
import type { Operator } from '../operator.ts'
import { type MakeOperator, narrowed } from './narrowed-join.ts'
import { ObservedKeys } from './observed-keys.ts'

/** Rows of the left side that are held however few the right one is likely to have. */
const HELD_ROWS_MIN = 65_536
/** The part of a join's share of limited memory that its left side may take. */
const HELD_SHARE = 1 / 4

/**
 * A join that reads its left side first and holds it, and then reads of the right side only
 * partitions and rows that can have one of its keys. When the left side turns out to be too large
 * to be held, the right one is read whole, and the rest of the left one afterwards.
 */
export class LeftFirstJoin implements Operator {
  readonly name = 'join'
  readonly inputs: readonly Operator[] = []
  readonly schema: Schema
  readonly #plan: Join
  readonly #left: Operator
  readonly #make: MakeOperator

  /** @param make Makes the right side, once it is known what is wanted of it. */
  constructor(plan: Join, left: Operator, make: MakeOperator) {
    this.schema = plan.schema
    this.#plan = plan
    this.#left = left
    this.#make = make
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const plan = this.#plan
    const left = new HeldInput(this.#left, plan, context)
    const right = new SparedInput(plan, left, this.#make)
    try {
      yield* new HashJoinOperator(plan, left, right).execute(context)
    } finally {
      await left.close()
    }
  }
}

/** An input of which as much as there is room for is read before it is asked for. */
class HeldInput implements Operator {
  readonly inputs: readonly Operator[]
  readonly keys: readonly ObservedKeys[]
  /** Those of them that can be looked at without raising an error. */
  readonly #told: readonly ObservedKeys[]
  readonly #input: Operator
  readonly #rowsMax: number
  readonly #collector: BatchCollector
  readonly #memory: HeldMemory
  readonly #rows: AsyncGenerator<Batch, void, undefined>

  constructor(input: Operator, { left, right, leftKeys }: Join, context: ExecContext) {
    this.inputs = input.inputs
    this.keys = leftKeys.map((key) => new ObservedKeys(key))
    this.#told = this.keys.filter((_, position) => !mayThrow(leftKeys[position]!))
    this.#input = input
    this.#rowsMax = Math.max(HELD_ROWS_MIN, estimateRows(right))
    this.#collector = new BatchCollector(left.schema)
    this.#memory = new HeldMemory(context, 'join', context.memoryShare * HELD_SHARE)
    this.#rows = input.execute(context)
  }

  get name(): string {
    return this.#input.name
  }

  get schema(): Schema {
    return this.#input.schema
  }

  /** Rows that are held. */
  get length(): number {
    return this.#collector.rows
  }

  /** Reads all, unless there are too many rows to be held; answers whether all are. */
  async hold(): Promise<boolean> {
    const collector = this.#collector
    for (;;) {
      const { done, value } = await this.#rows.next()
      if (done === true) return true
      const bytes = collector.bytes + batchBytes(value)
      const isHeld = this.#memory.fit(bytes)
      if (!isHeld) this.#memory.hold(bytes)
      collector.add(value)
      if (!isHeld || collector.rows > this.#rowsMax) return false
      for (const keys of this.#told) keys.note(value)
    }
  }

  async *execute(): AsyncGenerator<Batch, void, undefined> {
    for (const batch of this.#collector.drain()) yield batch
    this.#memory.release()
    yield* this.#rows
  }

  async close(): Promise<void> {
    await this.#rows.return()
    this.#memory.release()
  }
}

/** The right side, planned when it is asked for: the left side is known by then. */
class SparedInput implements Operator {
  readonly name = 'narrowed'
  readonly inputs: readonly Operator[] = []
  readonly schema: Schema
  readonly #plan: Join
  readonly #left: HeldInput
  readonly #make: MakeOperator

  constructor(plan: Join, left: HeldInput, make: MakeOperator) {
    this.schema = plan.right.schema
    this.#plan = plan
    this.#left = left
    this.#make = make
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const { right, rightKeys } = this.#plan
    const isKnown = await this.#left.hold()
    if (isKnown && this.#left.length === 0) return
    const plan = isKnown ? narrowed(right, rightKeys, this.#left.keys) : right
    yield* this.#make(plan, context).execute(context)
  }
}
