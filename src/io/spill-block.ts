import { type Batch, batch, sliceBatch } from '../arrow/batch.ts'
import type { DataType, Layout } from '../arrow/data-type.ts'
import type { Schema } from '../arrow/schema.ts'
import { copyText, textLength, type Vector } from '../arrow/vector.ts'

/**
 * Rows as raw buffers, for one process and one run: a block is its length in bytes and rows (two
 * int32), then for each column layout, validity flag and text bytes (four int32, the last unused)
 * and its buffers, each padded to 8 bytes, in the byte order of the machine.
 */
const LAYOUTS: readonly Layout[] = ['bool', 'i32', 'f64', 'big', 'utf8']
export const BLOCK_HEAD_BYTES = 8
const COLUMN_HEAD_BYTES = 16
const BLOCK_BYTES_MAX = 2 ** 30

const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8

/** Memory in which blocks are made, one after another; it grows and is used again. */
export class BlockBuffer {
  #buffer: ArrayBuffer

  constructor() {
    this.#buffer = new ArrayBuffer(0)
  }

  /**
   * `rows` as one block or, if that were larger than 1 GiB, several. Each is valid until the next
   * is asked for.
   */
  *blocks(rows: Batch): Generator<Uint8Array, void, undefined> {
    const texts = rows.columns.map((column) => (column.layout === 'utf8' ? textLength(column) : 0))
    const size = blockBytes(rows, texts)
    if (size > BLOCK_BYTES_MAX && rows.length > 1) {
      const half = rows.length >> 1
      yield* this.blocks(sliceBatch(rows, 0, half))
      yield* this.blocks(sliceBatch(rows, half, rows.length))
      return
    }
    if (size > this.#buffer.byteLength) this.#buffer = new ArrayBuffer(padded(size + (size >> 2)))
    new Int32Array(this.#buffer, 0, 2).set([size, rows.length])
    let at = BLOCK_HEAD_BYTES
    for (const [position, column] of rows.columns.entries()) {
      at = writeColumn(this.#buffer, at, column, rows.length, texts[position]!)
    }
    yield new Uint8Array(this.#buffer, 0, size)
  }
}

function blockBytes({ columns, length }: Batch, texts: readonly number[]): number {
  let size = BLOCK_HEAD_BYTES
  for (const [position, { layout, validity }] of columns.entries()) {
    size += COLUMN_HEAD_BYTES + dataBytes(layout, length) + padded(texts[position]!)
    if (validity !== null) size += padded(length)
  }
  return size
}

/** Bytes of the values of `length` rows; of text without the text itself. */
function dataBytes(layout: Layout, length: number): number {
  switch (layout) {
    case 'bool':
      return padded(length)
    case 'i32':
      return padded(length * 4)
    case 'f64':
      return length * 8
    case 'big':
      return length * 16
    case 'utf8':
      return padded((length + 1) * 4)
  }
}

function writeColumn(
  buffer: ArrayBuffer,
  start: number,
  column: Vector,
  length: number,
  textBytes: number,
): number {
  const { layout, validity } = column
  const head = [LAYOUTS.indexOf(layout), validity === null ? 0 : 1, textBytes, 0]
  new Int32Array(buffer, start, 4).set(head)
  let at = start + COLUMN_HEAD_BYTES
  if (validity !== null) {
    new Uint8Array(buffer, at, length).set(validity.subarray(0, length))
    at += padded(length)
  }
  switch (column.layout) {
    case 'bool':
      new Uint8Array(buffer, at, length).set(column.values.subarray(0, length))
      break
    case 'i32':
      new Int32Array(buffer, at, length).set(column.values.subarray(0, length))
      break
    case 'f64':
      new Float64Array(buffer, at, length).set(column.values.subarray(0, length))
      break
    case 'big': {
      const words = new BigInt64Array(buffer, at, length * 2)
      for (let row = 0; row < length; row++) {
        const value = column.values[row]!
        words[row * 2] = BigInt.asIntN(64, value)
        words[row * 2 + 1] = value >> 64n
      }
      break
    }
    case 'utf8': {
      const offsets = new Int32Array(buffer, at, length + 1)
      const text = new Uint8Array(buffer, at + dataBytes(layout, length), textBytes)
      const { bytes, starts, ends } = column
      let end = 0
      offsets[0] = 0
      for (let row = 0; row < length; row++) {
        const size = ends[row]! - starts[row]!
        copyText(bytes, starts[row]!, text, end, size)
        end += size
        offsets[row + 1] = end
      }
    }
  }
  return at + dataBytes(layout, length) + padded(textBytes)
}

/** The rows of a whole block, as views of its bytes; it must start at a multiple of 8. */
export function readBlock(of: Schema, block: Uint8Array): Batch {
  const { buffer, byteOffset } = block
  const length = new Int32Array(buffer, byteOffset, 2)[1]!
  let at = byteOffset + BLOCK_HEAD_BYTES
  const columns = of.fields.map(({ type }) => {
    const [code, flag, textBytes] = new Int32Array(buffer, at, 3)
    const layout = LAYOUTS[code!]!
    at += COLUMN_HEAD_BYTES
    const validity = flag === 0 ? null : new Uint8Array(buffer, at, length)
    if (flag === 1) at += padded(length)
    const values = at
    at += dataBytes(layout, length) + padded(textBytes!)
    return readColumn(buffer, values, { type, length, validity }, layout, textBytes!)
  })
  return batch(of, columns, length)
}

function readColumn(
  buffer: ArrayBufferLike,
  at: number,
  head: { readonly type: DataType; readonly length: number; readonly validity: Uint8Array | null },
  layout: Layout,
  textBytes: number,
): Vector {
  const { length } = head
  switch (layout) {
    case 'bool':
      return { ...head, layout, values: new Uint8Array(buffer, at, length) }
    case 'i32':
      return { ...head, layout, values: new Int32Array(buffer, at, length) }
    case 'f64':
      return { ...head, layout, values: new Float64Array(buffer, at, length) }
    case 'big': {
      const words = new BigInt64Array(buffer, at, length * 2)
      const values = Array.from(
        { length },
        (_, row) => (words[row * 2 + 1]! << 64n) | BigInt.asUintN(64, words[row * 2]!),
      )
      return { ...head, layout, values }
    }
    case 'utf8': {
      const starts = new Int32Array(buffer, at, length)
      const ends = new Int32Array(buffer, at + 4, length)
      const bytes = new Uint8Array(buffer, at + dataBytes(layout, length), textBytes)
      return { ...head, layout, bytes, starts, ends }
    }
  }
}
