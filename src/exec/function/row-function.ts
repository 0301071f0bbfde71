import { type DataType, isExact, layoutOf } from '../../arrow/data-type.ts'
import { exactVector, isNull, textAt, type Vector } from '../../arrow/vector.ts'
import { TextSink } from '../../kernel/text.ts'
import { jointValidity, type ScalarFunction } from './argument.ts'

/**
 * A value as a row function sees it: text and json as a string, binary as bytes, a bool, and any
 * other as a number, or as a bigint beyond 2^53: dates as days, timestamps as ticks since 1970.
 */
export type RowValue = string | number | bigint | boolean | Uint8Array

/** What a function of a row gives; null for null. */
export type RowResult = RowValue | null

/**
 * A function that is computed row by row, and is null where an argument is. Slower than a kernel
 * by an order of magnitude; for what is used on thousands of rows rather than on millions.
 */
export function rowFunction(
  // biome-ignore lint/suspicious/noExplicitAny: each function names the values that it takes
  of: (...values: any[]) => RowResult,
): ScalarFunction {
  return (args, type, length) => {
    const readers = args.map(rowReader)
    const validity = jointValidity(args, length)
    const results = new Array<RowResult>(length).fill(null)
    const values: RowValue[] = new Array(args.length)
    for (let row = 0; row < length; row++) {
      if (validity !== null && validity[row] === 0) continue
      for (let at = 0; at < readers.length; at++) values[at] = readers[at]!(row)
      results[row] = of(...values)
    }
    return vectorOfResults(type, results)
  }
}

/** Reads the value of a row that is not null; of a vector of one row always that one. */
export function rowReader(vector: Vector): (row: number) => RowValue {
  if (vector.length === 1) {
    const value = isNull(vector, 0) ? '' : readerOf(vector)(0)
    return () => value
  }
  return readerOf(vector)
}

function readerOf(vector: Vector): (row: number) => RowValue {
  switch (vector.layout) {
    case 'utf8':
      if (vector.type.name === 'binary') {
        return (row) => vector.bytes.subarray(vector.starts[row], vector.ends[row])
      }
      return (row) => textAt(vector, row)
    case 'bool':
      return (row) => vector.values[row] === 1
    default:
      return (row) => vector.values[row]!
  }
}

/** The vector of `type` that holds `results`. */
export function vectorOfResults(type: DataType, results: readonly RowResult[]): Vector {
  const { length } = results
  const validity = new Uint8Array(length)
  let nulls = 0
  for (let row = 0; row < length; row++) {
    validity[row] = results[row] === null ? 0 : 1
    nulls += 1 - validity[row]!
  }
  const head = { type, length, validity: nulls === 0 ? null : validity }
  switch (layoutOf(type)) {
    case 'utf8':
      return { ...head, layout: 'utf8', ...textsOfResults(results) }
    case 'bool':
      return { ...head, layout: 'bool', values: Uint8Array.from(results, Number) }
    case 'i32':
      return { ...head, layout: 'i32', values: Int32Array.from(results, Number) }
    case 'f64':
      if (!isExact(type) || results.every(isSafe)) {
        return { ...head, layout: 'f64', values: Float64Array.from(results, Number) }
      }
      return exactVector(
        type,
        results.map((value) => BigInt((value ?? 0) as number)),
        head.validity,
      )
  }
}

const isSafe = (value: RowResult): boolean => Number.isSafeInteger(Number(value))

function textsOfResults(results: readonly RowResult[]) {
  const sink = new TextSink(results.length, results.length * 8)
  for (const value of results) {
    if (typeof value === 'string') sink.appendString(value)
    else if (value instanceof Uint8Array) sink.append(value, 0, value.length)
    sink.endRow()
  }
  const { bytes, starts, ends } = sink
  return { bytes, starts, ends }
}
