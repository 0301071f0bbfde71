import { clip, invalid } from '../error.ts'
import type { DecimalType, StructType, TimestampType } from './data-type.ts'
import { elementsOf, memberOf } from './nested-parts.ts'
import { decimalText, parseDecimal } from './scalar.ts'
import { printDate, printTime, printTimestamp } from './temporal.ts'
import { bigAt, SAFE, textAt, type Utf8Vector, type Vector } from './vector.ts'

/** How values that JavaScript's own types cannot all hold come out. */
export interface JsOptions {
  /** int64 as bigint (the default), or as number, which throws where digits would be lost. */
  readonly int64?: 'bigint' | 'number'
  /** decimal as exact text (the default), or as number, which throws where digits would be lost. */
  readonly decimal?: 'string' | 'number'
  /** date and timestamp as Date (the default), or as ISO 8601 text. */
  readonly temporal?: 'date' | 'iso'
}

/**
 * Reads the JavaScript value of a row: boolean; number for floats and integers up to 32 bits;
 * bigint for int64; exact text for decimal; string for utf8; Uint8Array (a copy) for binary; Date
 * for date and timestamp; `HH:MM:SS.ffffff` for time; the parsed value for json; an array for a list, an object for a struct; null for null.
 *
 * The reader throws INVALID with facts `row` and `value` where the asked form would lose digits.
 */
export function jsReader(vector: Vector, options: JsOptions = {}): (row: number) => unknown {
  const read = valueReader(vector, options)
  const { validity } = vector
  if (validity === null) return read
  return (row) => (validity[row] === 0 ? null : read(row))
}

function valueReader(vector: Vector, options: JsOptions): (row: number) => unknown {
  const { type } = vector
  switch (type.name) {
    case 'bool':
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
    case 'uint32':
    case 'float32':
    case 'float64':
      return plainReader(vector)
    case 'int64':
      return options.int64 === 'number' ? safeReader(vector) : (row) => bigAt(vector, row)
    case 'decimal':
      return decimalReader(vector, type, options)
    case 'date':
      return dateReader(vector, options)
    case 'timestamp':
      return timestampReader(vector, type, options)
    case 'time':
      return (row) => printTime(bigAt(vector, row))
    case 'utf8':
      return (row) => textAt(vector as Utf8Vector, row)
    case 'json':
      return (row) => JSON.parse(textAt(vector as Utf8Vector, row))
    case 'list':
      return listReader(vector, options)
    case 'struct':
      return structReader(vector, type, options)
    case 'binary': {
      const { bytes, starts, ends } = vector as Utf8Vector
      return (row) => new Uint8Array(bytes.subarray(starts[row]!, ends[row]!))
    }
  }
}

function listReader(vector: Vector, options: JsOptions): (row: number) => unknown[] {
  const { values, starts } = elementsOf(vector)
  const read = jsReader(values, options)
  return (row) => {
    const start = starts[row]!
    return Array.from({ length: starts[row + 1]! - start }, (_, at) => read(start + at))
  }
}

function structReader(
  vector: Vector,
  { members }: StructType,
  options: JsOptions,
): (row: number) => unknown {
  const readers = members.map(
    ([name]) => [name, jsReader(memberOf(vector, name), options)] as const,
  )
  // A member may be called __proto__: it is defined, not assigned.
  return (row) => Object.fromEntries(readers.map(([name, read]) => [name, read(row)]))
}

function plainReader(vector: Vector): (row: number) => unknown {
  switch (vector.layout) {
    case 'bool': {
      const { values } = vector
      return (row) => values[row] === 1
    }
    case 'i32':
    case 'f64': {
      const { values } = vector
      return (row) => values[row]
    }
    default:
      return (row) => Number(bigAt(vector, row))
  }
}

function lost(row: number, value: string, hint: string) {
  return invalid(`row ${row}: ${clip(value)} would lose digits as a ${hint}`, { row, value })
}

function safeReader(vector: Vector): (row: number) => number {
  if (vector.layout === 'f64') {
    const { values } = vector
    return (row) => values[row]!
  }
  return (row) => {
    const value = bigAt(vector, row)
    if (value > SAFE || value < -SAFE) {
      throw lost(row, String(value), `number; ask for int64: 'bigint'`)
    }
    return Number(value)
  }
}

function decimalReader(
  vector: Vector,
  { scale }: DecimalType,
  options: JsOptions,
): (row: number) => unknown {
  if (options.decimal !== 'number') return (row) => decimalText(bigAt(vector, row), scale)
  return (row) => {
    const unscaled = bigAt(vector, row)
    const text = decimalText(unscaled, scale)
    const number = Number(text)
    if (parseDecimal(String(number), scale) !== unscaled) {
      throw lost(row, text, `number; ask for decimal: 'string'`)
    }
    return number
  }
}

const DAY_MS = 86_400_000

function dateReader(vector: Vector, options: JsOptions): (row: number) => unknown {
  const { values } = vector as Extract<Vector, { layout: 'i32' }>
  if (options.temporal === 'iso') return (row) => printDate(values[row]!)
  return (row) => new Date(values[row]! * DAY_MS)
}

function timestampReader(
  vector: Vector,
  type: TimestampType,
  options: JsOptions,
): (row: number) => unknown {
  if (options.temporal === 'iso') return (row) => printTimestamp(bigAt(vector, row), type)
  if (type.unit === 'ms' && vector.layout === 'f64') {
    const { values } = vector
    return (row) => new Date(values[row]!)
  }
  const perMs = type.unit === 'ms' ? 1n : 1000n
  return (row) => {
    const ticks = bigAt(vector, row)
    if (ticks % perMs !== 0n) {
      throw lost(row, printTimestamp(ticks, type), `Date; ask for temporal: 'iso'`)
    }
    return new Date(Number(ticks / perMs))
  }
}
