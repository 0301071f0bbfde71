import { wasmKernels } from './kernels.ts'

/** Bytes that a slot holds. */
export const SLOT_SIZE = 256 * 1024
/** Kernels read some bytes before the first and behind the last. */
const MARGIN = 64
/** The longest literal that is looked for; kernels load as many bytes behind a slot. */
export const LITERAL_MAX = 2048

let free: number[] | undefined
let closed = false

/** Keeps new files out of the kernels' memory, so that the loops in TypeScript do all work. */
export function switchWasm(state: 'on' | 'off'): void {
  closed = state === 'off'
}

/** Where a slot in the kernels' memory begins; 0 when none is to be had. */
export function takeSlot(): number {
  const kernels = closed ? null : wasmKernels()
  if (kernels === null) return 0
  if (free === undefined) {
    free = []
    const { SLOTS, BLOCKS } = kernels.places
    const size = SLOT_SIZE + 2 * MARGIN
    for (let at = BLOCKS - LITERAL_MAX - size; at >= SLOTS; at -= size) free.push(at + MARGIN)
  }
  return free.pop() ?? 0
}

/** Gives a slot back; 0 is none. */
export function freeSlot(address: number): void {
  if (address !== 0) free?.push(address)
}
