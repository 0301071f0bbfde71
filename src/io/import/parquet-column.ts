import { isUtf8 } from 'node:buffer'
import { integerRange, isExact, typeText } from '../../arrow/data-type.ts'
import { SAFE, type Vector } from '../../arrow/vector.ts'
import { clip, invalid } from '../../error.ts'
import type { ParquetType } from './parquet-types.ts'

/** Stored values of a run of rows; null or undefined is null. */
type Stored = ArrayLike<unknown>

/** A column of a row group, filled page by page with values as they are stored. */
export class ParquetColumn {
  readonly #name: string
  readonly #of: ParquetType
  readonly #rows: number
  readonly #range: readonly [bigint, bigint]
  /** Whether stored numbers are ours as they are. */
  readonly #isPlain: boolean
  readonly #least: number
  readonly #greatest: number
  readonly #texts: (Uint8Array | null)[] = []
  #validity: Uint8Array | null = null
  #numbers = new Float64Array(0)
  #wide: Map<number, bigint> | null = null
  #failure: { readonly error: unknown } | undefined

  constructor(name: string, of: ParquetType, rows: number) {
    this.#name = name
    this.#of = of
    this.#rows = rows
    this.#range = isExact(of.type) ? integerRange(of.type) : [0n, 0n]
    this.#isPlain = of.form === 'plain' && of.divisor === 1n && of.factor === 1n
    this.#least = Number(this.#range[0])
    this.#greatest = Number(this.#range[1])
    if (!this.#isText()) this.#numbers = new Float64Array(rows)
  }

  /** Takes the values of the rows from `from` on. `vector` throws what is wrong with them. */
  put(values: Stored, from: number): void {
    try {
      this.#putAll(values, from)
    } catch (error) {
      this.#failure ??= { error }
    }
  }

  #putAll(values: Stored, from: number): void {
    const count = Math.min(values.length, this.#rows - from)
    for (let at = Math.max(0, -from); at < count; at++) {
      const value = values[at]
      const row = from + at
      if (value === null || value === undefined) {
        this.#validity ??= new Uint8Array(this.#rows).fill(1)
        this.#validity[row] = 0
        if (this.#isText()) this.#texts[row] = null
      } else if (this.#isText()) this.#texts[row] = this.#textOf(value as Uint8Array, row)
      else if (typeof value === 'number' && !isExact(this.#of.type)) this.#numbers[row] = value
      else if (typeof value === 'number' && this.#isPlain && this.#fits(value)) {
        this.#numbers[row] = value
      } else if (typeof value === 'boolean') this.#numbers[row] = value ? 1 : 0
      else this.#putWhole(this.#wholeOf(value, row), row)
    }
  }

  vector(): Vector {
    if (this.#failure !== undefined) throw this.#failure.error
    const { type } = this.#of
    const head = { type, length: this.#rows, validity: this.#validity }
    if (this.#isText()) return this.#textVector(head)
    switch (type.name) {
      case 'bool':
        return { ...head, layout: 'bool', values: Uint8Array.from(this.#numbers) }
      case 'int8':
      case 'int16':
      case 'int32':
      case 'uint8':
      case 'uint16':
      case 'date':
        return { ...head, layout: 'i32', values: Int32Array.from(this.#numbers) }
    }
    const wide = this.#wide
    if (wide === null) return { ...head, layout: 'f64', values: this.#numbers }
    const values = Array.from(this.#numbers, (value, row) => wide.get(row) ?? BigInt(value))
    return { ...head, layout: 'big', values }
  }

  #isText(): boolean {
    const { name } = this.#of.type
    return name === 'utf8' || name === 'json' || name === 'binary'
  }

  #fits(value: number): boolean {
    return value >= this.#least && value <= this.#greatest
  }

  #textOf(value: Uint8Array, row: number): Uint8Array {
    const { type, form } = this.#of
    if (form === 'uuid') return Buffer.from(uuidText(value))
    if (type.name === 'binary') return value
    if (!isUtf8(value)) throw this.#bad('is no UTF-8', row)
    if (type.name === 'json') {
      try {
        JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.length).toString())
      } catch {
        throw this.#bad('is no JSON', row)
      }
    }
    return value
  }

  #wholeOf(value: unknown, row: number): bigint {
    const { divisor, factor, form, bits } = this.#of
    let whole: bigint
    if (value instanceof Uint8Array) whole = signedBytes(value)
    else if (typeof value !== 'number' && typeof value !== 'bigint') {
      throw this.#bad(`is a ${typeof value}`, row)
    } else if (form === 'unsigned') whole = BigInt.asUintN(bits, BigInt(value))
    else whole = typeof value === 'number' ? BigInt(value) : BigInt.asIntN(bits, value)
    if (whole % divisor !== 0n) throw this.#bad(`${whole} has digits too many`, row)
    return (whole / divisor) * factor
  }

  #putWhole(whole: bigint, row: number): void {
    const [least, greatest] = this.#range
    if (whole < least || whole > greatest) throw this.#bad(`${whole} is out of range`, row)
    if (whole >= -SAFE && whole <= SAFE) this.#numbers[row] = Number(whole)
    else {
      this.#wide ??= new Map()
      this.#wide.set(row, whole)
    }
  }

  #textVector(head: Pick<Vector, 'type' | 'length' | 'validity'>): Vector {
    const starts = new Int32Array(this.#rows)
    const ends = new Int32Array(this.#rows)
    let size = 0
    for (const text of this.#texts) size += text?.length ?? 0
    if (size > 2 ** 31 - 1) throw this.#bad('has over 2 GiB in one row group', 0)
    const bytes = new Uint8Array(size)
    let at = 0
    for (let row = 0; row < this.#rows; row++) {
      const text = this.#texts[row]
      starts[row] = at
      if (text !== null && text !== undefined) {
        bytes.set(text, at)
        at += text.length
      }
      ends[row] = at
    }
    return { ...head, layout: 'utf8', bytes, starts, ends }
  }

  #bad(what: string, row: number) {
    const type = typeText(this.#of.type)
    return invalid(
      `column "${clip(this.#name)}", row ${row + 1} of its row group, as ${type}: ${what}`,
      {
        column: this.#name,
        row: row + 1,
      },
    )
  }
}

/** A number in two's complement, the most significant byte first. */
function signedBytes(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return BigInt.asIntN(bytes.length * 8, value)
}

function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
