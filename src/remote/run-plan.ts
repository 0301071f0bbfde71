import type { Batch } from '../arrow/batch.ts'
import { GraupelError, throwIfAborted } from '../error.ts'
import type { EngineOptions } from '../frame/query-engine.ts'
import { newUuid, pause } from '../io/clock-and-ids.ts'
import { type LinkedSignal, linkedSignal } from '../io/linked-signal.ts'
import { isHeard, progressOf } from '../io/progress.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'
import { scanTotals } from '../plan/scan-totals.ts'
import { batchesOfAnswer } from './answer.ts'
import type { BucketAccess } from './bucket-place.ts'
import { failure, isLostServer } from './failure.ts'
import { clusterOf, type MovedFragment, type NodeAccess, reassigned } from './fragments.ts'
import { Servers, type ServersOptions } from './servers.ts'
import { sqlOfPlan } from './sql-of-plan.ts'

/** All that is needed to run plans. */
export interface EngineSettings extends ServersOptions, NodeAccess {
  readonly access: BucketAccess
  /** A name that the servers know, or addresses; empty where all is run by one server. */
  readonly cluster: string | readonly string[]
  readonly onMoved: ((moved: MovedFragment) => void) | undefined
}

/** The addresses of the nodes that fragments are run on. */
export async function nodesFor(
  servers: Servers,
  { cluster }: Pick<EngineSettings, 'cluster'>,
): Promise<readonly string[]> {
  return typeof cluster === 'string' ? servers.nodesOf(cluster) : cluster
}

/** Runs `plan`; a statement that lost a server before its first row is sent again without it. */
export async function* runPlan(
  plan: LogicalPlan,
  settings: EngineSettings,
  { signal, onProgress }: EngineOptions,
): AsyncGenerator<Batch, void, undefined> {
  throwIfAborted(signal)
  const servers = await Servers.open(settings)
  const progress = new AnswerProgress(plan, onProgress)
  try {
    if (settings.urls.length > 1) await servers.chooseLiving()
    let nodes = await nodesFor(servers, settings)
    // Each time at least one server is lost, or it was a slip of the network that is forgiven once.
    for (let left = Math.max(2, nodes.length, settings.urls.length); ; left--) {
      const sql = sqlOfPlan(plan, settings.access, clusterOf(nodes, settings))
      const queryId = newUuid()
      try {
        yield* statementRows(servers, { sql, queryId, nodes }, plan, progress, signal)
        break
      } catch (error) {
        throwIfAborted(signal)
        const canMove = error instanceof GraupelError && isLostServer(error)
        if (!canMove || progress.thrown !== null || progress.rows > 0 || left <= 1) throw error
        if (!(await servers.chooseLiving())) throw error
        const next = nodes.length === 0 ? nodes : await reassigned(nodes, servers, settings)
        if (next === null) throw error
        tellMoved(queryId, nodes, next, settings.onMoved)
        nodes = next
      }
    }
  } finally {
    await servers.close()
  }
  progress.done()
}

function tellMoved(
  queryId: string,
  before: readonly string[],
  after: readonly string[],
  onMoved: EngineSettings['onMoved'],
): void {
  for (const [fragment, to] of after.entries()) {
    const from = before[fragment]!
    if (from !== to) onMoved?.(Object.freeze({ queryId, fragment, from, to }))
  }
}

interface SentStatement {
  readonly sql: string
  readonly queryId: string
  readonly nodes: readonly string[]
}

/** The rows of one statement, which is ended on every server when they are not all asked for. */
async function* statementRows(
  servers: Servers,
  { sql, queryId, nodes }: SentStatement,
  plan: LogicalPlan,
  progress: AnswerProgress,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch, void, undefined> {
  const failed = (text: string, cause?: unknown) => failure(text, { queryId, nodes }, cause)
  const linked = linkedSignal(signal)
  void progress.watch(servers, queryId, linked)
  let isWhole = false
  try {
    const { chunks, readBytes } = await servers.begin(
      sql,
      { queryId, signal: linked.signal },
      failed,
    )
    progress.read(readBytes)
    for await (const batch of batchesOfAnswer(chunks, plan.schema, failed)) {
      progress.more(batch.length)
      yield batch
    }
    isWhole = true
  } catch (error) {
    throw progress.thrown === null ? error : progress.thrown.error
  } finally {
    linked.end()
    if (!isWhole) await servers.kill(queryId)
  }
}

const WATCH_MS = 200

/** Tells how far a query has come: bytes as ClickHouse reads them, rows as they are answered. */
class AnswerProgress {
  readonly #tell: (phase: 'scan' | 'done') => void
  readonly #isHeard: boolean
  #bytes = 0
  #rows = 0
  /** What the listener threw while nothing was answered. */
  thrown: { readonly error: unknown } | null = null

  constructor(plan: LogicalPlan, onProgress: EngineOptions['onProgress']) {
    const tell = progressOf('query', onProgress)
    const totals = scanTotals(plan)
    this.#isHeard = isHeard(onProgress)
    this.#tell = (phase) => {
      tell({ phase, rows: this.#rows, bytes: this.#bytes, totalBytes: totals.totalBytes })
    }
  }

  get rows(): number {
    return this.#rows
  }

  read(bytes: number): void {
    this.#bytes = Math.max(this.#bytes, bytes)
  }

  more(rows: number): void {
    this.#rows += rows
    this.#tell('scan')
  }

  done(): void {
    this.#tell('done')
  }

  /** Asks until `linked` ends, and ends it with what the listener throws. Does not throw itself. */
  async watch(servers: Servers, queryId: string, linked: LinkedSignal): Promise<void> {
    if (!this.#isHeard) return
    for (;;) {
      const isOver = await pause(WATCH_MS, linked.signal).then(
        () => false,
        () => true,
      )
      if (isOver) return
      const bytes = await servers.readBytes(queryId).catch(() => null)
      if (bytes === null || linked.signal.aborted) continue
      this.read(bytes)
      try {
        this.#tell('scan')
      } catch (error) {
        this.thrown = { error }
        linked.end()
      }
    }
  }
}
