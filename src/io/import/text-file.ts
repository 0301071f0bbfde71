/** How long a chunk of a file holds: for good, or until the next one is asked for. */
export type ChunkLife = 'lasting' | 'brief'

/** A text to read from its first byte to its last. */
export interface TextFile {
  readonly name: string
  /** @param life Lasting unless told. */
  chunks(life?: ChunkLife): AsyncGenerator<Uint8Array>
}
