import { createHash } from 'node:crypto'

/** The digest of `bytes` as lower-case hexadecimal digits. */
export function hexDigest(
  algorithm: 'md5' | 'sha1' | 'sha256' | 'sha512',
  bytes: Uint8Array,
): string {
  return createHash(algorithm).update(bytes).digest('hex')
}
