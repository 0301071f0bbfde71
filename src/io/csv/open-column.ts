import { corrupt } from '../../error.ts'
import { bytesSource } from '../bytes-source.ts'
import type { ByteSource, ObjectStore, StoreOptions } from '../object-store.ts'
import { ByteWindow } from './byte-window.ts'
import type { ColumnFile, ColumnReader } from './column-reader.ts'
import { CsvColumnReader } from './csv-column-reader.ts'
import { MARK_ROWS } from './row-marks.ts'
import { isVerified, marksOf, noteVerified, verificationKey } from './verified-files.ts'

export interface OpenOptions extends StoreOptions {
  /** `always` compares the checksum also where this process has read the file before. */
  readonly verify?: 'once' | 'always'
  /** The row before which reading is likely to end, so that nothing behind it is read ahead. */
  readonly until?: number | undefined
  /** True: the store's own object is read, never a copy of it. */
  readonly original?: boolean | undefined
}

/**
 * Opens a column file for reading from its first row on. The first time that this process reads a
 * file to its end, its CRC-32 is checked, so that every byte is read whatever is skipped; later
 * readers of the same file go without, and may leap over rows of equal width.
 *
 * Lines are counted by CSV records, the header being line 1. Throws DATA when the file is missing
 * or is not what its statistics say, UNAVAILABLE and ABORTED as the store does.
 */
export async function openColumn(
  store: ObjectStore,
  file: ColumnFile,
  options: OpenOptions = {},
): Promise<ColumnReader> {
  const { key, statistics } = file
  const { signal } = options
  const source = await sourceOf(store, file, options)
  if (source === null) throw corrupt(`"${key}" is missing`, { file: key, store: store.url })
  if (source.byteLength !== statistics.bytes) {
    source.close()
    throw corrupt(`"${key}" has ${source.byteLength} bytes, not ${statistics.bytes}`, {
      file: key,
      bytes: source.byteLength,
      expected: statistics.bytes,
    })
  }
  const verification = verificationKey(store, file)
  const trusted = options.verify !== 'always' && isVerified(verification)
  const window = new ByteWindow(source, key, { signal, withCrc: !trusted })
  try {
    const marks = trusted ? marksOf(verification) : null
    const reader = new CsvColumnReader(file, window, {
      trusted,
      marks,
      onVerified: (found) => noteVerified(verification, found),
    })
    const [first] = marks ?? []
    if (first === undefined) await reader.open()
    else window.seek(first)
    window.pauseAt(marks?.[(options.until ?? 0) / MARK_ROWS] ?? 0)
    return reader
  } catch (error) {
    window.close()
    throw error
  }
}

async function sourceOf(
  store: ObjectStore,
  { key, statistics }: ColumnFile,
  { signal, original }: OpenOptions,
): Promise<ByteSource | null> {
  const { text, bytes, crc32 } = statistics
  if (text !== undefined) return bytesSource(Buffer.from(text))
  return store.open(key, original === true ? { signal } : { signal, content: { bytes, crc32 } })
}
