import { addressOf } from './wasm/blocks.ts'
import { wasmKernels } from './wasm/kernels.ts'

type Numbers = Int32Array | Float64Array

/** What came of some rows: how many were numbered, and how many keys were new. */
export interface Ascent {
  readonly rows: number
  readonly added: number
}

/**
 * Numbers keys that do not descend, up to the first that does, without looking any up: a key that is
 * greater than the one before is new.
 *
 * @param last The key that has the number `id`; less than any key when there is none, and -1.
 * @param ids Receives the number of each row.
 * @param keys Receives the new keys; at least `length` long, and in the kernels' memory if the
 *   others are.
 */
export function ascendingIds(
  values: Numbers,
  length: number,
  last: number,
  id: number,
  ids: Int32Array,
  keys: Numbers,
): Ascent {
  const [from, out, to] = [addressOf(values), addressOf(ids), addressOf(keys)]
  if (from === 0 || out === 0 || to === 0) return ascend(values, length, last, id, ids, keys)
  const { run, ints, places } = wasmKernels()!
  const kernel = values instanceof Int32Array ? run.ascendingInt32 : run.ascendingFloat64
  const rows = kernel(from, length, last, id, out, to)
  return { rows, added: ints[places.CURSOR >> 2]! }
}

function ascend(
  values: Numbers,
  length: number,
  last: number,
  id: number,
  ids: Int32Array,
  keys: Numbers,
): Ascent {
  let added = 0
  let row = 0
  for (; row < length; row++) {
    const value = values[row]!
    if (value < last) break
    if (value > last) keys[added++] = value
    ids[row] = id + added
    last = value
  }
  return { rows: row, added }
}
