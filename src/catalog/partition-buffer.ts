import type { Batch } from '../arrow/batch.ts'
import { type DataType, layoutOf, typesEqual, typeText } from '../arrow/data-type.ts'
import { fieldPosition } from '../arrow/schema.ts'
import { isNull, type Vector } from '../arrow/vector.ts'
import { invalid } from '../error.ts'
import { type BufferMemory, ColumnBuffer } from './column-buffer.ts'
import type { Column } from './model/table.ts'

/** Bytes that a value of fixed size may take as text: more than any number or date has. */
const FIXED_VALUE_BYTES = 48

/** Bytes of the widest column file of a partition, about. */
export const PARTITION_BYTES_MAX = 64 << 20

/** Gathers rows until they fill a partition. */
export class PartitionBuffer {
  readonly #columns: readonly Column[]
  readonly #rowsMax: number
  readonly #bytesMax: number
  readonly #buffers: readonly ColumnBuffer[]
  #bytes: number[]
  #rows = 0
  #rowsBefore = 0

  constructor(
    columns: readonly Column[],
    limits: { rowsMax: number; bytesMax: number },
    memory: BufferMemory,
  ) {
    this.#columns = columns
    this.#rowsMax = limits.rowsMax
    this.#bytesMax = limits.bytesMax
    this.#buffers = columns.map(({ type }) => new ColumnBuffer(type, memory))
    this.#bytes = columns.map(() => 0)
  }

  get rows(): number {
    return this.#rows
  }

  /**
   * The table's columns of `batch`, by name, checked. Throws INVALID naming the column when one is
   * missing, unknown, of another type, or null where it must not be.
   */
  vectorsOf(batch: Batch): Vector[] {
    for (const { name } of batch.schema.fields) {
      if (this.#columns.some((column) => column.name === name)) continue
      throw invalid(`the table has no column "${name}"`, { column: name })
    }
    return this.#columns.map((column) => {
      const vector = batch.columns[fieldPosition(batch.schema, column.name)]!
      if (!typesEqual(vector.type, column.type)) {
        throw invalid(
          `column "${column.name}" is ${typeText(column.type)}, not ${typeText(vector.type)}`,
          { column: column.name },
        )
      }
      if (!column.nullable) this.#refuseNull(vector, column)
      return vector
    })
  }

  /** Takes rows of `vectors` from row `from` on; answers the first row that did not fit. */
  take(vectors: readonly Vector[], from: number): number {
    const length = vectors[0]!.length
    let to = Math.min(length, from + this.#rowsMax - this.#rows)
    for (const [position, vector] of vectors.entries()) {
      to = fitting(vector, { from, to, bytes: this.#bytesMax - this.#bytes[position]! })
    }
    if (to === from && this.#rows === 0 && from < length) to = from + 1
    if (to === from) return from
    for (const [position, vector] of vectors.entries()) {
      this.#buffers[position]!.append(vector, from, to)
      this.#bytes[position] = this.#bytes[position]! + textBytes(vector, from, to)
    }
    this.#rows += to - from
    return to
  }

  isFull(): boolean {
    return this.#rows >= this.#rowsMax || this.#bytes.some((bytes) => bytes >= this.#bytesMax)
  }

  /** The rows gathered for the column at `position`, for as long as the buffer does not change. */
  column(position: number): Vector {
    return this.#buffers[position]!.vector()
  }

  clear(): void {
    this.#rowsBefore += this.#rows
    for (const buffer of this.#buffers) buffer.clear()
    this.#bytes = this.#columns.map(() => 0)
    this.#rows = 0
  }

  #refuseNull(vector: Vector, column: Column): void {
    if (vector.validity === null) return
    for (let row = 0; row < vector.length; row++) {
      if (!isNull(vector, row)) continue
      const at = this.#rowsBefore + this.#rows + row
      throw invalid(`column "${column.name}" row ${at}: null where the column is not nullable`, {
        column: column.name,
        row: at,
      })
    }
  }
}

/**
 * About how many bytes a column file counts for when a partition is cut.
 *
 * @param file Its rows, and its length in bytes.
 */
export function textBytesOf(
  type: DataType,
  file: { readonly rows: number; readonly bytes: number },
): number {
  return layoutOf(type) === 'utf8' ? file.bytes : file.rows * FIXED_VALUE_BYTES
}

/** About how many bytes the rows `from` to `to` take as text. */
function textBytes(vector: Vector, from: number, to: number): number {
  if (vector.layout !== 'utf8') return (to - from) * FIXED_VALUE_BYTES
  const { starts, ends } = vector
  let sum = to - from
  for (let row = from; row < to; row++) sum += ends[row]! - starts[row]!
  return sum * bytesPerByte(vector)
}

/** The end of the longest run from `from`, up to `to`, that takes at most `bytes`. */
function fitting(vector: Vector, run: { from: number; to: number; bytes: number }): number {
  const { from, to } = run
  if (vector.layout !== 'utf8') {
    return Math.min(to, from + Math.max(0, Math.floor(run.bytes / FIXED_VALUE_BYTES)))
  }
  const { starts, ends } = vector
  let left = run.bytes / bytesPerByte(vector)
  for (let row = from; row < to; row++) {
    left -= ends[row]! - starts[row]! + 1
    if (left < 0) return row
  }
  return to
}

function bytesPerByte(vector: Vector): number {
  return vector.type.name === 'binary' ? 2 : 1
}
