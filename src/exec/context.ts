import type { RowSpan } from '../io/csv/rows-in-order.ts'
import type { ObjectStore } from '../io/object-store.ts'
import type { Blocks } from '../kernel/wasm/blocks.ts'
import type { LiveBound } from './live-bound.ts'
import type { MemoryBudget } from './memory-budget.ts'
import type { QueryCache } from './query-cache.ts'

/** What a running query may use and must respect. */
export interface ExecContext {
  readonly signal: AbortSignal | undefined
  /** Rows of the largest batch that an operator may yield. */
  readonly batchRowsMax: number
  /** Rows of a partition that a scan looks at together, at most, where a filter leaves few of them. */
  readonly runRowsMax: number
  readonly memory: MemoryBudget
  /** Bytes of the budget that one operator may hold before it spills, so that none starves. */
  readonly memoryShare: number
  /** The folder in which operators make theirs to spill to; the system's own when undefined. */
  readonly spillFolder: string | undefined
  /** Threads that a query may use, this one included. */
  readonly threads: number
  /** Bytes that a scan must read before it is given to several threads; a default when undefined. */
  readonly bytesPerThreadMin: number | undefined
  /** Whether a scan may be told, while the query runs, what the rest of the plan has no use for. */
  readonly runTimePruning: 'on' | 'off'
  /** Stores by URL: where the scans' tables are. */
  readonly stores: ReadonlyMap<string, ObjectStore>
  /** Decoded columns of queries before; null for none. */
  readonly cache: QueryCache | null
  /**
   * Where the vectors of batches may be that are done with when the next is asked for. Only set by
   * who asks for them, for a scan below filters and projections; null: batches may be kept.
   */
  readonly blocks: Blocks | null
  /** Which rows still count for the top-k above; only set where nothing but a pipeline is between. */
  readonly bound: LiveBound | null
  /** Which rows of its one partition a scan is to read; null: all of all. */
  readonly rows: RowSpan | null
  /** Called by scans as they go: rows, bytes and partitions read since the last call. */
  readonly onScanned: (rows: number, bytes: number, partitions: number) => void
  /** Called by an operator with the bytes that it has just spilled. */
  readonly onSpilled: (bytes: number) => void
  /** Called by a scan for each column of a partition: whether it had been decoded before. */
  readonly onColumn: (column: 'cached' | 'decoded') => void
}
