import { isFloat, isNested, isNumeric } from '../../arrow/data-type.ts'
import { scalarAt, scalarText } from '../../arrow/scalar.ts'
import type { Vector } from '../../arrow/vector.ts'

/** A value that is not null as JSON: numbers with all their digits, json, lists and structs as they are, others as text. */
export function jsonOf(vector: Vector, row: number): string {
  const value = scalarAt(vector, row)
  if (value === null) return 'null'
  const { type } = vector
  if (type.name === 'json' || isNested(type)) return String(value)
  const text = scalarText(value, type)
  if (type.name === 'bool' || (isNumeric(type) && !isFloat(type))) return text
  return isFloat(type) && Number.isFinite(value as number) ? text : JSON.stringify(text)
}
