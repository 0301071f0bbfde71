import type { Batch } from '../arrow/batch.ts'
import { throwIfAborted } from '../error.ts'
import type { EngineOptions } from '../frame/query-engine.ts'
import { newUuid, pause } from '../io/clock-and-ids.ts'
import { type LinkedSignal, linkedSignal } from '../io/linked-signal.ts'
import { isHeard, progressOf } from '../io/progress.ts'
import { scansOf } from '../plan/bind-partitions.ts'
import type { Join, LogicalPlan } from '../plan/logical-plan.ts'
import { scanTotals } from '../plan/scan-totals.ts'
import { batchesOfAnswer } from './answer.ts'
import type { BucketAccess } from './bucket-place.ts'
import { failure } from './failure.ts'
import { clusterOf } from './fragments.ts'
import { Placement, type PlacementSettings } from './placement.ts'
import { Servers } from './servers.ts'
import { StoredJoins, writtenSide } from './shuffle.ts'
import { ShuffleFolder } from './shuffle-folder.ts'
import { shuffledJoins } from './shuffled-joins.ts'
import { type JoinSide, type StoredJoin, type StoredSide, sidesOf } from './sql-of-buckets.ts'
import { sqlOfPlan } from './sql-of-plan.ts'

/** All that is needed to run plans. */
export interface EngineSettings extends PlacementSettings {
  readonly access: BucketAccess
  /** From which on joins are shuffled; null where servers may write nothing. */
  readonly shuffleFromBytes: number | null
}

/** Runs `plan`; a statement that lost a server before its first row is sent again without it. */
export async function* runPlan(
  plan: LogicalPlan,
  settings: EngineSettings,
  options: EngineOptions,
): AsyncGenerator<Batch, void, undefined> {
  throwIfAborted(options.signal)
  const servers = await Servers.open(settings)
  try {
    yield* new QueryRun(plan, settings, options, servers).batches()
  } finally {
    await servers.close()
  }
}

class QueryRun {
  readonly #plan: LogicalPlan
  readonly #settings: EngineSettings
  readonly #options: EngineOptions
  readonly #servers: Servers
  readonly #progress: AnswerProgress

  constructor(
    plan: LogicalPlan,
    settings: EngineSettings,
    options: EngineOptions,
    servers: Servers,
  ) {
    this.#plan = plan
    this.#settings = settings
    this.#options = options
    this.#servers = servers
    this.#progress = new AnswerProgress(plan, options.onProgress)
  }

  async *batches(): AsyncGenerator<Batch, void, undefined> {
    const { shuffleFromBytes } = this.#settings
    const placement = await Placement.open(this.#servers, this.#settings)
    const joins =
      shuffleFromBytes === null ? new Set<Join>() : shuffledJoins(this.#plan, shuffleFromBytes)
    if (joins.size === 0) yield* this.#answer(placement, new Map())
    else yield* this.#shuffled(placement, joins)
    this.#progress.done()
  }

  async *#shuffled(
    placement: Placement,
    joins: ReadonlySet<Join>,
  ): AsyncGenerator<Batch, void, undefined> {
    const { storeUrl } = scansOf(this.#plan)[0]!.table
    const folder = await ShuffleFolder.open(this.#options.stores.get(storeUrl)!)
    let removing = folder.remove.bind(folder)
    try {
      const stored = new StoredJoins()
      for (const side of sidesOf(joins, placement.nodes.length)) {
        stored.add(side, await this.#written(side, placement, { folder, stored }))
      }
      yield* this.#answer(placement, stored.joins)
    } catch (error) {
      // What went wrong first is told.
      removing = () => folder.remove().catch(() => {})
      throw error
    } finally {
      await removing()
    }
  }

  async #written(
    side: JoinSide,
    placement: Placement,
    { folder, stored }: { readonly folder: ShuffleFolder; readonly stored: StoredJoins },
  ): Promise<StoredSide> {
    const { signal } = this.#options
    const { access } = this.#settings
    const read = (bytes: number) => this.#progress.written(bytes)
    const by = { servers: this.#servers, access, folder, signal, read }
    for (;;) {
      const { nodes } = placement
      const cluster = clusterOf(nodes, this.#settings, stored.joins)!
      try {
        return await writtenSide(side, { ...by, cluster, nodes })
      } catch (error) {
        throwIfAborted(signal)
        await placement.recover(error)
      }
    }
  }

  async *#answer(
    placement: Placement,
    stored: ReadonlyMap<Join, StoredJoin>,
  ): AsyncGenerator<Batch, void, undefined> {
    const { signal } = this.#options
    for (;;) {
      const { nodes } = placement
      const sql = sqlOfPlan(
        this.#plan,
        this.#settings.access,
        clusterOf(nodes, this.#settings, stored),
      )
      const queryId = newUuid()
      try {
        yield* statementRows(
          this.#servers,
          { sql, queryId, nodes },
          this.#plan,
          this.#progress,
          signal,
        )
        return
      } catch (error) {
        throwIfAborted(signal)
        if (this.#progress.thrown !== null || this.#progress.rows > 0) throw error
        await placement.recover(error)
      }
    }
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
  /** Of statements before the one that answers. */
  #bytesBefore = 0
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
    this.#bytes = Math.max(this.#bytes, this.#bytesBefore + bytes)
  }

  /** What a statement that wrote has read. */
  written(bytes: number): void {
    this.#bytesBefore += bytes
    this.read(0)
    this.#tell('scan')
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
