import { LRUCache } from 'lru-cache'
import { columnBytes } from '../../arrow/batch.ts'
import { ownVector } from '../../arrow/own-vector.ts'
import { concat, type Vector } from '../../arrow/vector.ts'
import type { ColumnFile, ColumnReader } from '../../io/csv/column-reader.ts'
import { RecordingReader } from './recording-reader.ts'
import { VectorReader } from './vector-reader.ts'

/** What an entry takes beside its values. */
const ENTRY_BYTES = 512

/**
 * Decoded columns of partitions, whole ones only, by the file that they were decoded from: its
 * place, length and checksum. The least recently used go first when all of them together would
 * take more than `bytesMax`. Files never change, so nothing here grows stale.
 */
export class ColumnCache {
  readonly #vectors: LRUCache<string, Vector>
  readonly #bytesMax: number

  /** @param bytesMax Bytes that the vectors may take, 1 and up. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
    this.#vectors = new LRUCache({
      maxSize: bytesMax,
      sizeCalculation: (vector) => columnBytes(vector) + ENTRY_BYTES,
    })
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#vectors.calculatedSize
  }

  /** A reader of the column `file` of the store called `storeName`, if its values are here. */
  find(storeName: string, file: ColumnFile): ColumnReader | undefined {
    const vector = this.#vectors.get(keyOf(storeName, file))
    return vector === undefined ? undefined : new VectorReader(vector)
  }

  /** `reader` of `file`; when it is read whole, its values will be here. */
  recorded(storeName: string, file: ColumnFile, reader: ColumnReader): ColumnReader {
    const { rows } = file.statistics
    // An entry that drives out most others, or is not read to its end, is not worth recording.
    const bytesMax = this.#bytesMax / 4
    if (rows * 4 > bytesMax) return reader
    return new RecordingReader(reader, { rows, bytesMax }, (vectors) => {
      const whole = concat(file.type, vectors)
      const isOwn = vectors.length > 1 && whole.layout !== 'utf8'
      this.#vectors.set(keyOf(storeName, file), isOwn ? whole : ownVector(whole))
    })
  }

  clear(): void {
    this.#vectors.clear()
  }
}

function keyOf(storeName: string, { key, type, statistics }: ColumnFile): string {
  return JSON.stringify([storeName, key, type, statistics.bytes, statistics.crc32])
}
