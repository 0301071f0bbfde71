import { clockAt, dateAt, decimalAt, floatAt, stampAt, wholeAt } from './text-number.ts'

/** One column of records whose field `position` of row r is number `r * width + position`. */
export interface Fields {
  readonly text: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly position: number
  readonly width: number
}

/** Fills `values` with a column, row by row, NaN for what it does not know; see `text-number.ts`. */
export type ReadNumbers = (fields: Fields, values: Float64Array) => void

// A loop each, so that the reader of a value becomes part of it.

export function readWholes(
  { text, starts, ends, position, width }: Fields,
  values: Float64Array,
): void {
  for (let row = 0, at = position; row < values.length; row++, at += width) {
    values[row] = wholeAt(text, starts[at]!, ends[at]!)
  }
}

export function readDecimals(
  { text, starts, ends, position, width }: Fields,
  values: Float64Array,
  scale: number,
): void {
  for (let row = 0, at = position; row < values.length; row++, at += width) {
    values[row] = decimalAt(text, starts[at]!, ends[at]!, scale)
  }
}

export function readFloats(
  { text, starts, ends, position, width }: Fields,
  values: Float64Array,
): void {
  for (let row = 0, at = position; row < values.length; row++, at += width) {
    values[row] = floatAt(text, starts[at]!, ends[at]!)
  }
}

export function readFloats32(fields: Fields, values: Float64Array): void {
  readFloats(fields, values)
  for (let row = 0; row < values.length; row++) values[row] = Math.fround(values[row]!)
}

export function readDates(
  { text, starts, ends, position, width }: Fields,
  values: Float64Array,
): void {
  for (let row = 0, at = position; row < values.length; row++, at += width) {
    values[row] = dateAt(text, starts[at]!, ends[at]!)
  }
}

export function readTimes(
  { text, starts, ends, position, width }: Fields,
  values: Float64Array,
): void {
  for (let row = 0, at = position; row < values.length; row++, at += width) {
    values[row] = clockAt(text, starts[at]!, ends[at]!, 1_000_000)
  }
}

export function readStamps(
  { text, starts, ends, position, width }: Fields,
  values: Float64Array,
  perSecond: 1_000 | 1_000_000,
): void {
  for (let row = 0, at = position; row < values.length; row++, at += width) {
    values[row] = stampAt(text, starts[at]!, ends[at]!, perSecond)
  }
}
