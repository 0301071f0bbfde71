import { type DataType, integerRange, isExact, type TimestampType } from '../../arrow/data-type.ts'
import type { Scalar } from '../../arrow/scalar.ts'
import { SAFE, type Vector } from '../../arrow/vector.ts'
import { decodeBools } from '../../kernel/decode-bool.ts'
import { decodeCents, decodeDecimal } from '../../kernel/decode-decimal.ts'
import { decodeFloats } from '../../kernel/decode-float.ts'
import { decodeDates, decodeTimes, decodeTimestamps } from '../../kernel/decode-temporal.ts'
import { decodeExact, decodeInt32 } from '../../kernel/decode-whole.ts'
import { newFloat64, newInt32 } from '../../kernel/wasm/blocks.ts'
import {
  type WasmDecode,
  wasmCents,
  wasmDates,
  wasmDigits,
  wasmExact,
  wasmFloats,
  wasmInt32,
  wasmTimestamps,
} from '../../kernel/wasm/decode-number.ts'
import type { LineBuffer } from './byte-window.ts'
import type { ColumnFile } from './column-reader.ts'
import { months, NumberDecoder } from './number-run-decoder.ts'
import type { RunDecoder } from './run-decoder.ts'

const LONG_FLOAT = /^(?=.{17,26}$)-?(?:0|[1-9]\d*)\.\d*[1-9]$/

class BoolDecoder extends NumberDecoder {
  protected values = new Uint8Array(0)

  protected allocate(rows: number): void {
    this.values = new Uint8Array(rows)
  }

  protected fast(lines: LineBuffer, to: number): number {
    const { row, rows, validity, cursor } = this
    return decodeBools(lines.bytes, lines.start, to, this.values, row, rows, validity, cursor)
  }

  protected put(row: number, value: Scalar): void {
    this.values[row] = value === true ? 1 : 0
  }

  protected vector(validity: Uint8Array | null): Vector {
    const { type } = this.file
    return { type, layout: 'bool', length: this.rows, validity, values: this.values }
  }
}

class Int32Decoder extends NumberDecoder {
  protected values = new Int32Array(0)
  readonly #least: number
  readonly #greatest: number

  constructor(file: ColumnFile) {
    super(file)
    const [least, greatest] = integerRange(file.type)
    this.#least = Number(least)
    this.#greatest = Number(greatest)
  }

  protected allocate(rows: number): void {
    this.values = this.emptied(newInt32(rows))
  }

  protected override wasm(): WasmDecode {
    if (this.file.type.name === 'date') return wasmDates()
    if (this.file.statistics.hints.width === 1) return wasmDigits('i32')
    return wasmInt32(this.#least, this.#greatest)
  }

  protected fast(lines: LineBuffer, to: number): number {
    const { row, rows, validity, cursor, file } = this
    const values = this.values
    if (file.type.name === 'date') {
      return decodeDates(
        lines.bytes,
        lines.view,
        lines.start,
        to,
        values,
        row,
        rows,
        validity,
        months,
        cursor,
      )
    }
    const [least, greatest] = [this.#least, this.#greatest]
    return decodeInt32(
      lines.view,
      lines.start,
      to,
      values,
      row,
      rows,
      validity,
      least,
      greatest,
      cursor,
    )
  }

  protected put(row: number, value: Scalar): void {
    this.values[row] = value as number
  }

  protected vector(validity: Uint8Array | null): Vector {
    const { type } = this.file
    return { type, layout: 'i32', length: this.rows, validity, values: this.values }
  }
}

/** Everything held in float64; whole numbers beyond 2^53 are kept aside until the run ends. */
abstract class Float64Decoder extends NumberDecoder {
  protected values = new Float64Array(0)
  #wide: Map<number, bigint> | null = null

  protected allocate(rows: number): void {
    this.values = this.emptied(newFloat64(rows))
    this.#wide = null
  }

  protected put(row: number, value: Scalar): void {
    if (typeof value === 'bigint' && (value > BigInt(SAFE) || value < -BigInt(SAFE))) {
      this.#wide ??= new Map()
      this.#wide.set(row, value)
    }
    this.values[row] = Number(value)
  }

  protected vector(validity: Uint8Array | null): Vector {
    const { type } = this.file
    const length = this.rows
    if (this.#wide === null) return { type, layout: 'f64', length, validity, values: this.values }
    const values = Array.from(this.values, BigInt)
    for (const [row, value] of this.#wide) values[row] = value
    return { type, layout: 'big', length, validity, values }
  }

  protected override keptVector(kept: Int32Array | Float64Array, rows: Uint32Array): Vector {
    const wide = this.#wide
    if (wide === null) return super.keptVector(kept, rows)
    const values = Array.from(kept, (value, i) => wide.get(rows[i]!) ?? BigInt(value))
    const head = { type: this.file.type, length: values.length, validity: null }
    return { ...head, layout: 'big', values }
  }
}

class FloatDecoder extends Float64Decoder {
  protected override strictValue(text: string, lines: LineBuffer): Scalar {
    const value = Number(text)
    // 16 or 17 digits: printing them again to see that none is too many would cost most of all.
    const size = Math.abs(value)
    if (LONG_FLOAT.test(text) && size >= 1e-6 && size < 1e21) return value
    return String(value) === text ? value : super.strictValue(text, lines)
  }

  protected override wasm(): WasmDecode | null {
    return wasmFloats()
  }

  protected fast(lines: LineBuffer, to: number): number {
    const { row, rows, validity, cursor, values } = this
    return decodeFloats(lines.bytes, lines.start, to, values, row, rows, validity, cursor)
  }
}

/** float32: each value has to be one, which only the slow way checks. */
class Float32Decoder extends FloatDecoder {
  /** Which would have to be looked at again. */
  protected override wasm(): null {
    return null
  }

  protected override strictValue(text: string, lines: LineBuffer): Scalar {
    const value = super.strictValue(text, lines) as number
    if (Object.is(Math.fround(value), value)) return value
    throw this.wrongLine(lines, 'is not the text of a float32')
  }

  protected override fast(lines: LineBuffer, to: number): number {
    const from = this.row
    const next = super.fast(lines, to)
    const { values } = this
    for (let row = from; row < next; row++) {
      if (Math.fround(values[row]!) === values[row]!) continue
      this.row = row
      throw this.wrongLine(lines, `or a line before it is not a float32`)
    }
    return next
  }
}

class ExactDecoder extends Float64Decoder {
  readonly #scale: number
  readonly #cents: boolean
  readonly #least: number
  readonly #greatest: number

  constructor(file: ColumnFile) {
    super(file)
    const { type, statistics } = file
    const [least, greatest] = integerRange(type)
    this.#scale = type.name === 'decimal' ? type.scale : 0
    this.#least = Math.max(Number(least), -SAFE)
    this.#greatest = Math.min(Number(greatest), SAFE)
    this.#cents = this.#scale === 2 && statistics.hints.width === 4 && this.#greatest >= 999
  }

  protected override wasm(): WasmDecode | null {
    if (this.#cents) return wasmCents()
    if (this.#scale === 0 && this.file.statistics.hints.width === 1) return wasmDigits('f64')
    return this.#scale > 9 ? null : wasmExact(this.#scale, this.#least, this.#greatest)
  }

  protected fast(lines: LineBuffer, to: number): number {
    const { row, rows, validity, cursor, values } = this
    const [scale, least, greatest] = [this.#scale, this.#least, this.#greatest]
    const { bytes, view, start } = lines
    if (this.#cents) return decodeCents(view, start, to, values, row, rows, cursor)
    if (scale === 0) {
      return decodeExact(view, start, to, values, row, rows, validity, least, greatest, cursor)
    }
    if (scale > 9) {
      cursor[0] = start
      return row
    }
    return decodeDecimal(
      bytes,
      view,
      start,
      to,
      values,
      row,
      rows,
      validity,
      scale,
      least,
      greatest,
      cursor,
    )
  }
}

class TimeDecoder extends Float64Decoder {
  protected fast(lines: LineBuffer, to: number): number {
    const { row, rows, validity, cursor, values } = this
    return decodeTimes(lines.bytes, lines.start, to, values, row, rows, validity, cursor)
  }
}

class TimestampDecoder extends Float64Decoder {
  readonly #digits: number
  readonly #suffix: number

  constructor(file: ColumnFile, type: TimestampType) {
    super(file)
    this.#digits = type.unit === 'ms' ? 3 : 6
    this.#suffix = type.zone === null ? 0 : 90
  }

  protected override wasm(): WasmDecode {
    return wasmTimestamps(this.#digits, this.#suffix)
  }

  protected fast(lines: LineBuffer, to: number): number {
    const { row, rows, validity, cursor, values } = this
    return decodeTimestamps(
      lines.bytes,
      lines.start,
      to,
      values,
      row,
      rows,
      validity,
      months,
      this.#digits,
      this.#suffix,
      cursor,
    )
  }
}

/** The decoder of a column whose vectors are not text: every newline of the file ends a value. */
export function numberDecoder(file: ColumnFile): RunDecoder {
  const { type } = file
  switch (type.name) {
    case 'bool':
      return new BoolDecoder(file)
    case 'float64':
      return new FloatDecoder(file)
    case 'float32':
      return new Float32Decoder(file)
    case 'time':
      return new TimeDecoder(file)
    case 'timestamp':
      return new TimestampDecoder(file, type)
    default:
      return isInt32(type) ? new Int32Decoder(file) : new ExactDecoder(file)
  }
}

function isInt32(type: DataType): boolean {
  if (!isExact(type)) throw new Error(`${type.name} is not decoded as numbers`)
  return type.name !== 'int64' && type.name !== 'uint32' && type.name !== 'decimal'
}
