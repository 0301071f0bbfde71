import type { Batch } from '../arrow/batch.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'

/** Key of what an engine can do; not for users. */
export const engineDoor: unique symbol = Symbol('graupel.engine')

/** What runs bound and optimized plans elsewhere. */
export interface EngineDoor {
  /**
   * False for a plan that is to be run here instead. Throws INVALID, naming the node, for one that it
   * cannot run.
   */
  takes(plan: LogicalPlan): boolean
  run(
    plan: LogicalPlan,
    options: { readonly signal?: AbortSignal | undefined },
  ): AsyncGenerator<Batch, void, undefined>
  /** What `run` would send, for people, without secrets. */
  explain(plan: LogicalPlan): string
}

/** An engine that reads the same files in place: `clickhouse(...)` of `graupel/remote`. */
export interface QueryEngine {
  readonly [engineDoor]: EngineDoor
}
