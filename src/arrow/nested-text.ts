import { type DataType, isFloat, isInteger, type ListType, type StructType } from './data-type.ts'

/** A value of a type that is not nested, in canonical form. */
type Plain = boolean | number | bigint | string | Uint8Array

/** Reads and prints values of types that are not nested; undefined for what is none. */
export interface PlainCodec {
  readonly parse: (text: string, type: DataType) => Plain | undefined
  readonly print: (value: Plain, type: DataType) => string
}

/**
 * The one JSON text of a list or a struct, given as a JavaScript value or parsed JSON; undefined
 * when it is none of `type`. Whole numbers beyond 2^53, decimals, dates, times, bytes (in
 * hexadecimal), NaN and the infinities stand as strings, so that any reader of JSON keeps them.
 */
export function nestedText(
  value: unknown,
  type: ListType | StructType,
  codec: PlainCodec,
): string | undefined {
  if (type.name === 'list') {
    if (!Array.isArray(value)) return undefined
    const texts = Array.from(value, (of: unknown) => partText(of, type.of, codec))
    return texts.includes(undefined) ? undefined : `[${texts.join(',')}]`
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const known = new Set(type.members.map(([name]) => name))
  if (Object.keys(value).some((name) => !known.has(name))) return undefined
  const texts = type.members.map(([name, of]) => {
    const part = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : null
    const text = partText(part, of, codec)
    return text === undefined ? undefined : `${JSON.stringify(name)}:${text}`
  })
  return texts.includes(undefined) ? undefined : `{${texts.join(',')}}`
}

function partText(value: unknown, type: DataType, codec: PlainCodec): string | undefined {
  if (value === null || value === undefined) return 'null'
  if (type.name === 'list' || type.name === 'struct') return nestedText(value, type, codec)
  if (type.name === 'json') return jsonText(value)
  const plain = plainText(value, type)
  const scalar = plain === undefined ? undefined : codec.parse(plain, type)
  if (scalar === undefined || (isFloat(type) && !keepsFloat(value, scalar))) return undefined
  return plainPart(scalar, codec.print(scalar, type), type)
}

/** A value within JSON, given also as `text`: as it is where JSON keeps it, as a string elsewhere. */
export function plainPart(scalar: Plain, text: string, type: DataType): string {
  if (type.name === 'bool') return text
  if (isFloat(type) && Number.isFinite(scalar)) return text
  if (isInteger(type) && Number.isSafeInteger(Number(scalar))) return text
  return JSON.stringify(text)
}

/** A bigint stays what it is, or is none. */
const keepsFloat = (value: unknown, scalar: Plain): boolean =>
  typeof value !== 'bigint' || BigInt(scalar as number) === value

function plainText(value: unknown, type: DataType): string | undefined {
  const { name } = type
  if (value instanceof Date) return dateText(value, type)
  if (value instanceof Uint8Array) {
    return name === 'binary' ? Buffer.from(value).toString('hex') : undefined
  }
  switch (typeof value) {
    case 'boolean':
      return name === 'bool' ? String(value) : undefined
    case 'string':
      return name === 'bool' ? undefined : value
    case 'bigint':
      return isInteger(type) || isFloat(type) || name === 'decimal' ? String(value) : undefined
    case 'number':
      if (isFloat(type)) return Object.is(value, -0) ? '-0' : String(value)
      if (name === 'decimal') return String(value)
      return isInteger(type) && Number.isSafeInteger(value) ? String(value) : undefined
    default:
      return undefined
  }
}

function dateText(value: Date, type: DataType): string | undefined {
  if (Number.isNaN(value.getTime())) return undefined
  const text = value.toISOString()
  if (type.name === 'timestamp') return type.zone === null ? text.slice(0, -1) : text
  return type.name === 'date' && text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : undefined
}

function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}
