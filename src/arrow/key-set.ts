/** Bits of the widest set: of 16 MiB. */
const SPAN_MAX = 2 ** 27

/** Whole numbers within 2^53, one bit for each from `least` to `greatest`. Threads share the bits. */
export interface KeySet {
  readonly least: number
  readonly greatest: number
  readonly count: number
  readonly bits: Uint32Array
}

/** Whether `value` is in `set`; what is no whole number is not. */
export function hasKey({ least, greatest, bits }: KeySet, value: number): boolean {
  if (!(value >= least && value <= greatest)) return false
  const at = value - least
  return ((bits[at >>> 5]! >>> (at & 31)) & 1) === 1
}

/** Whether a number from `from` to `to` is in `set`. */
export function hasKeyBetween(set: KeySet, from: number, to: number): boolean {
  const { least, greatest, bits } = set
  const last = Math.min(greatest, to) - least
  for (let at = Math.max(least, from) - least; at <= last; ) {
    const word = bits[at >>> 5]! >>> (at & 31)
    if (word !== 0) return at + ctz(word) <= last
    at = (at | 31) + 1
  }
  return false
}

const ctz = (word: number): number => 31 - Math.clz32(word & -word)

/** Gathers the numbers of a set that is not known beforehand to be narrow enough for one. */
export class KeySetBuilder {
  #least = 0
  #bits: Uint32Array | null = new Uint32Array(0)

  /** Takes in whole numbers within 2^53; nulls are left out. */
  add(values: Int32Array | Float64Array, validity: Uint8Array | null, length: number): void {
    if (this.#bits === null) return
    let least = Number.POSITIVE_INFINITY
    let greatest = Number.NEGATIVE_INFINITY
    for (let row = 0; row < length; row++) {
      if (validity !== null && validity[row] === 0) continue
      const value = values[row]!
      if (value < least) least = value
      if (value > greatest) greatest = value
    }
    if (least > greatest || !this.#cover(least, greatest)) return
    const bits = this.#bits
    const base = this.#least
    for (let row = 0; row < length; row++) {
      if (validity !== null && validity[row] === 0) continue
      const at = values[row]! - base
      bits[at >>> 5]! |= 1 << (at & 31)
    }
  }

  /** The set; null when there is no number, or they lie too far apart. */
  finish(): KeySet | null {
    const bits = this.#bits
    if (bits === null) return null
    const first = bits.findIndex((word) => word !== 0)
    if (first < 0) return null
    let last = bits.length - 1
    while (bits[last] === 0) last--
    let count = 0
    for (let word = first; word <= last; word++) count += ones(bits[word]!)
    const shared = new Uint32Array(new SharedArrayBuffer((last - first + 1) * 4))
    shared.set(bits.subarray(first, last + 1))
    const least = this.#least + first * 32
    return { least, greatest: least + shared.length * 32 - 1, count, bits: shared }
  }

  /** Makes room for the numbers from `least` to `greatest`; lets all go when that is too much. */
  #cover(least: number, greatest: number): boolean {
    const bits = this.#bits!
    const isEmpty = bits.length === 0
    const from = isEmpty ? least : Math.min(least, this.#least)
    const to = isEmpty ? greatest : Math.max(greatest, this.#least + bits.length * 32 - 1)
    if (!isEmpty && from === this.#least && to < from + bits.length * 32) return true
    if (to - from >= SPAN_MAX) {
      this.#bits = null
      return false
    }
    const down = Math.ceil((this.#least - from) / 32)
    const base = isEmpty ? from : this.#least - down * 32
    // Room for more on the side to which the numbers go.
    const words = Math.ceil((to - base + 1) / 32)
    const grown = new Uint32Array(Math.max(words, Math.min(SPAN_MAX / 32, bits.length * 2)))
    if (!isEmpty) grown.set(bits, down)
    this.#bits = grown
    this.#least = base
    return true
  }
}

function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
