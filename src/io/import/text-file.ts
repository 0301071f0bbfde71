/** A text to read from its first byte to its last. */
export interface TextFile {
  readonly name: string
  chunks(): AsyncGenerator<Uint8Array>
}
