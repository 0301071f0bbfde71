import { connect, GraupelError } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { isCrash } from '../../src/testing/crash.ts'
import { type FaultPlan, printFaults, type StoreRequest } from '../../src/testing/fault-plan.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { copyStore, type LakeState, lakeState, sameState } from './lake-state.ts'
import { nextWrite, type Scenario, withNext } from './scenarios.ts'
import { inVirtualTime } from './virtual-time.ts'

/** How an operation ended for its caller. */
export type Outcome = 'acknowledged' | 'failed' | 'unknown' | 'crashed'

/** A scenario made ready: its lake before, and the requests of a run without faults. */
export interface Prepared {
  readonly scenario: Scenario
  readonly store: ObjectStore
  readonly cells: ReadonlySet<string>
  readonly before: LakeState
  readonly steps: readonly LakeState[]
  readonly requests: readonly StoreRequest[]
}

export interface SweepResult {
  readonly trials: number
  readonly faults: number
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** What went wrong, with the plan that replays it. */
  readonly problems: readonly string[]
}

export interface TrialOptions {
  /** The store that a broken implementation of `store` would be. */
  readonly broken?: ((store: ObjectStore) => ObjectStore) | undefined
  /** What a client that breaks a rule would see instead of the store. */
  readonly client?: ((store: ObjectStore) => ObjectStore) | undefined
  /** Lets what is delayed land before the next writer begins; else during it, or after it. */
  readonly landFirst?: boolean | undefined
}

export async function prepare(scenario: Scenario): Promise<Prepared> {
  const store = memoryStore()
  const watched = faultyStore(store)
  return inVirtualTime({ seed: 1, passing: true }, async () => {
    const lake = await connect(watched, scenario.connect)
    await scenario.prepare(lake)
    await lake.close()
    const cells = new Set(
      watched.requests.flatMap(({ operation, key }) => (operation === 'swapCell' ? [key] : [])),
    )
    const before = await lakeState(store)
    const first = faultyStore(await copyStore(store, cells))
    const again = await connect(first, scenario.connect)
    await scenario.run(again)
    await again.close()
    const steps = scenario.steps(before)
    return { scenario, store, cells, before, steps, requests: first.requests }
  })
}

/** Runs the scenario once for each plan, and checks what came of it. */
export async function sweep(
  prepared: Prepared,
  plans: Iterable<FaultPlan>,
  options: TrialOptions = {},
): Promise<SweepResult> {
  const outcomes = { acknowledged: 0, failed: 0, unknown: 0, crashed: 0 }
  const problems: string[] = []
  let trials = 0
  let faults = 0
  for (const plan of plans) {
    const trial = await tryPlan(prepared, plan, options)
    trials++
    faults += trial.faults
    outcomes[trial.outcome]++
    if (trial.problem !== undefined) {
      const { name } = prepared.scenario
      problems.push(`${name} [${printFaults(plan)}] ${trial.outcome}: ${trial.problem}`)
    }
  }
  return { trials, faults, outcomes, problems }
}

export interface Trial {
  readonly outcome: Outcome
  readonly faults: number
  readonly problem: string | undefined
  /** What reached the store until the operation had ended. */
  readonly requests: readonly StoreRequest[]
}

/** Runs the scenario once with `plan`. */
export function tryPlan(
  prepared: Prepared,
  plan: FaultPlan,
  options: TrialOptions = {},
): Promise<Trial> {
  return inVirtualTime({ seed: 7, passing: true }, () => runTrial(prepared, plan, options))
}

async function runTrial(
  prepared: Prepared,
  plan: FaultPlan,
  { broken = (store) => store, client = (store) => store, landFirst = false }: TrialOptions,
): Promise<Trial> {
  const bare = await copyStore(prepared.store, prepared.cells)
  const world = broken(bare)
  const faulty = faultyStore(world, plan)
  const options = prepared.scenario.connect
  const lake = await connect(client(faulty), options)
  let outcome: Outcome = 'acknowledged'
  let problem: string | undefined
  try {
    await prepared.scenario.run(lake)
  } catch (error) {
    outcome = outcomeOf(error)
    if (!isCrash(error) && !(error instanceof GraupelError)) problem = `threw ${describe(error)}`
  }
  await lake.close()
  if (faulty.crashed && outcome !== 'acknowledged') outcome = 'crashed'
  const requests = [...faulty.requests]
  const faults = faulty.injected.length
  const faultsLeft = plan.some(({ request }) => request > requests.length)
  problem ??= await checkAfter(prepared, outcome, bare, async () => {
    if (landFirst) await faulty.land()
    const later = await connect(faulty.crashed || faultsLeft ? world : client(faulty), options)
    await nextWrite(later, prepared.scenario)
    await later.close()
    await faulty.land()
  })
  return { outcome, faults, problem, requests }
}

/** Looks at the lake at once, lets a later writer write, and looks again. */
async function checkAfter(
  { before, steps, scenario }: Prepared,
  outcome: Outcome,
  bare: ObjectStore,
  later: () => Promise<void>,
): Promise<string | undefined> {
  const surely = scenario.mayFailLate === true && outcome === 'failed' ? 'unknown' : outcome
  const allowed = allowedAfter(before, steps, surely)
  const states = [before, ...steps]
  try {
    const early = await lakeState(bare)
    const at = states.findIndex((state, n) => allowed.has(n) && sameState(early, state))
    if (at < 0) return `a reader finds ${JSON.stringify(early)}`
    await later()
    const late = await lakeState(bare)
    // What was delayed may have landed, but nothing that was there may be gone.
    const fits = states.some(
      (state, n) => n >= at && allowed.has(n) && sameState(late, withNext(state)),
    )
    return fits ? undefined : `after the next write a reader finds ${JSON.stringify(late)}`
  } catch (error) {
    return `a later reader or writer threw ${describe(error)}`
  }
}

/** Positions in `[before, ...steps]` of the states that may be found. */
function allowedAfter(
  before: LakeState,
  steps: readonly LakeState[],
  outcome: Outcome,
): ReadonlySet<number> {
  const all = [before, ...steps].map((_, n) => n)
  if (outcome === 'acknowledged') return new Set(all.slice(-1))
  if (outcome === 'failed') return new Set(all.slice(0, -1))
  return new Set(all)
}

function outcomeOf(error: unknown): Outcome {
  if (isCrash(error)) return 'crashed'
  return error instanceof GraupelError && error.code === 'COMMIT_UNKNOWN' ? 'unknown' : 'failed'
}

function describe(error: unknown): string {
  if (error instanceof GraupelError) return `${error.code}: ${error.message}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
