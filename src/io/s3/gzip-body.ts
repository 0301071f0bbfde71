import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { clip, corrupt, type GraupelError } from '../../error.ts'
import type { ByteSource } from '../object-store.ts'

const deflate = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gzip)
const inflate = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gunzip)

/** Bytes of the largest body that is stored as gzip, and so of what a stored one can become. */
export const GZIP_BYTES_MAX = 64 << 20
/** Numbers hardly become smaller at higher levels, and take twice as long. */
const LEVEL = 1
const CHUNK_BYTES_MAX = 1 << 20

/** Headers of an object that say how its body is stored. */
export interface BodyHeaders {
  readonly ContentEncoding?: string | undefined
  readonly Metadata?: Record<string, string> | undefined
}

/** `body` as gzip; undefined where that is not smaller, or the body is larger than 64 MiB. */
export async function gzipped(body: Uint8Array): Promise<Uint8Array | undefined> {
  if (body.length > GZIP_BYTES_MAX) return undefined
  const packed = await deflate(body, { level: LEVEL })
  return packed.length < body.length ? packed : undefined
}

/**
 * Bytes that a body has once it is unpacked; undefined when it is stored plain. Throws DATA for
 * an encoding other than gzip, and for a claim that no body of ours makes.
 */
export function unpackedBytes(
  { ContentEncoding, Metadata }: BodyHeaders,
  key: string,
): number | undefined {
  // Some servers keep the name of the transfer's own encoding.
  const encoding = (ContentEncoding ?? '').replace(/\baws-chunked\b,?\s*/, '').toLowerCase()
  if (encoding === '' || encoding === 'identity') return undefined
  const claim = Metadata?.['bytes'] ?? ''
  const bytes = /^\d{1,9}$/.test(claim) ? Number(claim) : Number.POSITIVE_INFINITY
  if (encoding === 'gzip' && bytes <= GZIP_BYTES_MAX) return bytes
  throw encoding === 'gzip'
    ? spoilt(key, `claims to unpack to ${clip(claim) || 'no number of'} bytes`)
    : spoilt(key, `has the encoding "${clip(encoding)}", which is not gzip`)
}

/** `packed` unpacked, exactly `bytes` long. Throws DATA when it is anything else; never unpacks more. */
export async function unpacked(
  packed: Uint8Array,
  { bytes, key }: { readonly bytes: number; readonly key: string },
): Promise<Uint8Array> {
  const chunkSize = Math.max(64, Math.min(CHUNK_BYTES_MAX, bytes))
  let body: Buffer
  try {
    body = await inflate(packed, { maxOutputLength: Math.max(1, bytes), chunkSize })
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw spoilt(key, `unpacks to more than the ${bytes} bytes it claims`)
    }
    throw spoilt(key, 'is no gzip, as it claims to be')
  }
  if (body.length === bytes) return body
  throw spoilt(key, `unpacks to ${body.length} bytes, not to the ${bytes} it claims`)
}

function spoilt(key: string, what: string): GraupelError {
  return corrupt(`"${clip(key)}" ${what}`, { file: key })
}

/** An object stored as gzip, unpacked as soon as all of it is there. */
export class UnpackedSource implements ByteSource {
  readonly byteLength: number
  readonly #packed: ByteSource
  readonly #unpacking: Promise<void>
  #body: Uint8Array | undefined

  constructor(packed: ByteSource, claim: { readonly bytes: number; readonly key: string }) {
    this.byteLength = claim.bytes
    this.#packed = packed
    this.#unpacking = this.#unpack(claim)
    // Told to those who read.
    this.#unpacking.catch(() => {})
  }

  read(target: Uint8Array, position: number): number | Promise<number> {
    if (this.#body !== undefined) return copied(this.#body, target, position)
    return this.#unpacking.then(() => copied(this.#body!, target, position))
  }

  close(): void {
    this.#packed.close()
  }

  async #unpack(claim: { readonly bytes: number; readonly key: string }): Promise<void> {
    const packed = new Uint8Array(this.#packed.byteLength)
    for (let at = 0; at < packed.length; ) {
      const count = await this.#packed.read(packed.subarray(at), at)
      if (count === 0) throw spoilt(claim.key, `ends after ${at} bytes`)
      at += count
    }
    this.#body = await unpacked(packed, claim)
  }
}

function copied(body: Uint8Array, target: Uint8Array, position: number): number {
  const found = body.subarray(position, position + target.length)
  target.set(found)
  return found.length
}
