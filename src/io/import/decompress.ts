import { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip } from 'node:zlib'
import { invalid } from '../../error.ts'

/** How a text is packed: `auto` goes by the end of its name, `.gz` or `.br`. */
export type Compression = 'auto' | 'none' | 'gzip' | 'brotli'

const COMPRESSIONS: readonly unknown[] = ['auto', 'none', 'gzip', 'brotli']

/** What the text of that name is packed with. Throws INVALID for an unknown word. */
export function compressionOf(
  name: string,
  asked: Compression = 'auto',
): Exclude<Compression, 'auto'> {
  if (!COMPRESSIONS.includes(asked)) {
    const words = COMPRESSIONS.map((word) => `"${word}"`).join(', ')
    throw invalid(`compression can be ${words}, got ${JSON.stringify(asked)}`, {
      compression: asked,
    })
  }
  if (asked !== 'auto') return asked
  if (name.endsWith('.gz')) return 'gzip'
  return name.endsWith('.br') ? 'brotli' : 'none'
}

/**
 * The bytes that `chunks` are the packed form of, as they come. Throws INVALID naming `file` for
 * bytes that are no such form, or only part of one.
 */
export async function* decompressed(
  chunks: AsyncIterable<Uint8Array>,
  { file, by }: { readonly file: string; readonly by: 'gzip' | 'brotli' },
): AsyncGenerator<Uint8Array> {
  const input = Readable.from(chunks)
  const unpack = by === 'gzip' ? createGunzip() : createBrotliDecompress()
  let failed: unknown
  input.on('error', (error) => {
    failed = error
    unpack.destroy(error)
  })
  try {
    for await (const chunk of input.pipe(unpack)) yield chunk as Uint8Array
  } catch (cause) {
    if (failed !== undefined) throw failed
    if (!(cause instanceof Error) || !('code' in cause)) throw cause
    throw invalid(`"${file}" is not ${by} from its first byte to its last: ${cause.message}`, {
      file,
      compression: by,
    })
  } finally {
    input.destroy()
    unpack.destroy()
  }
}
