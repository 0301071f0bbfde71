import { type DataType, isExact, layoutOf } from '../arrow/data-type.ts'
import type { Scalar } from '../arrow/scalar.ts'
import { exactVector, type Vector } from '../arrow/vector.ts'

/** A vector of one row: `value` in the canonical form of `type`, or null. */
export function scalarVector(value: Scalar, type: DataType): Vector {
  const validity = value === null ? Uint8Array.of(0) : null
  const head = { type, length: 1, validity }
  if (isExact(type)) return exactVector(type, [BigInt((value as number | bigint) ?? 0)], validity)
  switch (layoutOf(type)) {
    case 'bool':
      return { ...head, layout: 'bool', values: Uint8Array.of(value === true ? 1 : 0) }
    case 'utf8': {
      const bytes =
        value instanceof Uint8Array ? value : new TextEncoder().encode(String(value ?? ''))
      const starts = Int32Array.of(0)
      return { ...head, layout: 'utf8', bytes, starts, ends: Int32Array.of(bytes.length) }
    }
    default:
      return { ...head, layout: 'f64', values: Float64Array.of((value as number) ?? 0) }
  }
}
