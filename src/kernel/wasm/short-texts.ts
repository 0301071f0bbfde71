import type { Utf8Vector } from '../../arrow/vector.ts'
import { addressOf, type Blocks, keptInt32 } from './blocks.ts'
import { wasmKernels } from './kernels.ts'

/** Bytes of the longest text that a table holds. */
const LONGEST = 16
const SLOTS = 2048
const SLOT_BYTES = 32
/** Int32 of a table: the slots, and one for each text of one byte. */
const WORDS = (SLOTS * SLOT_BYTES) / 4 + 256

/** Ids of texts of at most 16 bytes, in the kernels' memory. It takes as many as half its slots. */
export class ShortTexts {
  readonly #table: number
  #count = 0

  private constructor(table: number) {
    this.#table = table
  }

  /** An empty table that lives as long as `blocks`; null when there is no room. */
  static within(blocks: Blocks | null): ShortTexts | null {
    const table = keptInt32(blocks, WORDS)
    return table === null ? null : new ShortTexts(table.byteOffset)
  }

  /**
   * Writes the ids of the rows of `texts` from `row` on to `ids`, up to one that it cannot tell: a
   * null, a text that is longer or that it was not told. Answers that row; -1 if the vector or `ids`
   * are not in the kernels' memory.
   */
  find(
    { bytes, starts, ends, validity, length }: Utf8Vector,
    row: number,
    ids: Int32Array,
  ): number {
    const [text, from, to] = [addressOf(bytes), addressOf(starts), addressOf(ends)]
    const out = addressOf(ids)
    if (text === 0 || from === 0 || to === 0 || out === 0 || validity !== null) return -1
    return wasmKernels()!.run.findTexts(text, from, to, row, length, this.#table, SLOTS, out)
  }

  /** Tells it the id of the text `bytes[start .. end)`, which are in the kernels' memory. */
  enter(bytes: Uint8Array, start: number, end: number, id: number): void {
    if (end - start > LONGEST || this.#count * 2 >= SLOTS) return
    this.#count++
    const at = addressOf(bytes) + start
    wasmKernels()!.run.enterText(at, end - start, id, this.#table, SLOTS)
  }
}
