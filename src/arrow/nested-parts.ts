import type { DataType, ListType, StructType } from './data-type.ts'
import { isFloat, isInteger } from './data-type.ts'
import { field } from './schema.ts'
import { isNull, textAt, type Utf8Vector, type Vector } from './vector.ts'
import { vectorFrom } from './vector-from.ts'

/** The values of all lists of a column, one list after another. */
export interface Elements {
  readonly values: Vector
  /** Where the values of each row begin, and at `length` where the last ones end. */
  readonly starts: Int32Array
}

/** The values in the lists of `vector`; a null row has none. */
export function elementsOf(vector: Vector): Elements {
  const { of } = vector.type as ListType
  const starts = new Int32Array(vector.length + 1)
  const values: unknown[] = []
  for (let row = 0; row < vector.length; row++) {
    const list = isNull(vector, row) ? [] : (parsedAt(vector, row) as unknown[])
    for (const value of list) values.push(given(value, of))
    starts[row + 1] = values.length
  }
  return { values: vectorFrom(values, field('element', of, true)), starts }
}

/** The values of member `name` of the structs of `vector`; null where the struct is. */
export function memberOf(vector: Vector, name: string): Vector {
  const { members } = vector.type as StructType
  const type = members.find(([member]) => member === name)![1]
  const values = Array.from({ length: vector.length }, (_, row) => {
    if (isNull(vector, row)) return null
    return given((parsedAt(vector, row) as Record<string, unknown>)[name], type)
  })
  return vectorFrom(values, field(name, type, true))
}

function parsedAt(vector: Vector, row: number): unknown {
  return JSON.parse(textAt(vector as Utf8Vector, row))
}

/** A value of parsed JSON as `vectorFrom` takes it. */
function given(value: unknown, type: DataType): unknown {
  if (typeof value !== 'string') return value
  if (isInteger(type)) return BigInt(value)
  if (isFloat(type)) return Number(value)
  return type.name === 'binary' ? Uint8Array.from(Buffer.from(value, 'hex')) : value
}
