/** Bytes of a file that is being written, and how many rows they end. */
export interface ExportChunk {
  readonly bytes: Uint8Array
  readonly rows: number
}
