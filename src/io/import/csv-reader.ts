import { invalid, throwIfAborted } from '../../error.ts'
import { type CsvDialect, shownText } from './csv-options.ts'
import { parseRecord } from './csv-records.ts'
import { cutSegments, lineEnds, recordEnd, type Segment } from './csv-segment.ts'
import type { TextFile } from './text-file.ts'

/** A run of whole records of a file. */
export interface CsvBlock {
  readonly bytes: Buffer
  /** Physical line of the first byte, counted from 1. */
  readonly line: number
  readonly segments: readonly Segment[]
  /** Bytes of the file up to the end of this block. */
  readonly fileBytes: number
}

/** A file whose header has been read. */
export interface OpenCsv {
  /** Names of the columns, null where the file has no header. */
  readonly header: readonly string[] | null
  readonly headerLine: number
  /** Fields of the first record; 0 when the file begins with empty lines only. */
  readonly width: number
  readonly blocks: AsyncGenerator<CsvBlock>
}

interface OpenOptions {
  readonly signal?: AbortSignal | undefined
  /** Where blocks are that other threads are to see; in memory of this one unless told. */
  readonly memory?: SharedBlocks | undefined
}

/** Shared memory for blocks, which is used again once they are given back. */
export class SharedBlocks {
  readonly #free: SharedArrayBuffer[] = []

  take(byteLength: number): Buffer {
    const at = this.#free.findIndex((buffer) => buffer.byteLength >= byteLength)
    const [found] = at < 0 ? [] : this.#free.splice(at, 1)
    // Blocks are about as large as the one before.
    const buffer = found ?? new SharedArrayBuffer(byteLength + (byteLength >> 3))
    return Buffer.from(buffer, 0, byteLength)
  }

  /** Nobody looks at the bytes of `block` any more. */
  giveBack({ bytes: { buffer } }: CsvBlock): void {
    const isNew = buffer instanceof SharedArrayBuffer && !this.#free.includes(buffer)
    if (isNew) this.#free.push(buffer)
  }
}

/**
 * Opens a file and reads its header. Throws INVALID for an empty file that should have one, for
 * two columns of one name and for text that is no UTF-8.
 */
export async function openCsv(
  file: TextFile,
  dialect: CsvDialect,
  options: OpenOptions,
): Promise<OpenCsv> {
  const blocks = blocksOf(file, dialect, options)
  for (let next = await blocks.next(); !next.done; next = await blocks.next()) {
    const block = next.value
    for (let at = 0; at < block.bytes.length; ) {
      const end = recordEnd(block.bytes, at, dialect, { final: true })
      const record = block.bytes.subarray(at, end)
      const line = block.line + lineEnds(block.bytes, 0, at)
      if (record[0] !== 10 && record[0] !== 13) {
        const names = parseRecord(record, dialect, { file: file.name, line })
        if (!dialect.header) {
          return {
            header: null,
            headerLine: line,
            width: names.length,
            blocks: chained(block, blocks),
          }
        }
        refuseDuplicates(names, file.name, line)
        const rest = behind(block, end, dialect)
        return {
          header: names,
          headerLine: line,
          width: names.length,
          blocks: chained(rest, blocks),
        }
      }
      at = end
    }
    // Nothing but empty lines, which are nulls where there is a single column.
    if (!dialect.header) {
      return { header: null, headerLine: block.line, width: 0, blocks: chained(block, blocks) }
    }
  }
  if (!dialect.header) return { header: null, headerLine: 1, width: 0, blocks }
  throw invalid(`"${file.name}" is empty; expected a header, or give header: false`, {
    file: file.name,
    line: 1,
  })
}

function refuseDuplicates(names: readonly string[], file: string, line: number): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (name !== '' && seen.has(name)) {
      throw invalid(`"${file}", line ${line}: two columns are named "${name}"`, {
        file,
        line,
        column: name,
        value: name,
      })
    }
    seen.add(name)
  }
}

function behind(block: CsvBlock, end: number, dialect: CsvDialect): CsvBlock {
  const bytes = block.bytes.subarray(end)
  const line = block.line + lineEnds(block.bytes, 0, end)
  return { ...block, bytes, line, segments: cutSegments(bytes, dialect, { final: true }) }
}

async function* chained(first: CsvBlock, rest: AsyncGenerator<CsvBlock>): AsyncGenerator<CsvBlock> {
  try {
    yield first
    yield* rest
  } finally {
    await rest.return(undefined)
  }
}

async function* blocksOf(
  file: TextFile,
  dialect: CsvDialect,
  { signal, memory }: OpenOptions,
): AsyncGenerator<CsvBlock> {
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  let carried = 0
  let line = 1
  let fileBytes = 0
  let started = false
  const block = (final: boolean): CsvBlock | undefined => {
    let bytes =
      memory === undefined ? ownBytes(pending) : gathered(pending, memory.take(pendingBytes))
    if (!started) bytes = behindMark(bytes, file.name)
    started = true
    const segments = cutSegments(bytes, dialect, { final })
    const end = segments.at(-1)?.to ?? 0
    const rest = bytes.subarray(end)
    pending = rest.length === 0 ? [] : [memory === undefined ? rest : Buffer.from(rest)]
    pendingBytes = carried = bytes.length - end
    if (end === 0) return undefined
    const whole = { bytes: bytes.subarray(0, end), line, segments, fileBytes: fileBytes - carried }
    line += lineEnds(whole.bytes, 0, end)
    return whole
  }
  // Blocks in shared memory are copies anyway.
  const life = memory === undefined ? 'lasting' : 'brief'
  for await (const chunk of file.chunks(life)) {
    throwIfAborted(signal)
    pendingBytes += chunk.length
    fileBytes += chunk.length
    // Twice what was left over, so that a record of many chunks is not scanned for each of them.
    const isEnough = pendingBytes >= Math.max(BLOCK_BYTES_MIN, carried * 2)
    pending.push(isEnough || life === 'lasting' ? chunk : Buffer.from(chunk))
    if (!isEnough) continue
    const whole = block(false)
    if (whole !== undefined) yield whole
  }
  throwIfAborted(signal)
  if (pendingBytes === 0) return
  const last = block(true)
  if (last !== undefined) yield last
}

const BLOCK_BYTES_MIN = 1 << 18

function ownBytes(parts: readonly Uint8Array[]): Buffer {
  return parts.length === 1 ? bufferOf(parts[0]!) : Buffer.concat(parts)
}

function gathered(parts: readonly Uint8Array[], into: Buffer): Buffer {
  let at = 0
  for (const part of parts) {
    into.set(part, at)
    at += part.length
  }
  return into
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Skips a byte order mark of UTF-8 and refuses one of UTF-16. */
function behindMark(bytes: Buffer, file: string): Buffer {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3)
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw invalid(`"${file}", line 1: the text is UTF-16; convert it to UTF-8`, {
      file,
      line: 1,
      value: shownText(bytes.subarray(0, 2)),
    })
  }
  return bytes
}
