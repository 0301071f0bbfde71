import { open } from 'node:fs/promises'
import { GraupelError, invalid } from '../../error.ts'
import type { CsvSource } from './csv-options.ts'
import { type Compression, compressionOf, decompressed } from './decompress.ts'
import { expandGlob } from './expand-glob.ts'

/** One CSV text to read from its first byte to its last. */
export interface CsvFile {
  /** The path, or `(stream)`. */
  readonly name: string
  readonly byteLength: number | undefined
  chunks(): AsyncGenerator<Uint8Array>
}

const CHUNK_BYTES = 1 << 20

/**
 * The files of a source, in order. Throws NOT_FOUND when a path or glob names none, INVALID
 * for what is no source.
 */
export async function csvFiles(source: CsvSource, compression?: Compression): Promise<CsvFile[]> {
  const files = await packedFiles(source)
  return files.map((file) => {
    const by = compressionOf(file.name, compression)
    if (by === 'none') return file
    const chunks = () => decompressed(file.chunks(), { file: file.name, by })
    // How long the text is shows at its end.
    return { name: file.name, byteLength: undefined, chunks }
  })
}

async function packedFiles(source: CsvSource): Promise<CsvFile[]> {
  if (typeof source !== 'string') {
    const stream: unknown = source?.[Symbol.asyncIterator]
    if (typeof stream !== 'function') {
      throw invalid(
        'a CSV source is a path, a glob or an async iterable of bytes, such as a stream; got ' +
          (Array.isArray(source) ? 'a list' : source === null ? 'null' : typeof source),
      )
    }
    return [{ name: '(stream)', byteLength: undefined, chunks: () => streamChunks(source) }]
  }
  const files: CsvFile[] = []
  for (const name of await expandGlob(source)) {
    const handle = await opened(name)
    try {
      const byteLength = (await handle.stat()).size
      files.push({ name, byteLength, chunks: () => fileChunks(name) })
    } finally {
      await handle.close()
    }
  }
  return files
}

async function opened(name: string) {
  try {
    return await open(name)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new GraupelError(
      'UNAVAILABLE',
      `"${name}" cannot be opened: ${reason}`,
      { file: name },
      { cause },
    )
  }
}

async function* fileChunks(name: string): AsyncGenerator<Uint8Array> {
  const handle = await opened(name)
  try {
    for (;;) {
      // A buffer of its own for each chunk: text columns keep pointing into it.
      const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

async function* streamChunks(
  source: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<Uint8Array> {
  let half = ''
  for await (const chunk of source) {
    if (chunk instanceof Uint8Array) {
      if (half !== '') throw halfPair()
      // A copy, since the source may fill its buffer again.
      yield Buffer.from(chunk)
      continue
    }
    if (typeof chunk !== 'string') {
      throw invalid(`a CSV stream gives bytes or text, not ${typeof chunk}`)
    }
    let text = half + chunk
    const last = text.charCodeAt(text.length - 1)
    half = last >= 0xd800 && last <= 0xdbff ? text.slice(-1) : ''
    if (half !== '') text = text.slice(0, -1)
    if (!text.isWellFormed()) throw halfPair()
    yield Buffer.from(text)
  }
  if (half !== '') throw halfPair()
}

function halfPair() {
  return invalid('the CSV text holds half of a surrogate pair', { file: '(stream)' })
}
