import { throwIfAborted } from '../../error.ts'
import type { ByteSource } from '../object-store.ts'
import { giveBuffer, takeBuffer } from './buffer-pool.ts'

/** Fetches `[position, position + target.length)` of an object, telling of bytes as they come. */
export type FetchRange = (
  target: Uint8Array,
  position: number,
  options: { readonly signal: AbortSignal; onBytes(count: number): void },
) => Promise<void>

export interface SourceOptions {
  readonly byteLength: number
  readonly pieceBytes: number
  readonly signal?: AbortSignal | undefined
  /** The piece that the object begins with, under way already. */
  readonly first: Piece
  /** Ends the first piece's request. */
  readonly abort: AbortController
  readonly fetch: FetchRange
  onClose(): void
}

/**
 * An object read from its start on: the first piece is under way when it is opened, which for
 * most is all there is. Reads answer as soon as their bytes are there, and at once when they are.
 * Beyond the first piece one more is fetched ahead.
 */
export class S3Source implements ByteSource {
  readonly byteLength: number
  readonly #options: SourceOptions
  readonly #pieces = new Map<number, Piece>()
  readonly #onAbort: () => void
  #closed = false

  constructor(options: SourceOptions) {
    this.byteLength = options.byteLength
    this.#options = options
    this.#pieces.set(0, options.first)
    this.#onAbort = () => options.abort.abort()
    options.signal?.addEventListener('abort', this.#onAbort)
  }

  read(target: Uint8Array, position: number): number | Promise<number> {
    throwIfAborted(this.#options.signal)
    if (position >= this.byteLength || target.length === 0) return 0
    const piece = this.#pieceAt(position)
    const count = Math.min(target.length, piece.end - position)
    const ready = piece.whenFilled(position + count)
    if (ready === undefined) return piece.copy(target, position, count)
    return ready.then(() => {
      throwIfAborted(this.#options.signal)
      return piece.copy(target, position, count)
    })
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#options.abort.abort()
    for (const piece of this.#pieces.values()) piece.release()
    this.#pieces.clear()
    this.#options.onClose()
  }

  #pieceAt(position: number): Piece {
    const { first, pieceBytes } = this.#options
    if (position < first.end) return first
    const index = 1 + Math.floor((position - first.end) / pieceBytes)
    for (const [held, piece] of this.#pieces) {
      if (held === 0 || held === index || held === index + 1) continue
      this.#pieces.delete(held)
      piece.release()
    }
    const piece = this.#piece(index)
    if (piece.end < this.byteLength) this.#piece(index + 1)
    return piece
  }

  #piece(index: number): Piece {
    const { first, pieceBytes, fetch, abort } = this.#options
    const held = this.#pieces.get(index)
    if (held !== undefined) return held
    const start = first.end + (index - 1) * pieceBytes
    const piece = new Piece(start, Math.min(pieceBytes, this.byteLength - start))
    this.#pieces.set(index, piece)
    piece.follow(
      fetch(piece.bytes, start, {
        signal: abort.signal,
        onBytes: (count) => piece.advance(count),
      }),
    )
    return piece
  }
}

/** A run of an object's bytes that fills up from its start. */
export class Piece {
  readonly start: number
  readonly end: number
  readonly bytes: Uint8Array
  #filled = 0
  #failure: { readonly error: unknown } | undefined
  #fetched: Promise<void> = Promise.resolve()
  #waiting: { until: number; resolve(): void; reject(error: unknown): void }[] = []

  constructor(start: number, length: number) {
    this.start = start
    this.end = start + length
    this.bytes = takeBuffer(length)
  }

  get filled(): number {
    return this.#filled
  }

  advance(count: number): void {
    this.#filled += count
    if (this.#waiting.length === 0) return
    const reached = this.start + this.#filled
    const waiting = this.#waiting
    this.#waiting = waiting.filter(({ until }) => until > reached)
    for (const { until, resolve } of waiting) if (until <= reached) resolve()
  }

  /** Fails those who wait, and will, when `fetching` fails. */
  follow(fetching: Promise<void>): void {
    this.#fetched = fetching.catch((error: unknown) => {
      this.#failure = { error }
      for (const { reject } of this.#waiting) reject(error)
      this.#waiting = []
    })
  }

  /** Gives the memory back once nothing writes to it. It must not be read any more. */
  release(): void {
    void this.#fetched.then(() => giveBuffer(this.bytes))
  }

  /** Undefined when the bytes before `until` of the object are there. */
  whenFilled(until: number): Promise<void> | undefined {
    if (this.start + this.#filled >= until) return undefined
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error)
    return new Promise((resolve, reject) => this.#waiting.push({ until, resolve, reject }))
  }

  copy(target: Uint8Array, position: number, count: number): number {
    const from = position - this.start
    target.set(this.bytes.subarray(from, from + count), 0)
    return count
  }
}
