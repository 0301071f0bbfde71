import { open } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { clip, GraupelError, invalid } from '../../error.ts'
import { bucketFiles } from './bucket-files.ts'
import { type Compression, compressionOf } from './decompress.ts'
import { expandGlob } from './expand-glob.ts'
import { httpFile } from './http-file.ts'
import {
  type BucketAccess,
  CHUNK_BYTES,
  type ImportFile,
  type ImportOptions,
  type ImportSource,
  type ImportStream,
  STREAM_NAME,
  streamFile,
} from './import-file.ts'
import type { ChunkLife } from './text-file.ts'

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
    return { name: path, path, byteLength, packed, chunks: (life) => fileChunks(path, life) }
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

async function* fileChunks(name: string, life: ChunkLife = 'lasting'): AsyncGenerator<Uint8Array> {
  const handle = await opened(name)
  const brief = life === 'brief' ? Buffer.allocUnsafeSlow(CHUNK_BYTES) : undefined
  try {
    for (;;) {
      // A buffer of its own for each lasting chunk: text columns keep pointing into it.
      const buffer = brief ?? Buffer.allocUnsafeSlow(CHUNK_BYTES)
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}
