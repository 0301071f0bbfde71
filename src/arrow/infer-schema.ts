import { clip, invalid } from '../error.ts'
import {
  binary,
  bool,
  type DataType,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  json,
  timestamp,
  uint8,
  uint16,
  uint32,
  utf8,
} from './data-type.ts'
import { type Field, field } from './schema.ts'

type Kind = 'bool' | 'whole' | 'float' | 'bigint' | 'text' | 'instant' | 'bytes' | 'json'

const TYPES = new Map<Kind, DataType>([
  ['bool', bool],
  ['whole', int64],
  ['float', float64],
  ['bigint', int64],
  ['text', utf8],
  ['instant', timestamp('ms')],
  ['bytes', binary],
  ['json', json],
])

/**
 * Fields for rows given as plain objects, in order of first appearance: boolean -> bool; number ->
 * int64 when all are safe whole numbers, else float64; bigint -> int64; string -> utf8; Date ->
 * timestamp(ms); Uint8Array -> binary; objects and arrays -> json; nothing but nulls -> utf8. A
 * field is nullable when a row has null, undefined or no such property of its own.
 *
 * Throws INVALID naming column and row where one column mixes kinds.
 */
export function inferFields(rows: readonly object[]): Field[] {
  const columns = new Map<string, { kind: Kind | undefined; present: number }>()
  for (const [row, object] of rows.entries()) {
    for (const [name, value] of Object.entries(object)) {
      let column = columns.get(name)
      if (column === undefined) {
        column = { kind: undefined, present: 0 }
        columns.set(name, column)
      }
      if (value == null) continue
      column.present++
      column.kind = merged(column.kind, value, name, row)
    }
  }
  return [...columns].map(([name, { kind, present }]) =>
    field(name, kind === undefined ? utf8 : TYPES.get(kind)!, present < rows.length),
  )
}

/**
 * The field for a column of values by the rules of `inferFields`. Typed arrays keep their own
 * type: Int16Array -> int16, Float32Array -> float32 and so on.
 */
export function inferField(name: string, values: ArrayLike<unknown>): Field {
  const typed = typedArrayType(values)
  if (typed !== undefined) return field(name, typed, false)
  let kind: Kind | undefined
  let nullable = false
  for (let row = 0; row < values.length; row++) {
    const value = values[row]
    if (value == null) nullable = true
    else kind = merged(kind, value, name, row)
  }
  return field(name, kind === undefined ? utf8 : TYPES.get(kind)!, nullable || kind === undefined)
}

function typedArrayType(values: unknown): DataType | undefined {
  if (values instanceof Int8Array) return int8
  if (values instanceof Int16Array) return int16
  if (values instanceof Int32Array) return int32
  if (values instanceof BigInt64Array) return int64
  if (values instanceof Uint8Array) return uint8
  if (values instanceof Uint16Array) return uint16
  if (values instanceof Uint32Array) return uint32
  if (values instanceof Float32Array) return float32
  return values instanceof Float64Array ? float64 : undefined
}

function merged(kind: Kind | undefined, value: unknown, column: string, row: number): Kind {
  const next = kindOf(value)
  if (next === undefined) {
    throw invalid(`column "${clip(column)}", row ${row}: a ${typeof value} is no value`, {
      column,
      row,
      value,
    })
  }
  if (kind === undefined || kind === next) return next
  const pair = new Set<Kind>([kind, next])
  if (pair.has('whole') && pair.has('float')) return 'float'
  if (pair.has('whole') && pair.has('bigint')) return 'bigint'
  throw invalid(
    `column "${clip(column)}", row ${row}: ${WORDS.get(next)} after ${WORDS.get(kind)}; give a schema`,
    { column, row, value },
  )
}

const WORDS = new Map<Kind, string>([
  ['bool', 'a boolean'],
  ['whole', 'a whole number'],
  ['float', 'a fractional number'],
  ['bigint', 'a bigint'],
  ['text', 'a string'],
  ['instant', 'a Date'],
  ['bytes', 'a Uint8Array'],
  ['json', 'an object'],
])

function kindOf(value: unknown): Kind | undefined {
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? 'whole' : 'float'
    case 'bigint':
      return 'bigint'
    case 'string':
      return 'text'
    case 'object':
      if (value instanceof Date) return 'instant'
      return value instanceof Uint8Array ? 'bytes' : 'json'
    default:
      return undefined
  }
}
