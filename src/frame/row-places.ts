import type { ImportPart } from '../io/import/import-part.ts'
import type { RowPlace } from './constraint/violation.ts'

interface Part extends Pick<ImportPart, 'lineOf'> {
  readonly from: number
  readonly to: number
  readonly file: string
}

/** Where rows of files are from, by their numbers in the order in which they are given. */
export class RowPlaces {
  #parts: Part[] = []
  #rows = 0

  add(file: string, { batch, lineOf }: ImportPart): void {
    const from = this.#rows
    this.#rows += batch.length
    this.#parts.push({ from, to: this.#rows, file, lineOf })
  }

  at(row: number): RowPlace {
    const { from, file, lineOf } = this.#parts.find(({ to }) => row < to)!
    return { file, line: lineOf(row - from) }
  }

  /** Rows below `row` are not asked about any more. */
  forget(row: number): void {
    this.#parts = this.#parts.filter(({ to }) => row < to)
  }
}
