import type { KeySet } from '../../arrow/key-set.ts'
import { keepKeys } from '../select-numbers.ts'
import { type WasmKernels, wasmKernels } from './kernels.ts'

/** Where the bits of sets stand that lately were asked for. */
const held = new Map<Uint32Array, number>()
let end = 0

/**
 * `keepKeys` of the `count` rows at `rows` and decoded values that stand in the kernels' memory, as
 * does the set if it is not too wide.
 */
export function wasmKeepKeys(
  layout: 'i32' | 'f64',
  keys: KeySet,
  base: number,
  rows: number,
  count: number,
): number {
  const kernels = wasmKernels()!
  const { run, ints, floats, places } = kernels
  const { OUT } = places
  const bits = placeOf(keys.bits, kernels)
  if (bits === 0) {
    const values = layout === 'f64' ? floats.subarray(OUT >> 3) : ints.subarray(OUT >> 2)
    return keepKeys(values, keys, base, ints.subarray(rows >> 2), count)
  }
  const keep = layout === 'f64' ? run.keepFloat64 : run.keepInt32
  return keep(OUT, base, rows, count, keys.least, bits)
}

/** Where `bits` stand in the kernels' memory; 0 when there is no room for so many. */
function placeOf(bits: Uint32Array, { bytes, places: { KEYS, KEYS_END } }: WasmKernels): number {
  const known = held.get(bits)
  if (known !== undefined) return known
  if (KEYS + bits.byteLength > KEYS_END) return 0
  if (held.size === 0 || end + bits.byteLength > KEYS_END) {
    held.clear()
    end = KEYS
  }
  const at = end
  new Uint32Array(bytes.buffer, at, bits.length).set(bits)
  held.set(bits, at)
  end = at + bits.byteLength
  return at
}
