/** Rows from one mark to the next. */
export const MARK_ROWS = 65_536

/** Positions in a column file of the rows whose numbers are multiples of `MARK_ROWS`. */
export type RowMarks = Float64Array

/** Gathers the marks of a file that passes by from its first row on. */
export class MarkGatherer {
  readonly #rows: number
  readonly #positions: number[] = []

  /** @param rows Of the whole file. */
  constructor(rows: number) {
    this.#rows = rows
  }

  /** Row `row` stands at `position`. */
  note(row: number, position: number): void {
    if (row < this.#rows && row === this.#positions.length * MARK_ROWS) {
      this.#positions.push(position)
    }
  }

  /** All marks; null when the file was left out between two of them. */
  get marks(): RowMarks | null {
    const isWhole = this.#positions.length === Math.ceil(this.#rows / MARK_ROWS)
    return isWhole ? Float64Array.from(this.#positions) : null
  }
}
