import { GraupelError } from '../error.ts'
import { type DataType, isNested } from './data-type.ts'
import { nestedTextOf } from './scalar.ts'
import type { Utf8Vector } from './vector.ts'

const encoder = new TextEncoder()
const TEXT_BYTES_MAX = 2 ** 31 - 1

/** Throws INVALID for the value at `row`, with a hint where there is one. */
export type Refuse = (row: number, hint?: string) => never

/** The bytes of a text column under construction. */
class TextBytes {
  bytes = new Uint8Array(1024)
  at = 0

  reserve(size: number): void {
    const needed = this.at + size
    if (needed <= this.bytes.length) return
    if (needed > TEXT_BYTES_MAX) {
      throw new GraupelError('LIMIT', 'a column of one batch holds at most 2 GiB of text', {
        bytes: needed,
      })
    }
    const grown = new Uint8Array(Math.min(TEXT_BYTES_MAX, Math.max(needed, this.bytes.length * 2)))
    grown.set(this.bytes.subarray(0, this.at))
    this.bytes = grown
  }

  /** Appends well-formed text; answers false when it is not. */
  write(text: string): boolean {
    const { length } = text
    this.reserve(length)
    if (length <= 32) {
      let i = 0
      const { bytes, at } = this
      for (; i < length; i++) {
        const code = text.charCodeAt(i)
        if (code >= 128) break
        bytes[at + i] = code
      }
      if (i === length) {
        this.at += length
        return true
      }
    }
    if (!text.isWellFormed()) return false
    this.reserve(length * 3)
    this.at += encoder.encodeInto(text, this.bytes.subarray(this.at)).written
    return true
  }

  copy(from: Uint8Array): void {
    this.reserve(from.length)
    this.bytes.set(from, this.at)
    this.at += from.length
  }
}

/** The utf8, binary or json vector over `values`; see `vectorFrom`. */
export function textVectorFrom(
  values: ArrayLike<unknown>,
  type: DataType,
  validity: Uint8Array | null,
  refuse: Refuse,
): Utf8Vector {
  const { length } = values
  const starts = new Int32Array(length)
  const ends = new Int32Array(length)
  const text = new TextBytes()
  for (let row = 0; row < length; row++) {
    const value = values[row]
    starts[row] = text.at
    if (value != null) {
      if (type.name === 'binary') {
        if (value instanceof Uint8Array) text.copy(value)
        else refuse(row)
      } else if (type.name === 'json') text.write(jsonText(value, row, refuse))
      else if (isNested(type)) text.write(nestedTextOf(value, type) ?? refuse(row))
      else if (typeof value !== 'string') refuse(row)
      else if (!text.write(value)) refuse(row, 'it holds half of a surrogate pair')
    }
    ends[row] = text.at
  }
  return { layout: 'utf8', type, length, validity, bytes: text.bytes, starts, ends }
}

function jsonText(value: unknown, row: number, refuse: Refuse): string {
  try {
    const text = JSON.stringify(value, finite)
    if (text !== undefined) return text
  } catch (cause) {
    return refuse(row, cause instanceof Error ? cause.message.split('\n', 1)[0] : undefined)
  }
  return refuse(row, 'JSON has no such value')
}

function finite(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`JSON has no ${value}`)
  return value
}
