import { SAFE, type Vector } from '../arrow/vector.ts'
import { hashBytes, hashPair, mix } from './hash.ts'

const SAFE_BIG = BigInt(SAFE)
const NULL_HASH = 0x2545f491

/** A hash of each row's keys. Rows whose keys are equal (null = null) have equal hashes. */
export function hashRows(
  keys: readonly Vector[],
  length: number,
  seed: number,
  hashes: Int32Array,
): void {
  hashes.fill(mix(seed + 1), 0, length)
  for (const key of keys) {
    addHashes(key, length, hashes)
    const { validity } = key
    if (validity === null) continue
    for (let row = 0; row < length; row++) {
      if (validity[row] === 0) hashes[row] = hashPair(hashes[row]!, NULL_HASH)
    }
  }
}

/** Mixes the value of every row that is not null into its hash. */
function addHashes(key: Vector, length: number, hashes: Int32Array): void {
  const { validity } = key
  switch (key.layout) {
    case 'utf8':
      for (let row = 0; row < length; row++) {
        if (validity !== null && validity[row] === 0) continue
        hashes[row] = hashPair(hashes[row]!, hashBytes(key.bytes, key.starts[row]!, key.ends[row]!))
      }
      return
    case 'f64': {
      const scratch = new Float64Array(1)
      const words = new Int32Array(scratch.buffer)
      for (let row = 0; row < length; row++) {
        if (validity !== null && validity[row] === 0) continue
        const value = key.values[row]!
        scratch[0] = Number.isNaN(value) ? Number.NaN : value + 0
        hashes[row] = hashPair(hashes[row]!, hashPair(words[0]!, words[1]!))
      }
      return
    }
    case 'big':
      addBigHashes(key.values, validity, length, hashes)
      return
    default:
      for (let row = 0; row < length; row++) {
        if (validity !== null && validity[row] === 0) continue
        hashes[row] = hashPair(hashes[row]!, key.values[row]!)
      }
  }
}

/** A number that a float64 holds hashes as that: the same column may be `f64` elsewhere. */
function addBigHashes(
  values: readonly bigint[],
  validity: Uint8Array | null,
  length: number,
  hashes: Int32Array,
): void {
  const scratch = new Float64Array(1)
  const words = new Int32Array(scratch.buffer)
  for (let row = 0; row < length; row++) {
    if (validity !== null && validity[row] === 0) continue
    const value = values[row]!
    if (value <= SAFE_BIG && value >= -SAFE_BIG) {
      scratch[0] = Number(value)
      hashes[row] = hashPair(hashes[row]!, hashPair(words[0]!, words[1]!))
    } else {
      const low = Number(BigInt.asIntN(32, value))
      const high = Number(BigInt.asIntN(32, value >> 32n))
      hashes[row] = hashPair(hashes[row]!, hashPair(low, high))
    }
  }
}

/**
 * Deals rows to `2^bits` parts by the upper bits of their hashes.
 *
 * @returns All rows, part by part and ascending within, and where each part begins; one more
 *   entry is the end of the last.
 */
export function dealRows(
  hashes: Int32Array,
  length: number,
  bits: number,
): { readonly rows: Uint32Array; readonly starts: Uint32Array } {
  const shift = 32 - bits
  const starts = new Uint32Array((1 << bits) + 1)
  for (let row = 0; row < length; row++) starts[(hashes[row]! >>> shift) + 1]! += 1
  for (let part = 1; part < starts.length; part++) starts[part]! += starts[part - 1]!
  const next = starts.slice()
  const rows = new Uint32Array(length)
  for (let row = 0; row < length; row++) rows[next[hashes[row]! >>> shift]!++] = row
  return { rows, starts }
}
