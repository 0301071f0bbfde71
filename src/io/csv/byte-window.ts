import { crc32 } from 'node:zlib'
import { corrupt, throwIfAborted } from '../../error.ts'
import { wasmKernels } from '../../kernel/wasm/kernels.ts'
import { freeSlot, SLOT_SIZE, takeSlot } from '../../kernel/wasm/slots.ts'
import type { ByteSource } from '../object-store.ts'

const CHUNK: number = SLOT_SIZE
/** Kernels load whole words, so some bytes beyond the last are readable. */
const SLACK = 64
const POOL_SIZE = 32

const pool: ArrayBuffer[] = []

/**
 * Bytes of a file, `bytes[start .. end)` of them not decoded yet. They stand in the memory of the
 * WebAssembly kernels if there is a slot for them, else on the heap.
 */
export class LineBuffer {
  bytes!: Uint8Array
  words!: Int32Array
  view!: DataView
  /** Position of byte 0 in the kernels' memory; 0 when the bytes are on the heap. */
  address = 0
  start = 0
  end = 0

  /** @param capacity How many bytes it has to hold at least. */
  constructor(capacity: number) {
    this.#take(capacity)
  }

  /** How many bytes it can hold. */
  get capacity(): number {
    return this.bytes.length - SLACK
  }

  /** Moves what is not decoded into a buffer that holds at least `capacity` bytes. */
  grow(capacity: number): void {
    const { bytes, address } = this
    this.#take(capacity)
    this.bytes.set(bytes.subarray(this.start, this.end))
    this.end -= this.start
    this.start = 0
    giveBack(bytes, address)
  }

  /** Gives the buffer back, empty from then on. */
  release(): void {
    giveBack(this.bytes, this.address)
    this.forget()
  }

  /** Is empty from now on, and leaves the buffer to whoever still writes to it. */
  protected forget(): void {
    this.bytes = new Uint8Array(0)
    this.address = 0
    this.start = 0
    this.end = 0
  }

  #take(capacity: number): void {
    this.address = capacity <= CHUNK ? takeSlot() : 0
    const size = this.address > 0 ? CHUNK + SLACK : (capacity + SLACK + 3) & ~3
    const pooled = size === CHUNK + SLACK ? pool.pop() : undefined
    const buffer =
      this.address > 0 ? wasmKernels()!.bytes.buffer : (pooled ?? new ArrayBuffer(size))
    this.bytes = new Uint8Array(buffer, this.address, size)
    this.words = new Int32Array(buffer, this.address, size >> 2)
    this.view = new DataView(buffer, this.address, size)
  }
}

function giveBack(bytes: Uint8Array, address: number): void {
  if (address !== 0) freeSlot(address)
  else if (bytes.length === CHUNK + SLACK && pool.length < POOL_SIZE) {
    pool.push(bytes.buffer as ArrayBuffer)
  }
}

/** A file passing by in chunks of 256 KiB, with the CRC-32 of what was read. */
export class ByteWindow extends LineBuffer {
  /** Bytes taken from the source so far. */
  bytesRead = 0
  crc = 0
  /** Where in the file `end` is. */
  #position = 0
  /** Nothing behind it is read before it has been reached. */
  #pause = 0
  #pending = false
  #closed = false
  readonly #source: ByteSource
  readonly #key: string
  readonly #signal: AbortSignal | undefined
  readonly #withCrc: boolean

  constructor(
    source: ByteSource,
    key: string,
    options: { readonly signal: AbortSignal | undefined; readonly withCrc: boolean },
  ) {
    super(Math.min(source.byteLength, CHUNK))
    this.#source = source
    this.#key = key
    this.#signal = options.signal
    this.#withCrc = options.withCrc
  }

  /** Where in the file `start` is. */
  get position(): number {
    return this.#position - (this.end - this.start)
  }

  /** Goes on at `position` of the file; only without a CRC. */
  seek(position: number): void {
    const ahead = position - this.position
    if (ahead >= 0 && ahead <= this.end - this.start) {
      this.start += ahead
      return
    }
    if (this.#withCrc) throw new Error('seek in a file whose CRC is being taken')
    this.start = 0
    this.end = 0
    this.#position = position
  }

  /** Reads no further than to `position` of the file, unless more is asked for then. */
  pauseAt(position: number): void {
    this.#pause = position
  }

  /**
   * Reads on: at least one byte more between `start` and `end`. Throws DATA at the file's end,
   * where the row that asks is missing or cut.
   */
  fill(): void | Promise<void> {
    throwIfAborted(this.#signal)
    const left = this.#source.byteLength - this.#position
    if (left <= 0) {
      throw corrupt(`"${this.#key}" ends before its last row`, {
        file: this.#key,
        bytes: this.#source.byteLength,
      })
    }
    if (this.#closed) throw new Error(`"${this.#key}" was closed while it was read`)
    if (this.end - this.start > this.capacity / 2) this.grow(this.capacity * 2)
    else if (this.start > 0) {
      this.bytes.copyWithin(0, this.start, this.end)
      this.end -= this.start
      this.start = 0
    }
    const ahead = this.#position < this.#pause ? this.#pause - this.#position : left
    const size = Math.min(this.capacity - this.end, left, ahead)
    const target = this.bytes.subarray(this.end, this.end + size)
    const read = this.#source.read(target, this.#position)
    if (typeof read === 'number') return this.#accept(read)
    const { bytes, address } = this
    this.#pending = true
    const settle = () => {
      this.#pending = false
      if (this.#closed) giveBack(bytes, address)
    }
    return read.then(
      (count) => {
        settle()
        if (!this.#closed) this.#accept(count)
      },
      (error: unknown) => {
        settle()
        throw error
      },
    )
  }

  /** Gives the buffer back, once no read into it is under way. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#pending) this.forget()
    else this.release()
    this.#source.close()
  }

  #accept(count: number): void {
    if (count <= 0) {
      throw corrupt(`"${this.#key}" has only ${this.#position} bytes`, {
        file: this.#key,
        bytes: this.#position,
      })
    }
    if (this.#withCrc) {
      this.crc = crc32(this.bytes.subarray(this.end, this.end + count), this.crc)
    }
    this.end += count
    this.#position += count
    this.bytesRead += count
  }
}
