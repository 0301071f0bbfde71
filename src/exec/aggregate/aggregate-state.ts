import type { Vector } from '../../arrow/vector.ts'
import type { SortedAggregate } from './sorted-aggregate.ts'

/** One aggregate over all groups. Made empty, fed every batch once, then finished. */
export interface AggregateState {
  /** Bytes held. */
  readonly bytes: number
  /**
   * @param groups The group of each row, below `groupCount`; null when there is one group, 0.
   * @param input The aggregate's input, one value a row; null for a count of rows.
   * @param length Rows.
   * @param groupCount Groups seen so far, those of this batch included.
   * @param more Its other inputs, where it has several.
   */
  update(
    groups: Int32Array | null,
    input: Vector | null,
    length: number,
    groupCount: number,
    more?: readonly Vector[],
  ): void
  /** The result of each of `groupCount` groups. Throws INVALID when one does not fit its type. */
  finish(groupCount: number): Vector
  /**
   * What has been gathered of `groupCount` groups, each fed at least one row, as vectors for
   * `merge`. They may be of any length. The state is not to be fed afterwards.
   */
  parts(groupCount: number): Vector[]
  /**
   * Takes in what another state of the same aggregate has gathered of later rows.
   *
   * @param groups The group here of each group there.
   * @param parts What the other's `parts` gave.
   * @param groupCount Groups seen so far, those of `groups` included.
   */
  merge(groups: Int32Array, parts: readonly Vector[], groupCount: number): void
}

/** A state that grows with the rows of a group, not only with the number of groups. */
export interface GrowingState extends AggregateState {
  /** How it finds the same from sorted rows. */
  readonly sorted: SortedAggregate
  /** Gives what it holds as rows, the group beside each, and holds nothing any more. */
  release(): { readonly groups: Int32Array; readonly columns: readonly Vector[] }
}

export function isGrowing(state: AggregateState): state is GrowingState {
  return 'release' in state
}
