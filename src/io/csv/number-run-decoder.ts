import { layoutOf, typeText } from '../../arrow/data-type.ts'
import { parseScalar, type Scalar, scalarText } from '../../arrow/scalar.ts'
import type { Vector } from '../../arrow/vector.ts'
import { GraupelError } from '../../error.ts'
import { enterYear, MONTHS } from '../../kernel/decode-temporal.ts'
import { selectFlags, selectNumbers } from '../../kernel/select-numbers.ts'
import { hasBlocks, newFloat64, newInt32 } from '../../kernel/wasm/blocks.ts'
import { type RangeSink, type WasmDecode, wasmDecode } from '../../kernel/wasm/decode-number.ts'
import type { LineBuffer } from './byte-window.ts'
import type { RangeAnswer, RangeQuery } from './column-reader.ts'
import { RunDecoder, wholeLines } from './run-decoder.ts'

/** Years met so far, shared by all readers: they never change once entered. */
export const months: Int32Array = new Int32Array(MONTHS)

type NumberArray = Int32Array | Float64Array

/** Fast kernels for the lines they know, and one line at a time for the rest. */
export abstract class NumberDecoder extends RunDecoder {
  #wasm: WasmDecode | null | undefined
  #sink: RangeSink | null = null
  #kept: NumberArray = new Int32Array(0)
  protected abstract values: Uint8Array | NumberArray

  protected abstract override allocate(rows: number): void

  /**
   * As `begin`, but instead of keeping all values finds the rows that `query` asks for, for
   * `finishSelection`; rows of the run, or indices in `selected`.
   */
  beginSelection(
    rows: number,
    firstRow: number,
    selected: Uint32Array | null,
    { range, out, keep }: RangeQuery,
  ): void {
    this.beginRows(rows, firstRow, selected)
    this.allocate(0)
    const kept = keep ? this.#keptRoom(rows) : null
    this.#sink = { range, out, kept, found: 0 }
  }

  /** What was found, its values owned by the vector. */
  finishSelection(): RangeAnswer {
    const { found, kept, out } = this.#sink!
    this.#sink = null
    this.countNulls()
    if (kept === null) return { count: found, vector: null }
    const values = kept === this.#kept ? kept.slice(0, found) : kept.subarray(0, found)
    return { count: found, vector: this.keptVector(values, out) }
  }

  /** The vector of `values`, which stood at `rows` of the run; none of them is null. */
  protected keptVector(values: NumberArray, _rows: Uint32Array): Vector {
    const head = { type: this.file.type, length: values.length, validity: null }
    return values instanceof Int32Array
      ? { ...head, layout: 'i32', values }
      : { ...head, layout: 'f64', values }
  }

  /** Room for the values of a run: in the pipeline's blocks, or used again for the next run. */
  #keptRoom(rows: number): NumberArray {
    const whole = layoutOf(this.file.type) === 'i32'
    if (hasBlocks()) return whole ? newInt32(rows) : newFloat64(rows)
    if (this.#kept.length < rows) {
      this.#kept = whole ? new Int32Array(rows) : new Float64Array(rows)
    }
    return this.#kept
  }

  decode(lines: LineBuffer): boolean {
    const to = wholeLines(lines)
    if (lines.address !== 0 && this.row < this.rows && lines.start < to) {
      this.#decodeByWasm(lines, to)
    }
    // Lines that WebAssembly leaves are rarely alone: the loops in TypeScript go on from there.
    const first = this.row
    if (this.row < this.rows && lines.start < to && this.values.length < this.rows) {
      this.allocate(this.rows)
    }
    while (this.row < this.rows && lines.start < to) {
      this.row = this.fast(lines, to)
      lines.start = this.cursor[0]!
      if (this.row < this.rows && lines.start < to) this.decodeLine(lines)
    }
    if (this.#sink !== null && first < this.row) this.#selectFrom(this.#sink, first)
    return this.row === this.rows
  }

  #decodeByWasm(lines: LineBuffer, to: number): void {
    if (this.#wasm === undefined) this.#wasm = this.wasm()
    if (this.#wasm === null) return
    const { row, rows, validity, cursor } = this
    const { address, start } = lines
    const target = this.#sink ?? (this.values as NumberArray)
    this.row = wasmDecode(this.#wasm, address, start, to, target, row, rows, validity, cursor)
    lines.start = cursor[0]!
  }

  /** What of the rows from `first` on, decoded in TypeScript, is in the range. */
  #selectFrom(sink: RangeSink, first: number): void {
    const { range, out, kept } = sink
    const { row, validity } = this
    const values = (this.values as NumberArray).subarray(first, row)
    const room = out.subarray(sink.found)
    let count = selectNumbers(values, range, null, row - first, room)
    for (let i = 0; i < count; i++) room[i] = room[i]! + first
    if (validity.length > 0) count = selectFlags(validity, 1, room, count, room)
    if (kept !== null) {
      for (let i = 0; i < count; i++) kept[sink.found + i] = this.values[room[i]!]!
    }
    sink.found += count
  }

  /** The kernel in WebAssembly that knows the usual lines of the column; null for none. */
  protected wasm(): WasmDecode | null {
    return null
  }

  /**
   * Decodes lines of `lines.bytes[lines.start .. to)` up to one that it does not know, where
   * `cursor[0]` points then.
   */
  protected abstract fast(lines: LineBuffer, to: number): number
  protected abstract put(row: number, value: Scalar): void

  private decodeLine(lines: LineBuffer): void {
    const end = lines.bytes.indexOf(10, lines.start)
    const stop = Math.min(end, lines.start + 400)
    let text = ''
    for (let p = lines.start; p < stop; p++) text += String.fromCharCode(lines.bytes[p]!)
    if (text === '\\N') {
      if (this.validity.length === 0) {
        throw this.wrongLine(lines, 'is a null, where the statistics say that there is none')
      }
      this.validity[this.row] = 0
    } else this.put(this.row, this.strictValue(text, lines))
    this.row++
    lines.start = end + 1
  }

  /** The value whose text is exactly `text`. */
  protected strictValue(text: string, lines: LineBuffer): Scalar {
    const { type } = this.file
    let value: Exclude<Scalar, null> | undefined
    try {
      value = parseScalar(text, type)
    } catch (error) {
      if (!(error instanceof GraupelError)) throw error
    }
    if (value === undefined || scalarText(value, type) !== text) {
      throw this.wrongLine(lines, `is not the text of a ${typeText(type)}`)
    }
    if (type.name === 'date' || type.name === 'timestamp')
      enterYear(months, Number(text.slice(0, 4)))
    return value
  }
}
