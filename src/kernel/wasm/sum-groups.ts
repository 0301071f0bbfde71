import { addressOf } from './blocks.ts'
import { wasmKernels } from './kernels.ts'

/** With at most so many groups there are lanes for each. */
export const LANE_GROUPS_MAX = 256

/**
 * Sums up values of few groups that stand in the kernels' memory, as do the groups: for each group
 * the sums of four lanes, and what the sizes of all values add up to. Null when that is not so.
 */
export function sumLanes(
  values: Int32Array | Float64Array,
  groups: Int32Array | null,
  length: number,
  groupCount: number,
): { readonly size: number; readonly lanes: Float64Array } | null {
  const from = addressOf(values)
  const by = groups === null ? 0 : addressOf(groups)
  if (from === 0 || (groups !== null && (by === 0 || groupCount > LANE_GROUPS_MAX))) return null
  const { run, floats, places } = wasmKernels()!
  const whole = values instanceof Int32Array
  let size: number
  if (groups === null) size = whole ? run.sumInt32(from, length) : run.sumFloat64(from, length)
  else if (whole) size = run.sumInt32ByGroup(from, by, length, groupCount)
  else size = run.sumFloat64ByGroup(from, by, length, groupCount)
  return { size, lanes: floats.subarray(places.LANES >> 3) }
}

/**
 * Sums up values of groups that lie close together, all in the kernels' memory: the sums from group
 * `first` on, and what the sizes of all values add up to. Null when that is not so.
 */
export function sumNear(
  values: Int32Array | Float64Array,
  groups: Int32Array,
  length: number,
): { readonly size: number; readonly first: number; readonly sums: Float64Array } | null {
  const [from, by] = [addressOf(values), addressOf(groups)]
  if (from === 0 || by === 0 || length === 0) return null
  const { run, ints, floats, places } = wasmKernels()!
  const { OUT, CURSOR, ROWS_MAX } = places
  const first = run.spanOf(by, length)
  const span = ints[CURSOR >> 2]! + 1 - first
  if (span > ROWS_MAX) return null
  const sums = floats.subarray(OUT >> 3, (OUT >> 3) + span).fill(0)
  const kernel = values instanceof Int32Array ? run.sumInt32Near : run.sumFloat64Near
  return { size: kernel(from, by, length, first, OUT), first, sums }
}

/** Counts the rows of each of few groups in four lanes each; null when they are on the heap. */
export function countLanes(
  groups: Int32Array,
  length: number,
  groupCount: number,
): Float64Array | null {
  const by = addressOf(groups)
  if (by === 0 || groupCount > LANE_GROUPS_MAX) return null
  const { run, floats, places } = wasmKernels()!
  run.countByGroup(by, length, groupCount)
  return floats.subarray(places.LANES >> 3)
}
