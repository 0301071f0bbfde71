/** Texts that are remembered at once; a power of 2. */
const SLOTS = 512
/** Per slot: the first and the last 8 bytes of a text as four words, its length, its id + 1. */
const WORDS = 8
/** Bytes of the longest text that fits. */
export const RECENT_LONGEST = 16

/**
 * The ids of texts of 2 to 16 bytes that came by lately, found by comparing words instead of bytes:
 * a column with few distinct texts asks for nothing else.
 */
export class RecentTexts {
  readonly #slots = new Int32Array(SLOTS * WORDS)
  #asked = 0
  #found = 0

  /** False once it has turned out that texts seldom come again. */
  get pays(): boolean {
    return this.#asked < 65_536 || this.#found * 2 > this.#asked
  }

  /** Tells how `asked` look-ups went, of which `found` found something. */
  note(asked: number, found: number): void {
    this.#asked += asked
    this.#found += found
  }

  /**
   * Where the text at `start` is or would be: a position at which `idAt` answers. What stood there
   * before is forgotten when it was another text.
   */
  slotOf(view: DataView, start: number, length: number): number {
    let first = 0
    let second = 0
    let third = 0
    let last = 0
    if (length >= 8) {
      first = view.getInt32(start, true)
      second = view.getInt32(start + 4, true)
      third = view.getInt32(start + length - 8, true)
      last = view.getInt32(start + length - 4, true)
    } else if (length >= 4) {
      first = view.getInt32(start, true)
      last = view.getInt32(start + length - 4, true)
    } else {
      first = view.getUint16(start, true)
      last = view.getUint8(start + length - 1)
    }
    let hash = Math.imul(first ^ (second << 7) ^ length, 0x9e3779b1)
    hash = Math.imul(hash ^ third ^ (last << 3) ^ (hash >>> 15), 0x85ebca6b)
    const slot = (hash >>> 23) * WORDS
    const slots = this.#slots
    if (
      slots[slot] !== first ||
      slots[slot + 3] !== last ||
      slots[slot + 1] !== second ||
      slots[slot + 2] !== third ||
      slots[slot + 4] !== length
    ) {
      slots[slot] = first
      slots[slot + 1] = second
      slots[slot + 2] = third
      slots[slot + 3] = last
      slots[slot + 4] = length
      slots[slot + 5] = 0
    }
    return slot + 5
  }

  /** The id at a position that `slotOf` gave; -1 when it is not known. */
  idAt(slot: number): number {
    return this.#slots[slot]! - 1
  }

  remember(slot: number, id: number): void {
    this.#slots[slot] = id + 1
  }
}
