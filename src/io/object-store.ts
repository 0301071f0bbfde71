/**
 * Where a lake's bytes are. Keys are `/`-separated segments; a store refuses empty segments, `.`,
 * `..`, backslashes and NUL with INVALID, and never leaves its root. All bodies are whole buffers.
 *
 * Objects are immutable (`create`) or derivable (`replace`). The only thing that changes under
 * competition is a *cell* (`readCell`, `swapCell`): the head of a table, the catalog of a database.
 *
 * Every store passes `test/conformance/object-store.ts`; the memory store is the reference.
 * A store that cannot be reached throws UNAVAILABLE, an aborted signal ABORTED.
 */
export interface ObjectStore {
  /** Names the store in plans and messages, without credentials: `file:///data/lake`. */
  readonly url: string
  /** True where `open` sends for the bytes, so that opening a file early hides the wait for them. */
  readonly fetchesOnOpen?: boolean
  /** The whole object, or null when there is none. */
  get(key: string, options?: StoreOptions): Promise<Uint8Array | null>
  /** Opens an object for reading in pieces; null when there is none. */
  open(key: string, options?: OpenOptions): Promise<ByteSource | null>
  /** Writes `key` unless it exists. Content is visible whole or not at all. */
  create(key: string, body: Uint8Array, options?: CreateOptions): Promise<'created' | 'exists'>
  /** Writes `key`, over whatever is there. Only for content that can be derived again. */
  replace(key: string, body: Uint8Array, options?: StoreOptions): Promise<void>
  /** The cell's newest content with the token that `swapCell` asks for; null when there is none. */
  readCell(key: string, options?: StoreOptions): Promise<Cell | null>
  /**
   * Sets the cell if its token is still `token` (null: if it does not exist). `swapped` tells the
   * token that the cell has now, so that the next swap needs no read. `lost` is definite: this body
   * is not there and never will be. After `unknown` send the same swap again, then look for your
   * own mark in the content.
   */
  swapCell(
    key: string,
    token: string | null,
    body: Uint8Array,
    options?: StoreOptions,
  ): Promise<SwapOutcome>
  /** Removes an object; no error when there is none. */
  delete(key: string, options?: StoreOptions): Promise<void>
  /** Objects whose key begins with `prefix` (which ends with `/` or is ''), ascending by key bytes. */
  list(prefix: string, options?: StoreOptions): AsyncIterable<StoredObject>
  /**
   * Names of the folders directly below `prefix` (which ends with `/` or is '') that hold an object
   * or a cell, each once, in no order. A folder that holds nothing any more may be among them.
   */
  folders(prefix: string, options?: StoreOptions): AsyncIterable<string>
}

export interface StoreOptions {
  readonly signal?: AbortSignal | undefined
}

export interface OpenOptions extends StoreOptions {
  /** What the object holds, where that is known: a store may answer from a copy of it. */
  readonly content?: ObjectContent | undefined
}

/** Length and CRC-32 of an object's bytes, as read. */
export interface ObjectContent {
  readonly bytes: number
  readonly crc32: number
}

export interface CreateOptions extends StoreOptions {
  /**
   * How a store that can say so beside the object shall keep the body; others keep it as it is.
   * Readers of the store get the body back either way.
   */
  readonly compression?: 'gzip' | 'none' | undefined
}

export interface Cell {
  readonly body: Uint8Array
  readonly token: string
}

/** What became of a swap; `token` is the cell's new one. */
export type SwapOutcome =
  | { readonly outcome: 'swapped'; readonly token: string }
  | { readonly outcome: 'lost' }
  | { readonly outcome: 'unknown' }

export interface StoredObject {
  readonly key: string
  readonly byteLength: number
}

/**
 * An object opened for reading. A local disk answers at once, a bucket with a promise: await only
 * what is one, since an await per chunk costs more than the chunk.
 */
export interface ByteSource {
  readonly byteLength: number
  /** Fills `target` from byte `position` on; answers how many bytes were there (0 at the end). */
  read(target: Uint8Array, position: number): number | Promise<number>
  close(): void
}
