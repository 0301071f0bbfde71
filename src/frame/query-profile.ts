/** What a query did when it was run: what `frame.profile()` answers. */
export interface QueryProfile {
  /** Rows of the answer, which are not kept. */
  readonly rows: number
  /** Time of the run in milliseconds, planning not included. */
  readonly timeMs: number
  /** Bytes taken from the store. */
  readonly scannedBytes: number
  /** True when an equal query had left its answer, so that any other action would not run it. */
  readonly inCache: boolean
  /** Partitions whose part of an aggregate queries before have left, so that no other action reads them. */
  readonly partitionsInCache: number
  /** The last step; its inputs are below it. */
  readonly root: ProfileStep
  /** The steps as a tree, a line each, with figures. */
  text(): string
  /** The same as plain data for `JSON.stringify`. */
  toJSON(): ProfileJson
  /** The same as a page of HTML with the plan drawn, which loads nothing from elsewhere. */
  html(): string
}

/** One step of a query. */
export interface ProfileStep {
  /** `scan`, `filter`, `aggregate`, ... */
  readonly kind: string
  /** What it does, for people: the line that `explain` has for it. */
  readonly description: string
  /** Rows and batches that it gave, and their bytes in memory. */
  readonly rows: number
  readonly batches: number
  readonly bytes: number
  /** Milliseconds in the step itself, and with its inputs. */
  readonly timeMs: number
  readonly totalMs: number
  /** Bytes taken from the store; 0 but for scans. */
  readonly scannedBytes: number
  /** Bytes that went to temporary files because of the memory limit. */
  readonly spilledBytes: number
  /** Null but for scans. */
  readonly partitions: ProfilePartitions | null
  readonly inputs: readonly ProfileStep[]
}

/** What a scan read of its table. */
export interface ProfilePartitions {
  readonly total: number
  readonly read: number
  /** Why the others were not read. */
  readonly pruned: readonly { readonly reason: string; readonly partitions: number }[]
  /** Columns of partitions that were in the cache, and those that were not while it was on. */
  readonly columnsCached: number
  readonly columnsDecoded: number
}

/** A profile without its methods. */
export type ProfileJson = Omit<QueryProfile, 'text' | 'toJSON' | 'html'>
