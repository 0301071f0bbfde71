import { type DataType, isExact, layoutOf } from './data-type.ts'
import type { Scalar } from './scalar.ts'
import type { Field } from './schema.ts'
import { exactVector, take, type Vector } from './vector.ts'

const encoder = new TextEncoder()

/** One row of `value`, which is in the canonical form of `type`. */
export function constantVector(value: Scalar, type: DataType): Vector {
  const head = { type, length: 1, validity: value === null ? new Uint8Array(1) : null }
  const layout = layoutOf(type)
  switch (layout) {
    case 'bool':
      return { ...head, layout, values: Uint8Array.of(value === true ? 1 : 0) }
    case 'i32':
      return { ...head, layout, values: Int32Array.of(Number(value)) }
    case 'utf8': {
      const bytes = value === null ? new Uint8Array(0) : scalarBytes(value)
      return { ...head, layout, bytes, starts: Int32Array.of(0), ends: Int32Array.of(bytes.length) }
    }
    case 'f64':
      if (isExact(type)) return exactVector(type, [BigInt((value as bigint) ?? 0)], head.validity)
      return { ...head, layout, values: Float64Array.of(Number(value)) }
  }
}

/** The bytes of a text or binary value. */
export function scalarBytes(value: Scalar): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (typeof value !== 'string') throw new Error(`no bytes in a ${typeof value}`)
  return encoder.encode(value)
}

/** `vector` itself when it has `length` rows; its single row repeated otherwise. */
export function expand(vector: Vector, length: number): Vector {
  return vector.length === length ? vector : take(vector, new Uint32Array(length), length)
}

/** `length` rows that hold what a row gets that does not give the column: its default, or null. */
export function omittedVector({ type, default: value = null }: Field, length: number): Vector {
  return expand(constantVector(value, type), length)
}

/** `length` rows of null. */
export function nullVector(type: DataType, length: number): Vector {
  return expand(constantVector(null, type), length)
}
