import { invalid } from '../error.ts'
import { type NodeMetrics, QueryMetrics } from '../exec/metrics.ts'
import type { PartialAnswer } from '../exec/query-cache.ts'
import { nowMs } from '../io/clock-and-ids.ts'
import { commonSubplans } from '../plan/common-subplans.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'
import { planToJson, printPlan } from '../plan/print.ts'
import type { ExplainOptions } from './action-options.ts'
import { checkOptions } from './actions.ts'
import { bindFrame, boundBatches, isCached, partialAnswers } from './execute.ts'
import type { FrameState } from './frame-state.ts'
import { engineDoor } from './query-engine.ts'

const OPTIONS = ['format', 'optimized', 'analyze', 'signal', 'onProgress', 'engine']

/** The plan of a frame as text; run first, when it is to be analyzed. */
export async function explainFrame(state: FrameState, options: ExplainOptions): Promise<string> {
  checkOptions(options, OPTIONS, 'explain')
  const { format = 'tree', optimized = true, analyze = false, engine, ...rest } = options
  if (!['text', 'tree', 'json'].includes(format)) {
    throw invalid(`explain: format can be "text", "tree" or "json", got "${format}"`, { format })
  }
  if (engine !== undefined && (analyze || !optimized)) {
    throw invalid('explain: of an engine only the optimized plan is told, and not how it ran')
  }
  const bound = await bindFrame(state, { optimized, signal: rest.signal })
  if (engine !== undefined)
    return `${printed(bound.plan, format)}\n\n${await engine[engineDoor].explain(bound.plan)}`
  if (!analyze) {
    if (await isCached(bound, state)) return withCacheNote(printed(bound.plan, format), format)
    const partial = await partialAnswers(bound, state)
    const common =
      state.settings.memoryBytesMax === Number.POSITIVE_INFINITY
        ? commonSubplans(bound.plan, (url) => url)
        : new Map<LogicalPlan, string>()
    const notes = (node: LogicalPlan) =>
      [partialText(partial.get(node)), common.has(node) ? 'run once for all its likes' : undefined]
        .filter((note) => note !== undefined)
        .join('  ')
    return printed(bound.plan, format, notes)
  }
  const metrics = new QueryMetrics(nowMs)
  for await (const _ of boundBatches(bound, state, { ...rest, metrics })) {
    // only what it takes is of interest
  }
  return printed(bound.plan, format, (node) => metricsText(metrics.of(node)))
}

/** Says that the query would not be run at all: above the tree, or in the JSON of its root. */
function withCacheNote(text: string, format: string): string {
  if (format !== 'json') return `answered from cache\n${text}`
  return JSON.stringify({ answeredFromCache: true, ...JSON.parse(text) }, undefined, 2)
}

function printed(
  plan: LogicalPlan,
  format: string,
  annotate: (node: LogicalPlan) => string | undefined = () => undefined,
): string {
  if (format === 'json') return JSON.stringify(planToJson(plan), jsonValue, 2)
  return printPlan(plan, { annotate })
}

/** Says how many partitions of an aggregate would not be read, their groups being in the cache. */
function partialText(of: PartialAnswer | undefined): string | undefined {
  if (of === undefined || of.cached === 0) return undefined
  return `partitions from cache ${of.cached}/${of.partitions}`
}

/** JSON has no word for bigints and bytes. */
const jsonValue = (_: string, value: unknown): unknown =>
  typeof value === 'bigint'
    ? value.toString()
    : value instanceof Uint8Array
      ? Buffer.from(value).toString('hex')
      : value

function metricsText(of: Readonly<NodeMetrics> | undefined): string | undefined {
  if (of === undefined) return undefined
  const { rows, scannedBytes, spilledBytes, timeMs, columnsCached, columnsDecoded } = of
  const scanned = scannedBytes === 0 ? '' : `  scanned ${scannedBytes} bytes`
  const spilled = spilledBytes === 0 ? '' : `  spilled ${spilledBytes} bytes`
  const columns = columnsCached + columnsDecoded
  const cached = columnsCached === 0 ? '' : `  columns from cache ${columnsCached}/${columns}`
  return `rows ${rows}  time ${timeMs.toFixed(1)} ms${scanned}${spilled}${cached}`
}
