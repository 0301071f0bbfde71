import { crc32 as nativeCrc32 } from 'node:zlib'
import { nodeCrypto } from './node-crypto.ts'

/** CRC-32 (ISO-HDLC, as in zlib) of `bytes`: an unsigned 32-bit number. */
export function crc32(bytes: Uint8Array): number {
  return nativeCrc32(bytes)
}

/** SHA-256 of `bytes` as 64 lower-case hex digits. */
export function sha256Hex(bytes: Uint8Array): string {
  return nodeCrypto().createHash('sha256').update(bytes).digest('hex')
}

/** A SHA-256 of bytes as they come. */
export function sha256(): { update(chunk: Uint8Array): void; hex(): string } {
  const hash = nodeCrypto().createHash('sha256')
  return { update: (chunk) => void hash.update(chunk), hex: () => hash.digest('hex') }
}
