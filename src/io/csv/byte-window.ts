import { crc32 } from 'node:zlib'
import { corrupt, throwIfAborted } from '../../error.ts'
import type { ByteSource } from '../object-store.ts'

const CHUNK = 256 * 1024
/** Kernels load whole words, so some bytes beyond the last are readable. */
const SLACK = 64
const POOL_SIZE = 32

const pool: ArrayBuffer[] = []

/** Bytes of a file, `bytes[start .. end)` of them not decoded yet. */
export class LineBuffer {
  bytes: Uint8Array
  words: Int32Array
  view: DataView
  start = 0
  end = 0

  constructor(buffer: ArrayBuffer) {
    this.bytes = new Uint8Array(buffer)
    this.words = new Int32Array(buffer)
    this.view = new DataView(buffer)
  }

  /** How many bytes it can hold. */
  get capacity(): number {
    return this.bytes.length - SLACK
  }

  /** Moves what is not decoded into a buffer that holds at least `capacity` bytes. */
  grow(capacity: number): void {
    const buffer = bufferFor(capacity)
    const bytes = new Uint8Array(buffer)
    bytes.set(this.bytes.subarray(this.start, this.end))
    this.end -= this.start
    this.start = 0
    this.bytes = bytes
    this.words = new Int32Array(buffer)
    this.view = new DataView(buffer)
  }
}

/** A zeroed buffer for `capacity` bytes and what kernels read beyond them. */
export function bufferFor(capacity: number): ArrayBuffer {
  return new ArrayBuffer((capacity + SLACK + 3) & ~3)
}

/** A file passing by in chunks of 256 KiB, with the CRC-32 of what was read. */
export class ByteWindow extends LineBuffer {
  /** Bytes taken from the source so far. */
  bytesRead = 0
  crc = 0
  /** Where in the file `end` is. */
  #position = 0
  #pending = false
  readonly #source: ByteSource
  readonly #key: string
  readonly #signal: AbortSignal | undefined
  readonly #withCrc: boolean

  constructor(
    source: ByteSource,
    key: string,
    options: { readonly signal: AbortSignal | undefined; readonly withCrc: boolean },
  ) {
    const small = source.byteLength < CHUNK
    super((small ? undefined : pool.pop()) ?? bufferFor(small ? source.byteLength : CHUNK))
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
    if (this.end - this.start > this.capacity / 2) this.grow(this.capacity * 2)
    else if (this.start > 0) {
      this.bytes.copyWithin(0, this.start, this.end)
      this.end -= this.start
      this.start = 0
    }
    const size = Math.min(this.capacity - this.end, left)
    const target = this.bytes.subarray(this.end, this.end + size)
    const read = this.#source.read(target, this.#position)
    if (typeof read === 'number') return this.#accept(read)
    this.#pending = true
    return read.then((count) => {
      this.#pending = false
      this.#accept(count)
    })
  }

  /** Gives the buffer back, unless a read into it may still be under way. */
  close(): void {
    const reusable = !this.#pending && this.bytes.buffer.byteLength === CHUNK + SLACK
    if (reusable && pool.length < POOL_SIZE) pool.push(this.bytes.buffer as ArrayBuffer)
    this.bytes = new Uint8Array(0)
    this.start = 0
    this.end = 0
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
