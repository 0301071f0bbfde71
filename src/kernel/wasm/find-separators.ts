import { findSeparators } from '../find-separators.ts'
import { wasmKernels } from './kernels.ts'
import { freeSlot, takeSlot } from './slots.ts'

/** As many bytes have as many separators at most, and so many positions have room. */
const CHUNK_BYTES = 32_768

/** `findSeparators`; what is looked at is copied into the kernels' memory, where there is room. */
export function wasmFindSeparators(
  bytes: Uint8Array,
  from: number,
  to: number,
  delimiter: number,
  out: Int32Array,
): number {
  const slot = takeSlot()
  if (slot === 0) return findSeparators(bytes, from, to, delimiter, out)
  const { run, bytes: memory, ints, places } = wasmKernels()!
  const first = places.OUT >> 2
  let count = 0
  for (let at = from; at < to; at += CHUNK_BYTES) {
    const size = Math.min(CHUNK_BYTES, to - at)
    memory.set(bytes.subarray(at, at + size), slot)
    const found = run.findSeparators(slot, slot + size, slot - at, delimiter, places.OUT)
    out.set(ints.subarray(first, first + found), count)
    count += found
  }
  freeSlot(slot)
  return count
}
