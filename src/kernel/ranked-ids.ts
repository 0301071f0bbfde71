/** Positions that there may be for each key, and however few keys there are. */
const SPAN_PER_KEY = 256
const SPAN_MIN = 1 << 16
const SPAN_MAX = 2 ** 30

type Numbers = Int32Array | Float64Array

/**
 * Ids of whole-number keys that were numbered as they ascended: the id of a key is how many keys are less. A
 * bit for each number from the least to the greatest, and a count for each word of them.
 */
export class RankedIds {
  readonly #base: number
  readonly #span: number
  /** Per 32 numbers: which of them are keys, and how many keys come before. */
  readonly #words: Int32Array

  private constructor(keys: Numbers, count: number) {
    const base = keys[0]!
    this.#base = base
    this.#span = keys[count - 1]! - base + 1
    const words = new Int32Array(Math.ceil(this.#span / 32) * 2)
    for (let id = 0; id < count; id++) {
      const at = keys[id]! - base
      words[(at >> 5) << 1]! |= 1 << (at & 31)
    }
    let before = 0
    for (let word = 0; word < words.length; word += 2) {
      words[word + 1] = before
      before += ones(words[word]!)
    }
    this.#words = words
  }

  /** For `keys[0 .. count)`, each greater than the one before; null when there is none, or they lie too far apart. */
  static of(keys: Numbers, count: number): RankedIds | null {
    if (count === 0) return null
    const span = keys[count - 1]! - keys[0]! + 1
    const most = Math.min(SPAN_MAX, Math.max(SPAN_MIN, count * SPAN_PER_KEY))
    return span <= most ? new RankedIds(keys, count) : null
  }

  get bytes(): number {
    return this.#words.byteLength
  }

  /** Writes the id of each of `length` whole numbers to `ids`, -1 for those that are no key, and for nulls. */
  find(values: Numbers, validity: Uint8Array | null, length: number, ids: Int32Array): void {
    const words = this.#words
    const base = this.#base
    const span = this.#span
    for (let row = 0; row < length; row++) {
      const far = values[row]! - base
      let id = -1
      if (far >= 0 && far < span && (validity === null || validity[row] === 1)) {
        const word = (far >> 5) << 1
        const bit = 1 << (far & 31)
        const bits = words[word]!
        if ((bits & bit) !== 0) id = words[word + 1]! + ones(bits & (bit - 1))
      }
      ids[row] = id
    }
  }
}

/** How many bits of a word are set. */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
