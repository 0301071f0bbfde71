import type { Utf8Vector } from '../../arrow/vector.ts'
import { decodeQuotedText } from '../../kernel/decode-text.ts'
import { type LikeProgram, matchesLike } from '../../kernel/like.ts'
import { selectFlags } from '../../kernel/select-numbers.ts'
import { selectLike } from '../../kernel/select-texts.ts'
import { type LineSearch, lineSearch, wasmSelectLines } from '../../kernel/wasm/select-lines.ts'
import type { LineBuffer } from './byte-window.ts'
import type { TextRunDecoder } from './text-decoder.ts'

/** Records whose places are kept for a closer look. */
const CLOSER = 16_384
const QUOTE = 34

const places = new Uint32Array(CLOSER)
const cursor = new Int32Array(3)
const oneStart = new Int32Array(1)
const oneEnd = new Int32Array(1)
const oneFlag = new Uint8Array(1)
let oneText = new Uint8Array(256)

/** A run of texts of which only the rows that match are wanted. */
export interface TextRun {
  /** Row of the file that it begins with. */
  readonly firstRow: number
  readonly rows: number
  /** About how long it is. */
  readonly bytes: number
}

/** The rows of `vector` that match and are not null, in `out`. */
export function selectMatchingTexts(
  vector: Utf8Vector,
  program: LikeProgram,
  out: Uint32Array,
): number {
  const { length, validity } = vector
  const count = selectLike(vector, program, null, length, out)
  return validity === null ? count : selectFlags(validity, 1, out, count, out)
}

/** Writes the indices in `rows[0 .. count)` of rows that are in `found[0 .. matching)` to `out`. */
export function meetRows(
  rows: Uint32Array,
  count: number,
  found: Uint32Array,
  matching: number,
  out: Uint32Array,
): number {
  let kept = 0
  let at = 0
  for (let i = 0; i < count && at < matching; i++) {
    const row = rows[i]!
    while (at < matching && found[at]! < row) at++
    if (at < matching && found[at] === row) out[kept++] = i
  }
  return kept
}

/**
 * Finds the rows of a run that match a pattern in the bytes of the file. Where these do not tell,
 * the rest of the run is decoded.
 */
export class LineSelection {
  /** Rows passed so far. */
  row = 0
  readonly #decoder: TextRunDecoder
  readonly #run: TextRun
  readonly #program: LikeProgram
  readonly #search: LineSearch | null
  readonly #out: Uint32Array
  #found = 0
  /** Row of the run from which on it is decoded; -1 as long as it is not. */
  #decoded = -1

  /** @param out Receives the rows, relative to the run. */
  constructor(decoder: TextRunDecoder, run: TextRun, program: LikeProgram, out: Uint32Array) {
    this.#decoder = decoder
    this.#run = run
    this.#program = program
    this.#search = lineSearch(program)
    this.#out = out
  }

  /** Whether rows were passed that were not decoded, so that their nulls were not counted. */
  get skipped(): boolean {
    return this.#decoded !== 0
  }

  /** Goes on with what is in `lines`; answers whether the run is complete. */
  step(lines: LineBuffer): boolean {
    while (this.#decoded < 0) {
      if (this.row === this.#run.rows) return true
      if (this.#search === null || lines.address === 0) this.#decodeRest()
      else if (!this.#select(this.#search, lines)) return false
    }
    const complete = this.#decoder.decode(lines)
    this.row = this.#decoded + this.#decoder.row
    return complete
  }

  /** How many rows were found. */
  finish(): number {
    if (this.#decoded < 0) return this.#found
    const vector = this.#decoder.finish() as Utf8Vector
    const rest = this.#out.subarray(this.#found)
    const count = selectMatchingTexts(vector, this.#program, rest)
    for (let i = 0; i < count; i++) rest[i] = rest[i]! + this.#decoded
    return this.#found + count
  }

  #decodeRest(): void {
    const { rows, firstRow, bytes } = this.#run
    const left = rows - this.row
    this.#decoder.begin(left, firstRow + this.row, Math.ceil((bytes / rows) * left))
    this.#decoded = this.row
  }

  /** Answers false when more bytes are needed. */
  #select(search: LineSearch, lines: LineBuffer): boolean {
    const { address, start, end } = lines
    const { row } = this
    const { rows } = this.#run
    const before = this.#found
    const out = this.#out
    const count = wasmSelectLines(
      search,
      address,
      start,
      end,
      row,
      rows,
      out,
      before,
      places,
      cursor,
    )
    const [next, passed, odd] = [cursor[0]!, cursor[1]!, cursor[2]!]
    const closer = search.program === null ? -1 : this.#closer(search.program, lines, count)
    if (closer >= 0) {
      // Record `closer` of those found is written as no writer of ours does it: so the decoder says.
      this.row = out[closer]!
      lines.start = places[closer - before]!
    } else {
      this.row = passed
      lines.start = next
    }
    if (search.program === null) this.#found = count
    if (odd !== 0 || closer >= 0) this.#decodeRest()
    return this.#decoded >= 0 || passed > row
  }

  /**
   * Keeps of the rows found from `#found` to `count` those that match as a whole; answers the index
   * of one that is to be decoded, -1 for none.
   */
  #closer(program: LikeProgram, { bytes, end }: LineBuffer, count: number): number {
    const out = this.#out
    const first = this.#found
    for (let i = first; i < count; i++) {
      const start = places[i - first]!
      const row = out[i]!
      if (bytes[start] === QUOTE) {
        if (!unquote(bytes, start, end)) return i
        if (!matchesLike(program, oneText, oneStart[0]!, oneEnd[0]!)) continue
      } else if (!matchesLine(program, bytes, start)) continue
      out[this.#found++] = row
    }
    return -1
  }
}

function matchesLine(program: LikeProgram, bytes: Uint8Array, start: number): boolean {
  let end = start
  while (bytes[end] !== 10) end++
  return matchesLike(program, bytes, start, end)
}

/** Puts the text of a quoted record into `oneText`; answers false where it is not as we write it. */
function unquote(bytes: Uint8Array, start: number, end: number): boolean {
  if (oneText.length < end - start) oneText = new Uint8Array(end - start)
  cursor[1] = 0
  decodeQuotedText(bytes, start, end, oneText, oneStart, oneEnd, 0, 1, oneFlag, cursor)
  return cursor[2] === 0
}
