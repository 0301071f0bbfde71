import type { Batch } from '../arrow/batch.ts'
import type { ObjectStore } from '../io/object-store.ts'
import type { OnProgress } from '../io/progress.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'

/** Key of what an engine can do; not for users. */
export const engineDoor: unique symbol = Symbol('graupel.engine')

export interface EngineOptions {
  readonly signal: AbortSignal | undefined
  readonly onProgress: OnProgress | undefined
  /** The stores of the plan's scans, by URL. */
  readonly stores: ReadonlyMap<string, ObjectStore>
}

/** What runs bound and optimized plans elsewhere. */
export interface EngineDoor {
  /**
   * False for a plan that is to be run here instead. Throws INVALID, naming the node, for one that it
   * cannot run.
   */
  takes(plan: LogicalPlan): boolean
  run(plan: LogicalPlan, options: EngineOptions): AsyncGenerator<Batch, void, undefined>
  /** What `run` would send, for people, without secrets. May ask the engine of what it consists. */
  explain(plan: LogicalPlan): Promise<string>
}

/** An engine that reads the same files in place: `clickhouse(...)` of `graupel/remote`. */
export interface QueryEngine {
  readonly [engineDoor]: EngineDoor
}
