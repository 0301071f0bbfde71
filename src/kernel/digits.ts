/** Powers of ten that are exact in a float64: 10^0 to 10^22. */
export const POWERS: Float64Array = Float64Array.from({ length: 23 }, (_, power) => 10 ** power)

const INT_POWERS = Int32Array.of(1, 10, 100, 1000, 10_000)

/**
 * How many of 4 bytes are digits before the first that is none: 0 to 4.
 *
 * @param word The bytes xor 0x30 each, the first of them lowest.
 */
export function leadingDigits(word: number): number {
  const mask = (word | (word + 0x06060606)) & 0xf0f0f0f0
  return mask === 0 ? 4 : (31 - Math.clz32(mask & -mask)) >> 3
}

/** The number that the first `count` (0 to 4) digits of `word` make; see `leadingDigits`. */
export function digitsValue(word: number, count: number): number {
  const half = 16 - (count << 2)
  const aligned = (word << half) << half
  const pairs = (Math.imul(aligned, 10) + (aligned >>> 8)) & 0x00ff00ff
  return Math.imul(pairs & 255, 100) + (pairs >>> 16)
}

/** 10^power as an int32, for 0 to 4. */
export function tenTo(power: number): number {
  return INT_POWERS[power]!
}

/** Value of two digits by their bytes, `first << 8 | second`; -1 for other bytes. */
export const DIGIT_PAIRS: Int8Array = digitPairs()

function digitPairs(): Int8Array {
  const pairs = new Int8Array(65_536).fill(-1)
  for (let value = 0; value < 100; value++) {
    const tens = Math.floor(value / 10)
    pairs[((48 + tens) << 8) | (48 + value - tens * 10)] = value
  }
  return pairs
}
