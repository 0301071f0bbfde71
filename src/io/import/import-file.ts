import { invalid } from '../../error.ts'
import type { S3Options } from '../s3/s3-options.ts'
import { type Compression, decompressed } from './decompress.ts'
import type { ChunkLife } from './text-file.ts'

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
  chunks(life?: ChunkLife): AsyncGenerator<Uint8Array>
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
  life: ChunkLife = 'lasting',
): AsyncGenerator<Uint8Array> {
  const { packed: by, name } = file
  const stored = tapped(file.chunks(by === 'none' ? life : 'lasting'), tap)
  return by === 'none' ? stored : decompressed(stored, { file: name, by })
}

async function* tapped(chunks: AsyncGenerator<Uint8Array>, tap: (chunk: Uint8Array) => void) {
  for await (const chunk of chunks) {
    tap(chunk)
    yield chunk
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
