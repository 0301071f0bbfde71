type OneOrMore<T> = T | readonly T[]

/** What `asc(...)` and `desc(...)` make of an expression `E`. */
interface OrderKey<E> {
  readonly key: E
  readonly descending: boolean
  readonly nulls: 'first' | 'last'
}

/** How `listAgg` chooses and orders its texts. */
export interface ListAggOptions<E> {
  /** Each text once. */
  readonly distinct?: boolean
  /** In this order; as they come without it. */
  readonly orderBy?: OneOrMore<E | OrderKey<E>>
}

/** Both ends of a frame; the row is 0, what is before it negative, and the ends are included. */
export type FrameEnds = readonly [from: number, to: number]

/**
 * The rows that a window function sees. Without `rows` and `range` aggregates, `first`, `last` and
 * `nth` see the rows up to this one and its equals when there is an order, else the whole partition.
 */
export interface WindowRows<E> {
  /** Only rows with equal values of these (null equals null); all rows without it. */
  readonly partitionBy?: OneOrMore<E>
  /** In this order; as they come without it, and so do equal ones. */
  readonly orderBy?: OneOrMore<E | OrderKey<E>>
  /** Counted in rows: `[-6, 0]` is this row and the six before, `[-Infinity, 0]` all up to it. */
  readonly rows?: FrameEnds
  /**
   * Counted in the value of the one key of `orderBy`, dates in days and timestamps in milliseconds:
   * `[-7, 0]` are the rows whose key is at most 7 less.
   */
  readonly range?: FrameEnds
  /** `lag`, `lead`, `nth`, `first` and `last` pass over nulls. */
  readonly ignoreNulls?: boolean
}
