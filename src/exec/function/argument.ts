import type { DataType } from '../../arrow/data-type.ts'
import { bigValues, type Utf8Vector, type Vector } from '../../arrow/vector.ts'
import { bothValid } from '../../kernel/boolean.ts'
import type { Side } from '../../kernel/compare-numbers.ts'
import type { Texts } from '../../kernel/compare-texts.ts'

/**
 * A scalar function over vectors. Each argument has `length` rows, or a single row that stands for
 * every one. Throws INVALID where a value has no result.
 */
export type ScalarFunction = (args: readonly Vector[], type: DataType, length: number) => Vector

/** The index mask with which a kernel reads `vector`: 0 repeats the single row. */
export function maskOf(vector: Vector): number {
  return vector.length === 1 ? 0 : -1
}

/** Validity of a result that is null where any argument is. */
export function jointValidity(args: readonly Vector[], length: number): Uint8Array | null {
  let validity: Uint8Array | null = null
  for (const { validity: own, length: rows } of args) {
    if (own === null) continue
    if (rows === length) validity = bothValid(validity, own, length)
    else if (own[0] === 0) return new Uint8Array(length)
  }
  return validity
}

/** The numbers of an i32, f64 or bool vector as floats. */
export function float64Side(vector: Vector): Side<Float64Array> {
  const mask = maskOf(vector)
  if (vector.layout === 'f64') return { values: vector.values, mask }
  if (vector.layout === 'i32' || vector.layout === 'bool') {
    return { values: new Float64Array(vector.values), mask }
  }
  throw new Error(`no floats in a ${vector.layout} vector`)
}

export function int32Side(vector: Vector): Side<Int32Array> {
  const mask = maskOf(vector)
  if (vector.layout === 'i32') return { values: vector.values, mask }
  if (vector.layout === 'bool') return { values: new Int32Array(vector.values), mask }
  throw new Error(`no int32 in a ${vector.layout} vector`)
}

export function bigSide(vector: Vector): Side<readonly bigint[]> {
  const values = vector.layout === 'big' ? vector.values : [...bigValues(vector)]
  return { values, mask: maskOf(vector) }
}

export function utf8Of(vector: Vector): Utf8Vector {
  if (vector.layout !== 'utf8') throw new Error(`no text in a ${vector.layout} vector`)
  return vector
}

export function textsOf(vector: Vector): Texts {
  const { bytes, starts, ends } = utf8Of(vector)
  return { bytes, starts, ends, mask: maskOf(vector) }
}

/** The whole number of a constant argument; undefined when it is null. */
export function constantNumber(vector: Vector): number | undefined {
  if (vector.validity?.[0] === 0) return undefined
  if (vector.layout === 'utf8' || vector.layout === 'bool') {
    throw new Error(`no number in a ${vector.layout} vector`)
  }
  return Number(vector.values[0])
}
