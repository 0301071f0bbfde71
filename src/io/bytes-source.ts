import type { ByteSource } from './object-store.ts'

/** Bytes in memory as an opened object. */
export function bytesSource(body: Uint8Array): ByteSource {
  return {
    byteLength: body.length,
    read(target, position) {
      const end = Math.min(body.length, position + target.length)
      if (end <= position) return 0
      target.set(body.subarray(position, end))
      return end - position
    },
    close() {},
  }
}
