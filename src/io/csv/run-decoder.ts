import { type DataType, layoutOf } from '../../arrow/data-type.ts'
import type { Vector } from '../../arrow/vector.ts'
import { clip, corrupt } from '../../error.ts'
import type { LineBuffer } from './byte-window.ts'
import type { ColumnFile } from './column-reader.ts'

/** Shared by all vectors without nulls; kernels take its length 0 for "no null may stand here". */
export const NO_NULLS: Uint8Array = new Uint8Array(0)

/** Decodes runs of a column's rows. `begin` a run, `decode` until it says so, then `finish` it. */
export abstract class RunDecoder {
  protected readonly file: ColumnFile
  protected readonly cursor: Int32Array = new Int32Array(3)
  protected rows = 0
  protected validity: Uint8Array = NO_NULLS
  /** Rows of the run decoded so far. */
  row = 0
  /** Nulls of all runs so far. */
  nulls = 0
  /** Row of the file at which the run begins. */
  protected firstRow = 0
  /** Where in the run each row stands, when only some of its rows are decoded. */
  #selected: Uint32Array | null = null

  constructor(file: ColumnFile) {
    this.file = file
  }

  /**
   * Begins a run of `rows` rows of about `bytes` bytes. The run begins at `firstRow` of the file;
   * `selected` says where in it each row stands, unless the run is decoded whole.
   */
  begin(rows: number, firstRow: number, bytes: number, selected: Uint32Array | null = null): void {
    this.beginRows(rows, firstRow, selected)
    this.allocate(rows, bytes)
  }

  protected beginRows(rows: number, firstRow: number, selected: Uint32Array | null): void {
    this.rows = rows
    this.firstRow = firstRow
    this.#selected = selected
    this.row = 0
    this.validity = this.file.statistics.nulls > 0 ? new Uint8Array(rows).fill(1) : NO_NULLS
  }

  /**
   * Decodes whole lines from `lines.start` on and moves that behind them.
   *
   * @returns Whether the run is complete; otherwise more bytes are needed.
   */
  abstract decode(lines: LineBuffer): boolean

  /** The run's vector, which owns its values. */
  finish(): Vector {
    return this.vector(this.countNulls() === 0 ? null : this.validity)
  }

  /** Adds the nulls of the run to those of all runs; answers how many they are. */
  protected countNulls(): number {
    let nulls = 0
    for (let row = 0; row < this.validity.length; row++) nulls += 1 - this.validity[row]!
    this.nulls += nulls
    return nulls
  }

  /** `values` with 0 wherever a null may come to stand, under which nothing is written. */
  protected emptied<A extends Int32Array | Float64Array>(values: A): A {
    if (this.validity.length > 0) values.fill(0)
    return values
  }

  protected abstract allocate(rows: number, bytes: number): void
  protected abstract vector(validity: Uint8Array | null): Vector

  /** A DATA error about the line at `lines.start`, which is row `this.row` of the run. */
  protected wrongLine(lines: LineBuffer, found: string): Error {
    const end = lines.bytes.indexOf(10, lines.start)
    const bytes = lines.bytes.subarray(lines.start, Math.min(end, lines.end, lines.start + 400))
    const value = clip(new TextDecoder().decode(bytes))
    const row = this.firstRow + (this.#selected === null ? this.row : this.#selected[this.row]!)
    const { key, name } = this.file
    return corrupt(`"${key}" line ${row + 2}: column "${name}": "${value}" ${found}`, {
      file: key,
      column: name,
      line: row + 2,
      row,
      value,
    })
  }
}

/** Position behind the last newline of `lines`, or its `start` when there is none. */
export function wholeLines(lines: LineBuffer): number {
  if (lines.start === lines.end) return lines.start
  return Math.max(lines.start, lines.bytes.lastIndexOf(10, lines.end - 1) + 1)
}

/** Whether a value of `type` may hold newlines, in quotes. */
export function mayQuote(type: DataType): boolean {
  return layoutOf(type) === 'utf8' && type.name !== 'binary'
}
