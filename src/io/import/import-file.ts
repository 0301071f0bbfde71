import { open } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { clip, GraupelError, invalid } from '../../error.ts'
import type { S3Options } from '../s3/s3-options.ts'
import { bucketFiles } from './bucket-files.ts'
import { type Compression, compressionOf, decompressed } from './decompress.ts'
import { expandGlob } from './expand-glob.ts'
import { httpFile } from './http-file.ts'

/** Bytes, text, or rows as objects, as they arrive. */
export type ImportStream = AsyncIterable<Uint8Array | string | object>

/**
 * What to load: a path, a glob, `http:`, `https:`, `s3:` or `file:`, a list of those, or a stream,
 * such as any `Readable`.
 */
export type ImportSource = string | URL | readonly (string | URL)[] | ImportStream

/** A file, as it is read from its first byte to its last. */
export interface ImportFile {
  /** Its path or URL, the name that a stream was given, or `(stream)`. */
  readonly name: string
  /** Undefined until it has been read. */
  readonly byteLength: number | undefined
  /** Where it is on a local disk, if it is. */
  readonly path?: string
  /** How it is packed. */
  readonly packed: Exclude<Compression, 'auto'>
  /** A stream, whose items may also be rows, and which can be read once. */
  readonly stream?: ImportStream
  /** The bytes as they are stored. */
  chunks(): AsyncGenerator<Uint8Array>
}

export interface ImportOptions {
  /** How files are packed: by the end of their names, `.gz` or `.br`, when not given. */
  readonly compression?: Compression | undefined
  /** What a stream is called, in messages, by its end, and in the table's ledger. */
  readonly name?: string | undefined
  /** Milliseconds without a byte of an `http:` answer before it fails; 30,000 unless told. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** How buckets are reached. */
export interface BucketAccess {
  readonly bucket?: S3Options | undefined
}

export const CHUNK_BYTES = 1 << 20
export const STREAM_NAME = '(stream)'

/**
 * The files of a source, in order, each once. Throws NOT_FOUND when a path or glob names none, INVALID
 * for what is no source, UNAVAILABLE when a server or bucket does not answer.
 */
export async function importFiles(
  source: ImportSource,
  options: ImportOptions & BucketAccess = {},
): Promise<ImportFile[]> {
  const { compression, name } = options
  compressionOf('', compression)
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw invalid('name has to be text that is not empty', { name })
  }
  if (isStream(source)) {
    const called = name ?? STREAM_NAME
    return [streamFile(called, compressionOf(called, compression), source)]
  }
  if (name !== undefined) throw invalid('name is for streams; files have one', { name })
  const places = Array.isArray(source) ? source : [source]
  if (places.length === 0) throw invalid('the list of files is empty')
  const files = new Map<string, ImportFile>()
  for (const place of places) {
    for (const file of await filesAt(place, options)) files.set(file.name, file)
  }
  return [...files.values()]
}

/** A stream as a file of that name. */
export function streamFile(
  name: string,
  packed: ImportFile['packed'],
  stream: ImportStream,
): ImportFile & { readonly stream: ImportStream } {
  return { name, byteLength: undefined, packed, stream, chunks: () => streamChunks(stream, name) }
}

/** The bytes of a file, unpacked. `tap` is told of each chunk as it is stored. */
export function unpackedChunks(
  file: ImportFile,
  tap: (chunk: Uint8Array) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const stored = tapped(file.chunks(), tap)
  const { packed: by, name } = file
  return by === 'none' ? stored : decompressed(stored, { file: name, by })
}

async function* tapped(chunks: AsyncGenerator<Uint8Array>, tap: (chunk: Uint8Array) => void) {
  for await (const chunk of chunks) {
    tap(chunk)
    yield chunk
  }
}

function isStream(source: unknown): source is ImportStream {
  return typeof (source as ImportStream | null)?.[Symbol.asyncIterator] === 'function'
}

async function filesAt(
  place: unknown,
  options: ImportOptions & BucketAccess,
): Promise<ImportFile[]> {
  const text = place instanceof URL ? place.href : place
  if (typeof text !== 'string') {
    throw invalid(
      'a source is a path, a glob, a URL, a list of those, or a stream of bytes; got ' +
        (place === null ? 'null' : typeof place),
    )
  }
  const { compression, signal, timeoutMs } = options
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(text)?.[1]?.toLowerCase()
  if (scheme === 'http' || scheme === 'https') {
    return [await httpFile(text, { compression, signal, timeoutMs })]
  }
  if (scheme === 's3') return bucketFiles(text, options)
  if (scheme === undefined || scheme === 'file') {
    const paths = await expandGlob(scheme === undefined ? text : fileURLToPath(text))
    return Promise.all(paths.map((path) => localFile(path, compression)))
  }
  throw invalid(`"${clip(text)}" is no file; use a path, "https:", "s3:" or "file:"`)
}

async function localFile(path: string, compression: Compression | undefined): Promise<ImportFile> {
  const handle = await opened(path)
  try {
    const byteLength = (await handle.stat()).size
    const packed = compressionOf(path, compression)
    return { name: path, path, byteLength, packed, chunks: () => fileChunks(path) }
  } finally {
    await handle.close()
  }
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

async function* streamChunks(source: ImportStream, file: string): AsyncGenerator<Uint8Array> {
  let half = ''
  for await (const chunk of source) {
    if (chunk instanceof Uint8Array) {
      if (half !== '') throw halfPair(file)
      // A copy, since the source may fill its buffer again.
      yield Buffer.from(chunk)
      continue
    }
    if (typeof chunk !== 'string') {
      const found = chunk === null ? 'null' : typeof chunk
      throw invalid(`a stream gives bytes, text, or rows from the first on, not ${found}`, { file })
    }
    let text = half + chunk
    const last = text.charCodeAt(text.length - 1)
    half = last >= 0xd800 && last <= 0xdbff ? text.slice(-1) : ''
    if (half !== '') text = text.slice(0, -1)
    if (!text.isWellFormed()) throw halfPair(file)
    yield Buffer.from(text)
  }
  if (half !== '') throw halfPair(file)
}

function halfPair(file: string) {
  return invalid('the text holds half of a surrogate pair', { file })
}
