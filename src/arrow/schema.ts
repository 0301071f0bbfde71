import { invalid, nameNotFound } from '../error.ts'
import { type DataType, typesEqual, typeText } from './data-type.ts'
import type { Scalar } from './scalar.ts'

/** A named, typed column of a frame. `nullable: false` promises that no value is null. */
export interface Field {
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
  /** What rows get that do not give it: never null. Null where there is none. */
  readonly default?: Scalar
}

/** Ordered fields with distinct names, and nothing else. */
export interface Schema {
  readonly fields: readonly Field[]
  /** Position of each name. A Map, because names such as `__proto__` are data. */
  readonly positions: ReadonlyMap<string, number>
}

export function field(name: string, type: DataType, nullable = true, value: Scalar = null): Field {
  return Object.freeze({ name, type, nullable, ...(value === null ? {} : { default: value }) })
}

/** Throws INVALID when two fields have one name. */
export function schema(fields: readonly Field[]): Schema {
  const positions = new Map<string, number>()
  for (const [position, { name }] of fields.entries()) {
    if (positions.has(name)) throw invalid(`two columns are named "${name}"`, { column: name })
    positions.set(name, position)
  }
  return Object.freeze({ fields: Object.freeze([...fields]), positions })
}

/** The position of `name`, 0-based. Throws NOT_FOUND with the nearest name. */
export function fieldPosition(of: Schema, name: string): number {
  const position = of.positions.get(name)
  if (position === undefined) throw nameNotFound('column', name, fieldNames(of))
  return position
}

/** The field called `name`. Throws NOT_FOUND with the nearest name. */
export function fieldNamed(of: Schema, name: string): Field {
  return of.fields[fieldPosition(of, name)]!
}

export function fieldNames(of: Schema): string[] {
  return of.fields.map(({ name }) => name)
}

export function schemasEqual(a: Schema, b: Schema): boolean {
  return (
    a.fields.length === b.fields.length &&
    a.fields.every((left, position) => {
      const right = b.fields[position]!
      return (
        left.name === right.name &&
        left.nullable === right.nullable &&
        typesEqual(left.type, right.type)
      )
    })
  )
}

/** `name type?` per field, separated by commas; `?` marks a nullable one. */
export function schemaText(of: Schema): string {
  return of.fields
    .map(({ name, type, nullable }) => `${name} ${typeText(type)}${nullable ? '?' : ''}`)
    .join(', ')
}
