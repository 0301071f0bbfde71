import type { Join } from '../plan/logical-plan.ts'
import type { HandTotals } from './spread.ts'
import type { StoredJoin } from './sql-of-buckets.ts'

/** How a statement is spread over a cluster. */
export interface Cluster {
  /** A part of the plan is made of this many fragments at most. */
  readonly fragments: number
  /** The table function that runs `sql` where fragment `fragment` is run. */
  placed(fragment: number, sql: string): string
  /** Is told what each fragment reads. */
  readonly noted?: (reading: FragmentReading) => void
  /** Joins whose sides are in buckets already. */
  readonly stored?: ReadonlyMap<Join, StoredJoin>
}

/** What a fragment of a part of the plan reads: what was dealt to it, and what all of its kind read. */
export interface FragmentReading extends HandTotals {
  readonly fragment: number
  readonly sharedBytes: number
}
