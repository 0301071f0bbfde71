import type { Vector } from '../../arrow/vector.ts'

/** The numbers of `vector`; those beyond 2^53 rounded to the nearest float64. */
export function floatsOf(vector: Vector): Int32Array | Float64Array {
  switch (vector.layout) {
    case 'i32':
    case 'f64':
      return vector.values
    case 'big':
      return Float64Array.from(vector.values, Number)
    default:
      throw new Error(`no numbers in a ${vector.layout} vector`)
  }
}
