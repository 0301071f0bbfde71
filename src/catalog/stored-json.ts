import { clip, corrupt, invalid } from '../error.ts'
import type { Extra } from './model/extra.ts'
import type { Protocol } from './model/head.ts'
import { unsealed } from './seal.ts'

const READER = 1
const WRITER = 1
/** Partitions may be files of another table of the lake. */
export const CLONE_FEATURE = 'clones'
/** The head has a commit that another table's head decides on. */
export const MULTI_TABLE_FEATURE = 'multiTable'
/** Partitions may be in the metadata, and have no files. */
export const INLINE_FEATURE = 'inline'
/** Rows keep constraints, which whoever writes has to enforce. */
export const CONSTRAINTS_FEATURE = 'constraints'
/** The table gives the values of a column. */
export const IDENTITY_FEATURE = 'identity'
/** Columns have changed: older versions have others, and files may lack or rename some. */
export const SCHEMA_FEATURE = 'schemaEvolution'
const FEATURES: readonly string[] = [
  CLONE_FEATURE,
  MULTI_TABLE_FEATURE,
  INLINE_FEATURE,
  CONSTRAINTS_FEATURE,
  IDENTITY_FEATURE,
  SCHEMA_FEATURE,
]

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * A JSON object from a store, which anybody may have written: every field is checked as it is
 * taken, and what nobody took is left for `extra`. Throws DATA naming the key and the field.
 */
export class StoredObject {
  readonly #fields: ReadonlyMap<string, unknown>
  readonly #taken = new Set<string>()
  readonly #key: string
  readonly #path: string

  constructor(value: unknown, key: string, path: string) {
    this.#key = key
    this.#path = path
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#fields = new Map()
      this.fail('', 'an object', value)
    }
    this.#fields = new Map(Object.entries(value))
  }

  text(name: string, pattern?: RegExp): string {
    const value = this.#take(name)
    if (typeof value !== 'string' || !value.isWellFormed()) this.fail(name, 'text', value)
    if (pattern !== undefined && !pattern.test(value))
      this.fail(name, `text like ${pattern}`, value)
    return value
  }

  /** A whole number from `least` to 2^53 - 1. */
  whole(name: string, least = 0): number {
    const value = this.#take(name)
    if (!isWhole(value, least)) this.fail(name, `a whole number from ${least} on`, value)
    return value
  }

  boolean(name: string): boolean {
    const value = this.#take(name)
    if (typeof value !== 'boolean') this.fail(name, 'true or false', value)
    return value
  }

  /** An instant as ISO 8601 text in UTC with milliseconds; answers milliseconds since 1970. */
  instant(name: string): number {
    const value = this.#take(name)
    const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
    if (Number.isNaN(ms) || new Date(ms).toISOString() !== value) {
      this.fail(name, 'an instant such as "2026-01-31T10:00:00.000Z"', value)
    }
    return ms
  }

  list(name: string): readonly unknown[] {
    const value = this.#take(name)
    if (!Array.isArray(value)) this.fail(name, 'a list', value)
    return value
  }

  texts(name: string): string[] {
    return this.list(name).map((value) => {
      if (typeof value !== 'string') this.fail(name, 'a list of text', value)
      return value
    })
  }

  wholes(name: string, least = 0): number[] {
    return this.list(name).map((value) => {
      if (!isWhole(value, least)) this.fail(name, `whole numbers from ${least} on`, value)
      return value
    })
  }

  objects(name: string): StoredObject[] {
    return this.list(name).map(
      (value, index) => new StoredObject(value, this.#key, `${this.#path}${name}[${index}].`),
    )
  }

  object(name: string): StoredObject {
    return new StoredObject(this.#take(name), this.#key, `${this.#path}${name}.`)
  }

  /** Any JSON, as it was parsed. */
  json(name: string): unknown {
    const value = this.#take(name)
    if (value === undefined) this.fail(name, 'JSON', value)
    return value
  }

  has(name: string): boolean {
    return this.#fields.has(name)
  }

  /** The fields that were not taken, in their order. */
  extra(): Extra {
    return [...this.#fields].filter(([name]) => !this.#taken.has(name))
  }

  fail(name: string, expected: string, found: unknown): never {
    const shown = found === undefined ? 'nothing' : clip(JSON.stringify(found))
    const field = `${this.#path}${name}`
    throw corrupt(`"${this.#key}": "${field}" should be ${expected}, found ${shown}`, {
      key: this.#key,
      field,
    })
  }

  #take(name: string): unknown {
    this.#taken.add(name)
    return this.#fields.get(name)
  }
}

function isWhole(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least
}

/**
 * Parses stored JSON of at most `bytesMax` bytes that ends with a seal. Throws DATA naming the key,
 * whatever was changed since it was written.
 */
export function parseSealed(bytes: Uint8Array, key: string, bytesMax: number): StoredObject {
  assertSize(bytes, key, bytesMax)
  return parseStored(unsealed(bytes, key), key, bytesMax)
}

/**
 * Parses stored JSON of at most `bytesMax` bytes whose checksum stands elsewhere. Throws DATA naming
 * the key.
 */
export function parseStored(bytes: Uint8Array, key: string, bytesMax: number): StoredObject {
  assertSize(bytes, key, bytesMax)
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(bytes))
  } catch (cause) {
    throw corrupt(`"${key}" is not JSON: ${clip(String(cause))}`, { key })
  }
  return new StoredObject(value, key, '')
}

function assertSize({ length }: Uint8Array, key: string, bytesMax: number): void {
  if (length <= bytesMax) return
  throw corrupt(`"${key}" has ${length} bytes, more than the ${bytesMax} it may have`, {
    key,
    bytes: length,
  })
}

/** JSON that is text already, as a value for `printObject`. */
export class JsonText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** A JSON list of texts that are JSON each. */
export function printList(items: readonly string[]): JsonText {
  return new JsonText(`[${items.join(',')}]`)
}

/** One JSON object as text; fields by position, so that a name such as `__proto__` is no trap. */
export function printObject(fields: readonly (readonly [string, unknown])[], extra: Extra): string {
  const parts = [...fields, ...extra].map(([name, value]) => {
    const text = value instanceof JsonText ? value.text : JSON.stringify(value)
    return `${JSON.stringify(name)}:${text}`
  })
  return `{${parts.join(',')}}`
}

/** Milliseconds since 1970 as ISO 8601 text in UTC. */
export function instantText(ms: number): string {
  return new Date(ms).toISOString()
}

/** The protocol that this version writes. */
export const PROTOCOL: Protocol = {
  minReader: READER,
  minWriter: WRITER,
  readerFeatures: [],
  writerFeatures: [],
}

/**
 * Takes format and protocol. Throws DATA when the object is something else, INVALID when a newer
 * reader or a feature unknown here is needed.
 */
export function readProtocol(of: StoredObject, format: string, key: string): Protocol {
  const found = of.text('format')
  if (found !== format) {
    throw corrupt(`"${key}" should have the format "${format}", found "${clip(found)}"`, { key })
  }
  const minReader = of.whole('minReader', 1)
  const readerFeatures = of.texts('readerFeatures')
  if (minReader > READER) throw tooNew(key, 'reader', minReader, READER)
  refuseUnknown(key, 'reading', readerFeatures)
  const minWriter = of.whole('minWriter', 1)
  return { minReader, minWriter, readerFeatures, writerFeatures: of.texts('writerFeatures') }
}

/** Throws INVALID unless this version may write to what has `protocol`. */
export function assertWritable(protocol: Protocol, key: string): void {
  if (protocol.minWriter > WRITER) throw tooNew(key, 'writer', protocol.minWriter, WRITER)
  refuseUnknown(key, 'writing', protocol.writerFeatures)
}

export function protocolFields(protocol: Protocol): (readonly [string, unknown])[] {
  const { minReader, minWriter, readerFeatures, writerFeatures } = protocol
  return [
    ['minReader', minReader],
    ['minWriter', minWriter],
    ['readerFeatures', readerFeatures],
    ['writerFeatures', writerFeatures],
  ]
}

function tooNew(key: string, role: 'reader' | 'writer', needed: number, here: number) {
  return invalid(
    `"${key}" needs ${role} version ${needed} of the format, this library has ${here}: update it`,
    { key, role, needed, here },
  )
}

function refuseUnknown(key: string, use: string, features: readonly string[]): void {
  const feature = features.find((name) => !FEATURES.includes(name))
  if (feature === undefined) return
  throw invalid(
    `"${key}" uses the feature "${clip(feature)}", which ${use} needs and this library does not have: update it`,
    { key, feature },
  )
}
