import type { Batch } from '../arrow/batch.ts'

export interface WriterOptions {
  readonly signal?: AbortSignal | undefined
  /** Rows per partition; 1,000,000 unless told. */
  readonly partitionRowsMax?: number | undefined
  /** Bytes of the widest column file per partition, about; 64 MiB unless told. */
  readonly partitionBytesMax?: number | undefined
}

export interface CommitOptions {
  readonly operation: 'append' | 'overwrite'
}

export interface CommitResult {
  readonly version: number
  readonly rows: number
  readonly bytes: number
  readonly partitions: number
}

export interface TableWriter {
  write(batch: Batch): Promise<void>
  commit(options: CommitOptions): Promise<CommitResult>
  abort(): Promise<void>
}
