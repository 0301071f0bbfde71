import type { Expr } from '../../plan/expr.ts'
import { childrenOf } from '../../plan/expr-children.ts'
import { inputsOf, type Join, type LogicalPlan, type Scan } from '../../plan/logical-plan.ts'
import { planMayThrow } from '../../plan/may-throw.ts'
import { exprsOf } from '../../plan/node-exprs.ts'
import { pipelineScan } from '../../plan/pipeline-scan.ts'
import { scanFigures } from '../../plan/scan-figures.ts'
import { sideReadFirst } from '../../plan/side-read-first.ts'
import type { ExecContext } from '../context.ts'
import { candidateBytes } from '../operator/top-k.ts'
import type { Operator } from '../operator.ts'
import { physicalPlan } from '../physical-planner.ts'
import { aheadOf, GatherGroupsOperator, GatherOperator, type Sharing } from './gather.ts'
import { LeftFirstJoin } from './left-first-join.ts'
import { type MakeOperator, narrowedJoin } from './narrowed-join.ts'
import { PartitionTopKOperator } from './partition-top-k.ts'
import { slicedScan } from './slices.ts'
import { secondsWorthIt } from './worker-pool.ts'

/** Bytes of column files that one thread reads, decodes and works through in a second. */
const BYTES_PER_SECOND = 500e6
/** Rows of a top-k that are worth merging after every partition. */
const TOP_ROWS_MAX = 65_536

/**
 * Operators for those parts of `plan` that are better run partition by partition: on several
 * threads where there is enough to read, a top-k in the order of its partitions' bounds, and a join
 * whose left side is read once its keys are known. Null for all other nodes.
 *
 * @param known Goes before all of that.
 */
export function partitionedOperators(
  plan: LogicalPlan,
  context: ExecContext,
  known: KnownOperators = () => null,
): (node: LogicalPlan) => Operator | null {
  return operatorsBelow(plan, { context, known }, 'takes all')
}

/** How to make the operator of a node of which more is known than a plan says; null for others. */
export type KnownOperators = (node: LogicalPlan) => (() => Operator) | null

interface Surroundings {
  readonly context: ExecContext
  readonly known: KnownOperators
}

/** Whether all rows of a node are asked for. */
type Demand = 'may end early' | 'takes all'

function operatorsBelow(
  plan: LogicalPlan,
  within: Surroundings,
  demand: Demand,
): (node: LogicalPlan) => Operator | null {
  const makers = new Map<LogicalPlan, () => Operator>()
  const look = (node: LogicalPlan, above: Demand): void => {
    const make = within.known(node) ?? makerOf(node, above, within)
    if (make !== null) makers.set(node, make)
    else for (const input of inputsOf(node)) look(input, demandOf(node, input, above))
  }
  look(plan, demand)
  return (node) => makers.get(node)?.() ?? null
}

/** Whether `node` reads all rows of `input`. */
function demandOf(node: LogicalPlan, input: LogicalPlan, above: Demand): Demand {
  if (node.kind === 'limit') return 'may end early'
  if (node.kind === 'aggregate' || node.kind === 'sort' || node.kind === 'top-k') return 'takes all'
  return node.kind === 'join' && input === node.right ? 'takes all' : above
}

function makerOf(node: LogicalPlan, above: Demand, within: Surroundings): (() => Operator) | null {
  const { context } = within
  if (exprsOf(node).some(isOrHasUser)) return null
  if (node.kind === 'aggregate') {
    const sharing = sharingOf(node.input, context)
    return sharing.helpers === 0 ? null : () => new GatherGroupsOperator(node, sharing)
  }
  if (node.kind === 'join') return joinMaker(node, above, within)
  if (node.kind === 'top-k') {
    if (context.runTimePruning === 'off') return null
    const sharing = sharingOf(node.input, context)
    const { scan, helpers } = sharing
    if (scan.partitions === null || node.count + node.offset > TOP_ROWS_MAX) return null
    // What has no room is sorted in files.
    if (2 * candidateBytes(node.schema, node.count + node.offset) > context.memoryShare) return null
    // With a bar it would depend on chance which errors are met.
    if (node.keys.length === 0 || planMayThrow(node)) return null
    const several = scan.partitions.kept.length > 1
    return several || helpers > 0 ? () => new PartitionTopKOperator(node, sharing) : null
  }
  if (above === 'may end early' || !isSelective(node)) return null
  const sharing = sharingOf(node, context)
  if (sharing.helpers === 0 || !fits(sharing, context)) return null
  return () => new GatherOperator(node, sharing)
}

/** A join that reads one side first, to read less of the other. */
function joinMaker(node: Join, above: Demand, within: Surroundings): (() => Operator) | null {
  const { context, known } = within
  const first = context.runTimePruning === 'off' ? null : sideReadFirst(node)
  if (first === null) return null
  const make = (plan: LogicalPlan, of: ExecContext, demand: Demand) =>
    physicalPlan(plan, undefined, operatorsBelow(plan, { context: of, known }, demand))
  const all: MakeOperator = (plan, of) => make(plan, of, 'takes all')
  if (first === 'left') return () => new LeftFirstJoin(node, all(node.left, context), all)
  const left: MakeOperator = (plan, of) => make(plan, of, above)
  return () => narrowedJoin(node, all(node.right, context), left)
}

/** Functions of the user's stay in their thread. */
const isOrHasUser = (expr: Expr): boolean =>
  expr.kind === 'user' || childrenOf(expr).some(isOrHasUser)

const hasUserFunction = (plan: LogicalPlan): boolean =>
  exprsOf(plan).some(isOrHasUser) || inputsOf(plan).some(hasUserFunction)

/** A scan that nobody shares: of no partitions. */
const NOTHING: Sharing = {
  scan: { partitions: null } as unknown as Scan,
  slices: [],
  verified: [],
  helpers: 0,
}

/** Who is to work on `pipeline`: nobody beside this thread, where that is not worth it. */
export function sharingOf(pipeline: LogicalPlan, context: ExecContext): Sharing {
  const scan = hasUserFunction(pipeline) ? null : pipelineScan(pipeline)
  if (scan === null || scan.limit !== null || scan.partitions === null) {
    return NOTHING
  }
  const store = context.stores.get(scan.table.storeUrl)
  const sliced = slicedScan(scan, store, context.threads)
  const helpers = helpersFor(scan, sliced.slices.length, context)
  return { scan, ...(helpers === 0 ? slicedScan(scan, store, 1) : sliced), helpers }
}

/** Threads beside this one that are worth having for `scan`. */
function helpersFor(
  scan: Scan,
  slices: number,
  { threads, bytesPerThreadMin }: ExecContext,
): number {
  const { table } = scan
  const helpers = Math.min(threads, slices) - 1
  // A fragment tells apart two stores of one URL, which another thread cannot.
  if (helpers < 1 || !/^file:[^#]*$/.test(table.storeUrl)) return 0
  const bytes = scanFigures(scan).bytes ?? 0
  const bytesMin = bytesPerThreadMin ?? secondsWorthIt(helpers) * BYTES_PER_SECOND
  return bytes >= bytesMin ? helpers : 0
}

/** Whether fewer rows come out than go in, so that handing them over is cheap. */
function isSelective(plan: LogicalPlan): boolean {
  if (plan.kind === 'scan') return plan.predicate !== null
  return (plan.kind === 'filter' || plan.kind === 'project') && isFiltered(plan)
}

function isFiltered(plan: LogicalPlan): boolean {
  if (plan.kind === 'project') return isFiltered(plan.input)
  return plan.kind === 'filter' || (plan.kind === 'scan' && plan.predicate !== null)
}

/** Whether the rows that may wait for their turn are a small part of the memory budget. */
function fits({ scan, helpers }: Sharing, { memory }: ExecContext): boolean {
  if (memory.bytesMax === Number.POSITIVE_INFINITY) return true
  const figures = scanFigures(scan)
  const perPartition = (figures.bytes ?? 0) / (figures.partitionsRead || 1)
  return perPartition * 4 * aheadOf(helpers) < memory.bytesMax / 4
}
