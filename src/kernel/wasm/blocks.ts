import { wasmKernels } from './kernels.ts'

/** Rows of the largest batch whose vectors are to be in blocks: some of them fit the cache. */
export const BLOCK_ROWS_MAX = 16_384
/** Bytes of one pipeline's blocks. */
const SIZE = 4 << 20
/** Kernels write some bytes behind the last value. */
const SLACK = 64

let free: number[] | undefined
let poison = false
let current: Blocks | null = null

/**
 * Room in the kernels' memory for the vectors of one pipeline while a batch passes through it:
 * `clear` takes back at once all that was not to be kept. What is to outlive the batch has to be
 * copied.
 */
export class Blocks {
  readonly #memory: Uint8Array
  readonly #from: number
  #at: number
  #end: number

  constructor(memory: Uint8Array, from: number) {
    this.#memory = memory
    this.#from = from
    this.#at = from
    this.#end = from + SIZE
  }

  /** Where the room begins in the kernels' memory. */
  get from(): number {
    return this.#from
  }

  /** The position of `size` free bytes; 0 when there is no room. */
  take(size: number): number {
    const at = this.#at
    const next = (at + size + SLACK + 15) & ~15
    if (next > this.#end) return 0
    this.#at = next
    return at
  }

  /** As `take`, but never cleared. */
  keep(size: number): number {
    const at = (this.#end - size) & ~15
    if (at < this.#at + SLACK) return 0
    this.#end = at
    return at
  }

  /** Makes everything that was taken free again. */
  clear(): void {
    if (poison) this.#memory.fill(0xa5, this.#from, this.#at)
    this.#at = this.#from
  }
}

/** Blocks for one pipeline; null when there are none, and vectors are on the heap then. */
export function takeBlocks(): Blocks | null {
  const kernels = wasmKernels()
  if (kernels === null) return null
  if (free === undefined) {
    free = []
    const { BLOCKS, KEYS } = kernels.places
    for (let at = BLOCKS; at + SIZE <= KEYS; at += SIZE) free.unshift(at)
  }
  const from = free.pop()
  return from === undefined ? null : new Blocks(kernels.bytes, from)
}

export function freeBlocks(blocks: Blocks | null): void {
  if (blocks === null) return
  blocks.clear()
  free!.push(blocks.from)
}

/** Runs `work`, which must not wait, with its vectors in `blocks`. */
export function inBlocks<T>(blocks: Blocks | null, work: () => T): T {
  const before = current
  current = blocks
  try {
    return work()
  } finally {
    current = before
  }
}

/** Whether new vectors are put into blocks now. */
export function hasBlocks(): boolean {
  return current !== null
}

/** Overwrites what is cleared, so that a vector that outlives its batch is noticed. */
export function poisonBlocks(): void {
  poison = true
}

/** Room for `length` values, in the pipeline's blocks if there are any: with any content. */
export function newFloat64(length: number): Float64Array<ArrayBuffer> {
  const at = current?.take(length * 8) ?? 0
  return at === 0 ? new Float64Array(length) : new Float64Array(memory(), at, length)
}

/** `length` zeros that live as long as `blocks`; null when there is no room. */
export function keptInt32(blocks: Blocks | null, length: number): Int32Array | null {
  const at = blocks?.keep(length * 4) ?? 0
  return at === 0 ? null : new Int32Array(memory(), at, length).fill(0)
}

/** As `newFloat64`. */
export function newInt32(length: number): Int32Array<ArrayBuffer> {
  const at = current?.take(length * 4) ?? 0
  return at === 0 ? new Int32Array(length) : new Int32Array(memory(), at, length)
}

/** As `newFloat64`. */
export function newUint32(length: number): Uint32Array<ArrayBuffer> {
  const at = current?.take(length * 4) ?? 0
  return at === 0 ? new Uint32Array(length) : new Uint32Array(memory(), at, length)
}

/** As `newFloat64`. */
export function newUint8(length: number): Uint8Array<ArrayBuffer> {
  const at = current?.take(length) ?? 0
  return at === 0 ? new Uint8Array(length) : new Uint8Array(memory(), at, length)
}

const memory = (): ArrayBuffer => wasmKernels()!.bytes.buffer as ArrayBuffer

/** Where `array` stands in the kernels' memory; 0 when it is on the heap. */
export function addressOf(array: Float64Array | Int32Array | Uint32Array | Uint8Array): number {
  return array.buffer === sharedBuffer() ? array.byteOffset : 0
}

let buffer: ArrayBufferLike | null | undefined

function sharedBuffer(): ArrayBufferLike | null {
  if (buffer === undefined) buffer = wasmKernels()?.bytes.buffer ?? null
  return buffer
}
