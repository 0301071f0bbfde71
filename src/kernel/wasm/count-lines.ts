import { countLines } from '../count-lines.ts'
import { wasmKernels } from './kernels.ts'
import { freeSlot, SLOT_SIZE, takeSlot } from './slots.ts'

/** `countLines`; what is looked at is copied into the kernels' memory, where there is room. */
export function wasmCountLines(bytes: Uint8Array, from: number, to: number): number {
  const slot = takeSlot()
  if (slot === 0) return countLines(bytes, from, to)
  const { run, bytes: memory } = wasmKernels()!
  let count = 0
  for (let at = from; at < to; at += SLOT_SIZE) {
    const size = Math.min(SLOT_SIZE, to - at)
    memory.set(bytes.subarray(at, at + size), slot)
    count += run.countLines(slot, slot + size)
  }
  freeSlot(slot)
  return count
}
