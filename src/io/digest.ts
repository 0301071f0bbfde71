import { nodeCrypto } from './node-crypto.ts'

/** The digest of `bytes` as lower-case hexadecimal digits. */
export function hexDigest(
  algorithm: 'md5' | 'sha1' | 'sha256' | 'sha512',
  bytes: Uint8Array,
): string {
  return nodeCrypto().createHash(algorithm).update(bytes).digest('hex')
}
