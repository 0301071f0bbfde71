import { isAscii, isUtf8 } from 'node:buffer'
import { type DataType, layoutOf } from '../../arrow/data-type.ts'
import type { Vector } from '../../arrow/vector.ts'
import { corrupt } from '../../error.ts'
import { decodeHex, decodePlainText, decodeQuotedText } from '../../kernel/decode-text.ts'
import { evenTexts } from '../../kernel/even-texts.ts'
import { findLines } from '../../kernel/find-lines.ts'
import { newInt32, newUint8 } from '../../kernel/wasm/blocks.ts'
import { wasmDecodeTexts } from '../../kernel/wasm/decode-text.ts'
import type { LineBuffer } from './byte-window.ts'
import type { ColumnFile } from './column-reader.ts'
import { RunDecoder, wholeLines } from './run-decoder.ts'

const BLOCK = 16_384
/** Rows that are not left to WebAssembly after one that it does not know; more if it meets others. */
const PATIENCE = 8
/** Newlines found and not yet used up: only within one call of `decode`. */
const lineEnds = new Int32Array(BLOCK)
const NOTHING = new Uint8Array(0)

/** Text, JSON and binary. A run's vector is a view of the run's own copy of the file's bytes. */
export class TextRunDecoder extends RunDecoder {
  readonly #even: number | null
  #text: Uint8Array = NOTHING
  #used = 0
  #starts: Int32Array = new Int32Array(0)
  #ends: Int32Array = new Int32Array(0)
  #patience = PATIENCE

  /** @param even Bytes of every text, where that can be relied on and none is null or in quotes. */
  constructor(file: ColumnFile, even: number | null) {
    super(file)
    this.#even = even
  }

  protected allocate(rows: number, bytes: number): void {
    this.#text = newUint8(bytes)
    this.#used = 0
    this.#starts = this.emptied(newInt32(rows))
    this.#ends = this.emptied(newInt32(rows))
  }

  decode(lines: LineBuffer): boolean {
    if (this.#even !== null) this.#decodeEven(lines, this.#even)
    else if (this.file.type.name === 'binary') this.#decodeHex(lines)
    else {
      while (lines.address !== 0 && this.row < this.rows) {
        if (!this.#decodeByWasm(lines)) return this.row === this.rows
        // What it stopped at is rarely alone: the loops in TypeScript go on for some rows.
        const limit = Math.min(this.rows, this.row + this.#patience)
        this.#decodeTo(limit, lines)
        if (this.row < limit) return false
        this.#patience = Math.min(this.#patience * 2, BLOCK)
      }
      this.#decodeTo(this.rows, lines)
    }
    return this.row === this.rows
  }

  /** Lines whose places are known. */
  #decodeEven(lines: LineBuffer, width: number): void {
    const { bytes, start, end } = lines
    const stride = width + 1
    const count = Math.min(this.rows - this.row, Math.floor((end - start) / stride))
    const size = count * stride
    this.#reserve(size)
    this.#text.set(bytes.subarray(start, start + size), this.#used)
    evenTexts(this.#starts, this.#ends, this.row, count, this.#used, { width, gap: 1 })
    this.#used += size
    this.row += count
    lines.start = start + size
  }

  #decodeTo(limit: number, lines: LineBuffer): void {
    if (this.file.statistics.hints.plain) this.#decodePlain(lines, limit)
    else this.#decodeQuoted(lines, limit)
  }

  /** Answers whether it stopped at a record that is not for it. */
  #decodeByWasm(lines: LineBuffer): boolean {
    const { cursor, row, rows, validity } = this
    const { address, bytes, start, end } = lines
    const shift = this.#used - start
    const [starts, ends] = [this.#starts, this.#ends]
    const next = wasmDecodeTexts(
      address,
      start,
      end,
      shift,
      starts,
      ends,
      row,
      rows,
      validity,
      cursor,
      this.file.statistics.hints,
    )
    const stop = cursor[0]!
    if (next > row) {
      this.#reserve(stop - start)
      this.#checkText(lines, start, stop)
      this.#text.set(bytes.subarray(start, stop), this.#used)
      this.#used += stop - start
      if (next - row > this.#patience) this.#patience = PATIENCE
    }
    this.row = next
    lines.start = stop
    return cursor[2] !== 0
  }

  protected vector(validity: Uint8Array | null): Vector {
    return {
      type: this.file.type,
      layout: 'utf8',
      length: this.rows,
      validity,
      bytes: this.#text,
      starts: this.#starts,
      ends: this.#ends,
    }
  }

  #decodePlain(lines: LineBuffer, rows: number): void {
    while (this.row < rows) {
      const { bytes, words, start, end } = lines
      const limit = Math.min(BLOCK, rows - this.row)
      const count = findLines(bytes, words, start, end, lineEnds, limit)
      if (count === 0) return
      const next = lineEnds[count - 1]! + 1
      this.#reserve(next - start)
      this.#checkText(lines, start, next)
      this.#text.set(bytes.subarray(start, next), this.#used)
      const row = decodePlainText(
        bytes,
        start,
        lineEnds,
        count,
        this.#used - start,
        this.#starts,
        this.#ends,
        this.row,
        this.validity,
      )
      if (row < this.row + count) {
        const wrong = row - this.row
        if (wrong > 0) lines.start = lineEnds[wrong - 1]! + 1
        this.row = row
        throw this.wrongLine(lines, 'is not text as it is written without quotes')
      }
      this.row = row
      this.#used += next - start
      lines.start = next
    }
  }

  #decodeQuoted(lines: LineBuffer, rows: number): void {
    const { cursor, row, validity } = this
    const { bytes, start, end } = lines
    this.#reserve(end - start)
    cursor[1] = this.#used
    const [text, starts, ends] = [this.#text, this.#starts, this.#ends]
    const next = decodeQuotedText(
      bytes,
      start,
      end,
      text,
      starts,
      ends,
      row,
      rows,
      validity,
      cursor,
    )
    this.#checkText(lines, start, cursor[0]!)
    this.#advance(lines, next)
  }

  #decodeHex(lines: LineBuffer): void {
    const { cursor, row, rows, validity } = this
    const { bytes, start } = lines
    const to = wholeLines(lines)
    this.#reserve((to - start) >> 1)
    cursor[1] = this.#used
    const [text, starts, ends] = [this.#text, this.#starts, this.#ends]
    const next = decodeHex(bytes, start, to, text, starts, ends, row, rows, validity, cursor)
    this.#advance(lines, next)
  }

  #advance(lines: LineBuffer, row: number): void {
    this.row = row
    lines.start = this.cursor[0]!
    this.#used = this.cursor[1]!
    if (this.cursor[2] !== 0) {
      throw this.wrongLine(lines, `is not ${this.file.type.name} as it is written`)
    }
  }

  #reserve(size: number): void {
    const needed = this.#used + size
    if (needed <= this.#text.length) return
    const grown = new Uint8Array(Math.max(needed, Math.ceil(this.#text.length * 1.5)))
    grown.set(this.#text.subarray(0, this.#used))
    this.#text = grown
  }

  /** Whole lines are checked at once, since a newline never stands within a code point. */
  #checkText(lines: LineBuffer, from: number, to: number): void {
    const bytes = lines.bytes.subarray(from, to)
    const { ascii } = this.file.statistics.hints
    if (ascii ? isAscii(bytes) : isUtf8(bytes)) return
    const { key, name } = this.file
    const row = this.firstRow + this.row
    throw corrupt(
      `"${key}": column "${name}": not ${ascii ? 'ASCII' : 'UTF-8'} at or after line ${row + 2}`,
      { file: key, column: name, line: row + 2, row },
    )
  }
}

/** The decoder of a text column; `trusted`: what the statistics say of its file can be relied on. */
export function textDecoder(
  file: ColumnFile,
  { trusted }: { readonly trusted: boolean },
): TextRunDecoder {
  const { nulls, hints } = file.statistics
  // Lines of two bytes may be nulls that the statistics do not know of.
  const isEven =
    trusted && nulls === 0 && hints.plain && hints.width !== 2 && file.type.name !== 'binary'
  return new TextRunDecoder(file, isEven ? hints.width : null)
}

/** Whether vectors of `type` are decoded by a `TextRunDecoder`. */
export function isTextual(type: DataType): boolean {
  return layoutOf(type) === 'utf8'
}
