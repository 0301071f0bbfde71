const POOLED_BYTES_MAX = 64 << 20
/** Smaller ones cost little to make. */
const POOLED_FROM = 256 * 1024
const ROUND_TO = 256 * 1024

/** Buffers that were given back, smallest first: touching fresh pages costs more than a fetch. */
const pool: ArrayBuffer[] = []
let pooledBytes = 0

/** `length` bytes of any content, of a buffer that was used before where there is one. */
export function takeBuffer(length: number): Uint8Array {
  if (length < POOLED_FROM) return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
  const found = pool.findIndex((buffer) => buffer.byteLength >= length)
  const fits = found >= 0 && pool[found]!.byteLength <= length * 2
  const buffer = fits ? pool.splice(found, 1)[0]! : newBuffer(length)
  if (fits) pooledBytes -= buffer.byteLength
  return new Uint8Array(buffer, 0, length)
}

/** Takes back what `takeBuffer` gave, which nobody may read or write any more. */
export function giveBuffer({ buffer }: Uint8Array): void {
  const { byteLength } = buffer
  if (byteLength < POOLED_FROM || pooledBytes + byteLength > POOLED_BYTES_MAX) return
  const at = pool.findIndex((other) => other.byteLength >= byteLength)
  pool.splice(at < 0 ? pool.length : at, 0, buffer as ArrayBuffer)
  pooledBytes += byteLength
}

function newBuffer(length: number): ArrayBuffer {
  const rounded = Math.ceil(length / ROUND_TO) * ROUND_TO
  return Buffer.allocUnsafeSlow(rounded).buffer as ArrayBuffer
}
