/** Up to so many distinct values are counted exactly. */
export const EXACT_DISTINCT = 4096

const SLOTS = EXACT_DISTINCT * 4
const REGISTERS = 4096
/** Texts that were met last, by their size and two of their bytes. */
const RECENT = 256

/** A count of distinct values; an estimate is within about 5 % nearly always. */
export interface DistinctCount {
  readonly count: number
  readonly exact: boolean
}

function mix(hash: number): number {
  let h = hash
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/**
 * Counts the distinct values of whole numbers that lie close together, exactly.
 *
 * @param values One a row, each `least` to `least + range` where valid.
 * @param validity One byte a row, 0 for null (left out); empty when there is no null.
 * @param range Greatest less least: the count takes so many bits.
 *
 * Pure; does not throw.
 */
export function countDistinctInRange(
  values: Int32Array | Float64Array,
  validity: Uint8Array,
  rows: number,
  least: number,
  range: number,
): number {
  const hasNulls = validity.length > 0
  const seen = new Int32Array((range >>> 5) + 1)
  let count = 0
  for (let row = 0; row < rows; row++) {
    if (hasNulls && validity[row] === 0) continue
    const offset = values[row]! - least
    const word = seen[offset >>> 5]!
    const bit = 1 << (offset & 31)
    if ((word & bit) === 0) {
      seen[offset >>> 5] = word | bit
      count++
    }
  }
  return count
}

/**
 * Counts distinct numbers: exactly up to EXACT_DISTINCT, else by HyperLogLog with 4,096 registers.
 * NaN is one value, -0 is 0, nulls are left out. Parameters as in `countDistinctInRange`.
 *
 * Pure; does not throw. Source: Flajolet et al., "HyperLogLog" (2007).
 */
export function countDistinctNumbers(
  values: Float64Array,
  validity: Uint8Array,
  rows: number,
): DistinctCount {
  const hasNulls = validity.length > 0
  const words = new Int32Array(values.buffer, values.byteOffset, rows * 2)
  const slots = new Float64Array(SLOTS).fill(Number.NaN)
  let nan = 0
  let count = 0
  for (let row = 0; row < rows; row++) {
    if (hasNulls && validity[row] === 0) continue
    const value = values[row]!
    if (Number.isNaN(value)) nan = 1
    else {
      let slot = hashNumber(words, row, value) & (SLOTS - 1)
      let held = slots[slot]!
      while (held !== value && !Number.isNaN(held)) {
        slot = (slot + 1) & (SLOTS - 1)
        held = slots[slot]!
      }
      if (held !== value) {
        if (count + nan === EXACT_DISTINCT) return estimateNumbers(values, words, validity, rows)
        slots[slot] = value
        count++
      }
    }
  }
  return { count: count + nan, exact: true }
}

function hashNumber(words: Int32Array, row: number, value: number): number {
  if (value === 0) return 0
  return mix(Math.imul(words[row * 2]!, 0x9e3779b1) ^ mix(words[row * 2 + 1]!))
}

function estimateNumbers(
  values: Float64Array,
  words: Int32Array,
  validity: Uint8Array,
  rows: number,
): DistinctCount {
  const hasNulls = validity.length > 0
  const ranks = new Uint8Array(REGISTERS)
  let valid = 0
  for (let row = 0; row < rows; row++) {
    if (hasNulls && validity[row] === 0) continue
    valid++
    const value = values[row]!
    const hash = Number.isNaN(value) ? 1 : hashNumber(words, row, value)
    const rank = Math.clz32((hash << 12) | 2048) + 1
    if (rank > ranks[hash >>> 20]!) ranks[hash >>> 20] = rank
  }
  return estimate(ranks, valid)
}

/**
 * Counts distinct texts as `countDistinctNumbers` does; row i is `bytes[starts[i] .. ends[i])`.
 */
export function countDistinctTexts(
  bytes: Uint8Array,
  starts: Int32Array,
  ends: Int32Array,
  validity: Uint8Array,
  rows: number,
): DistinctCount {
  const hasNulls = validity.length > 0
  const slots = new Int32Array(SLOTS)
  const recent = new Int32Array(RECENT)
  let count = 0
  for (let row = 0; row < rows; row++) {
    if (hasNulls && validity[row] === 0) continue
    const start = starts[row]!
    const size = ends[row]! - start
    // Columns of few texts repeat them.
    const key = recentKey(bytes, start, size)
    const last = recent[key]! - 1
    if (last >= 0 && ends[last]! - starts[last]! === size) {
      if (sameBytes(bytes, starts[last]!, start, size)) continue
    }
    recent[key] = row + 1
    let slot = hashText(bytes, start, ends[row]!) & (SLOTS - 1)
    for (; ; slot = (slot + 1) & (SLOTS - 1)) {
      const held = slots[slot]! - 1
      if (held < 0) break
      if (ends[held]! - starts[held]! !== size) continue
      if (sameBytes(bytes, starts[held]!, start, size)) break
    }
    if (slots[slot] !== 0) continue
    if (count === EXACT_DISTINCT) return estimateTexts(bytes, starts, ends, validity, rows)
    slots[slot] = row + 1
    count++
  }
  return { count, exact: true }
}

function estimateTexts(
  bytes: Uint8Array,
  starts: Int32Array,
  ends: Int32Array,
  validity: Uint8Array,
  rows: number,
): DistinctCount {
  const hasNulls = validity.length > 0
  const ranks = new Uint8Array(REGISTERS)
  let valid = 0
  for (let row = 0; row < rows; row++) {
    if (hasNulls && validity[row] === 0) continue
    valid++
    const hash = hashText(bytes, starts[row]!, ends[row]!)
    const rank = Math.clz32((hash << 12) | 2048) + 1
    if (rank > ranks[hash >>> 20]!) ranks[hash >>> 20] = rank
  }
  return estimate(ranks, valid)
}

function hashText(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0
  for (let p = start; p < end; p++) hash = Math.imul(hash ^ bytes[p]!, 0x01000193)
  return mix(hash)
}

function recentKey(bytes: Uint8Array, start: number, size: number): number {
  if (size === 0) return 0
  return (bytes[start]! ^ (size << 3) ^ (bytes[start + (size >> 1)]! << 1)) & (RECENT - 1)
}

function sameBytes(bytes: Uint8Array, a: number, b: number, size: number): boolean {
  for (let i = 0; i < size; i++) if (bytes[a + i] !== bytes[b + i]) return false
  return true
}

function estimate(ranks: Uint8Array, valid: number): DistinctCount {
  let sum = 0
  let empty = 0
  for (const rank of ranks) {
    sum += 2 ** -rank
    if (rank === 0) empty++
  }
  const raw = ((0.7213 / (1 + 1.079 / REGISTERS)) * REGISTERS * REGISTERS) / sum
  const low = raw < 2.5 * REGISTERS && empty > 0
  const count = low ? REGISTERS * Math.log(REGISTERS / empty) : raw
  return {
    count: Math.min(valid, Math.max(EXACT_DISTINCT + 1, Math.round(count))),
    exact: false,
  }
}
