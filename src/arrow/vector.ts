import { corrupt } from '../error.ts'
import { type DataType, float64, int32, isExact, type Layout, layoutOf } from './data-type.ts'
import { PACK_SLACK, packTexts } from './pack-texts.ts'

interface Common {
  readonly type: DataType
  readonly length: number
  /** One byte a row: 1 valid, 0 null. `null` when every row is valid. */
  readonly validity: Uint8Array | null
}

/** One byte a row, 0 or 1. */
export interface BoolVector extends Common {
  readonly layout: 'bool'
  readonly values: Uint8Array
}

/** int8 to int32, uint8, uint16, and dates as days. */
export interface Int32Vector extends Common {
  readonly layout: 'i32'
  readonly values: Int32Array
}

/**
 * Floats, and whole numbers of at most 2^53 in size: int64, uint32, unscaled decimals, times and
 * timestamps in their unit. Exact whole numbers here are never NaN, infinite or -0.
 */
export interface Float64Vector extends Common {
  readonly layout: 'f64'
  readonly values: Float64Array
}

/** The same whole numbers when some are beyond 2^53. */
export interface BigVector extends Common {
  readonly layout: 'big'
  readonly values: readonly bigint[]
}

/**
 * Text, JSON and binary: row i is `bytes[starts[i] .. ends[i])`. Rows may stand in any order in
 * `bytes`, with anything between them, so that a vector can be a view of the raw file.
 */
export interface Utf8Vector extends Common {
  readonly layout: 'utf8'
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
}

/**
 * The values of one column for a run of rows. Vectors are never changed once made. What stands
 * under a null is unspecified but readable: 0, 0n or an empty range.
 */
export type Vector = BoolVector | Int32Vector | Float64Vector | BigVector | Utf8Vector

export type NumberVector = Int32Vector | Float64Vector

/** Whole numbers up to this size are exact in a float64. */
export const SAFE = 2 ** 53 - 1
const SAFE_BIG = BigInt(SAFE)

export function isNull(vector: Vector, row: number): boolean {
  return vector.validity !== null && vector.validity[row] === 0
}

export function nullCount(vector: Vector): number {
  if (vector.validity === null) return 0
  let valid = 0
  const { validity, length } = vector
  for (let row = 0; row < length; row++) valid += validity[row]!
  return length - valid
}

/** Rows `from` (included) to `to` (excluded), sharing the buffers. */
export function slice(vector: Vector, from: number, to: number): Vector {
  if (from === 0 && to === vector.length) return vector
  const length = to - from
  const validity = vector.validity?.subarray(from, to) ?? null
  switch (vector.layout) {
    case 'utf8':
      return {
        ...vector,
        length,
        validity,
        starts: vector.starts.subarray(from, to),
        ends: vector.ends.subarray(from, to),
      }
    case 'big':
      return { ...vector, length, validity, values: vector.values.slice(from, to) }
    case 'bool':
      return { ...vector, length, validity, values: vector.values.subarray(from, to) }
    case 'i32':
      return { ...vector, length, validity, values: vector.values.subarray(from, to) }
    case 'f64':
      return { ...vector, length, validity, values: vector.values.subarray(from, to) }
  }
}

/**
 * The rows at `rows[0 .. count)`, in that order. Text keeps pointing into the same bytes.
 *
 * @param rows Row indexes, each 0 to length - 1. Entries of -1 (as Int32Array) give null.
 */
export function take(vector: Vector, rows: Uint32Array | Int32Array, count: number): Vector {
  if (rows instanceof Int32Array) return takeOrNull(vector, rows, count)
  const { type } = vector
  const validity =
    vector.validity === null ? null : gather(vector.validity, rows, new Uint8Array(count))
  const head = { type, length: count, validity }
  switch (vector.layout) {
    case 'utf8': {
      const starts = gather(vector.starts, rows, new Int32Array(count))
      const ends = gather(vector.ends, rows, new Int32Array(count))
      return { ...head, layout: 'utf8', bytes: vector.bytes, starts, ends }
    }
    case 'big': {
      const values = Array.from(rows.subarray(0, count), (row) => vector.values[row]!)
      return { ...head, layout: 'big', values }
    }
    case 'bool':
      return { ...head, layout: 'bool', values: gather(vector.values, rows, new Uint8Array(count)) }
    case 'i32':
      return { ...head, layout: 'i32', values: gatherInt32(vector.values, rows, count) }
    case 'f64':
      return { ...head, layout: 'f64', values: gatherFloat64(vector.values, rows, count) }
  }
}

function gather<A extends Uint8Array | Int32Array>(from: A, rows: Uint32Array, to: A): A {
  for (let i = 0; i < to.length; i++) to[i] = from[rows[i]!]!
  return to
}

function gatherInt32(from: Int32Array, rows: Uint32Array, count: number): Int32Array {
  const to = new Int32Array(count)
  for (let i = 0; i < count; i++) to[i] = from[rows[i]!]!
  return to
}

function gatherFloat64(from: Float64Array, rows: Uint32Array, count: number): Float64Array {
  const to = new Float64Array(count)
  for (let i = 0; i < count; i++) to[i] = from[rows[i]!]!
  return to
}

/** As `take`, with null for the rows of -1. */
function takeOrNull(vector: Vector, rows: Int32Array, count: number): Vector {
  let missing = 0
  for (let i = 0; i < count; i++) missing |= rows[i]! >> 31
  if (missing === 0) return take(vector, asUnsigned(rows), count)
  if (vector.length === 0) return allNull(vector, count)
  const present = new Uint32Array(count)
  const validity = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const row = rows[i]!
    present[i] = Math.max(row, 0)
    validity[i] = row < 0 ? 0 : 1
  }
  const taken = take(vector, present, count)
  if (taken.validity !== null) {
    for (let i = 0; i < count; i++) validity[i]! &= taken.validity[i]!
  }
  blank(taken, rows)
  return { ...taken, validity }
}

/** What stands under a missing row is 0, so that no operation can fail over it. */
function blank(taken: Vector, rows: Int32Array): void {
  const arrays =
    taken.layout === 'utf8' ? [taken.starts, taken.ends] : [taken.values as number[] | bigint[]]
  const zero = taken.layout === 'big' ? 0n : 0
  for (const array of arrays as unknown[][]) {
    for (let i = 0; i < taken.length; i++) if (rows[i]! < 0) array[i] = zero
  }
}

const asUnsigned = (rows: Int32Array): Uint32Array =>
  new Uint32Array(rows.buffer, rows.byteOffset, rows.length)

function allNull({ type, layout }: Vector, length: number): Vector {
  const head = { type, length, validity: new Uint8Array(length) }
  switch (layout) {
    case 'utf8': {
      const starts = new Int32Array(length)
      return { ...head, layout, bytes: new Uint8Array(0), starts, ends: starts }
    }
    case 'big':
      return { ...head, layout, values: new Array<bigint>(length).fill(0n) }
    case 'bool':
      return { ...head, layout, values: new Uint8Array(length) }
    case 'i32':
      return { ...head, layout, values: new Int32Array(length) }
    case 'f64':
      return { ...head, layout, values: new Float64Array(length) }
  }
}

/** A float64 vector over `values`, without nulls. */
export function floatVector(values: Float64Array): Float64Vector {
  return { type: float64, layout: 'f64', length: values.length, validity: null, values }
}

/** An int32 vector over `values`, without nulls. */
export function int32Vector(values: Int32Array): Int32Vector {
  return { type: int32, layout: 'i32', length: values.length, validity: null, values }
}

/** All rows of `vectors`, one after another. They must share `type`; at least one. */
export function concat(type: DataType, vectors: readonly Vector[]): Vector {
  if (vectors.length === 1) return vectors[0]!
  const length = vectors.reduce((sum, vector) => sum + vector.length, 0)
  const head = { type, length, validity: concatValidity(vectors, length) }
  const layout: Layout = vectors.some((vector) => vector.layout === 'big') ? 'big' : layoutOf(type)
  switch (layout) {
    case 'utf8':
      return concatText(vectors as readonly Utf8Vector[], head)
    case 'big': {
      const values: bigint[] = []
      for (const vector of vectors) for (const value of bigValues(vector)) values.push(value)
      return { ...head, layout, values }
    }
    case 'bool': {
      const values = new Uint8Array(length)
      fillParts(values, vectors as readonly BoolVector[])
      return { ...head, layout, values }
    }
    case 'i32': {
      const values = new Int32Array(length)
      fillParts(values, vectors as readonly Int32Vector[])
      return { ...head, layout, values }
    }
    case 'f64': {
      const values = new Float64Array(length)
      fillParts(values, vectors as readonly Float64Vector[])
      return { ...head, layout, values }
    }
  }
}

function fillParts<A extends Uint8Array | Int32Array | Float64Array>(
  target: A,
  vectors: readonly { readonly values: A; readonly length: number }[],
): void {
  let at = 0
  for (const { values, length } of vectors) {
    target.set(values.length === length ? values : values.subarray(0, length), at)
    at += length
  }
}

function concatValidity(vectors: readonly Vector[], length: number): Uint8Array | null {
  if (vectors.every(({ validity }) => validity === null)) return null
  const validity = new Uint8Array(length).fill(1)
  let at = 0
  for (const vector of vectors) {
    if (vector.validity !== null) validity.set(vector.validity.subarray(0, vector.length), at)
    at += vector.length
  }
  return validity
}

function concatText(
  vectors: readonly Utf8Vector[],
  head: { type: DataType; length: number; validity: Uint8Array | null },
): Utf8Vector {
  const starts = new Int32Array(head.length)
  const ends = new Int32Array(head.length)
  const shared = vectors.every(({ bytes }) => bytes === vectors[0]?.bytes)
  let row = 0
  if (shared) {
    for (const vector of vectors) {
      starts.set(vector.starts.subarray(0, vector.length), row)
      ends.set(vector.ends.subarray(0, vector.length), row)
      row += vector.length
    }
    return { ...head, layout: 'utf8', bytes: vectors[0]?.bytes ?? new Uint8Array(0), starts, ends }
  }
  const size = vectors.reduce((sum, vector) => sum + textLength(vector), 0)
  const own = { bytes: new Uint8Array(size + PACK_SLACK), starts, ends }
  let at = 0
  for (const vector of vectors) {
    at = packTexts(vector, 0, vector.length, own, row, at)
    row += vector.length
  }
  return { ...head, layout: 'utf8', ...own }
}

/** Bytes that the rows `from` to `to` of `vector`, all unless told, take without gaps. */
export function textLength(vector: Utf8Vector, from = 0, to: number = vector.length): number {
  const { starts, ends } = vector
  let size = 0
  for (let row = from; row < to; row++) size += ends[row]! - starts[row]!
  return size
}

/** Copies `size` bytes; a loop for short runs, where `set` and `subarray` cost more. */
export function copyText(
  from: Uint8Array,
  start: number,
  to: Uint8Array,
  at: number,
  size: number,
): void {
  if (size > 48) to.set(from.subarray(start, start + size), at)
  else for (let i = 0; i < size; i++) to[at + i] = from[start + i]!
}

/** A whole-number vector's values as bigints, row by row. */
export function* bigValues(vector: Vector): Generator<bigint> {
  for (let row = 0; row < vector.length; row++) yield bigAt(vector, row)
}

/** The whole number at `row`, which must be of an exact type. Under a null: 0n. */
export function bigAt(vector: Vector, row: number): bigint {
  switch (vector.layout) {
    case 'big':
      return vector.values[row]!
    case 'i32':
    case 'f64':
      return BigInt(vector.values[row]!)
    default:
      throw new Error(`no whole numbers in a ${vector.layout} vector`)
  }
}

/**
 * A vector of an exact `type` over `values`, held as narrowly as they allow: `f64` (or `i32`,
 * where the type's layout is that) when all are within 2^53, `big` otherwise.
 */
export function exactVector(
  type: DataType,
  values: readonly bigint[],
  validity: Uint8Array | null,
): Vector {
  if (!isExact(type)) throw new Error(`${type.name} is not exact`)
  const head = { type, length: values.length, validity }
  if (layoutOf(type) === 'i32') {
    return { ...head, layout: 'i32', values: Int32Array.from(values, Number) }
  }
  for (const value of values) {
    if (value > SAFE_BIG || value < -SAFE_BIG) return { ...head, layout: 'big', values }
  }
  return { ...head, layout: 'f64', values: Float64Array.from(values, Number) }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A file that was found right is not compared with its checksum when it is read again. */
function decoded(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw corrupt('a text is not valid UTF-8: its bytes have changed since they were written')
  }
}

/** The text at `row` as a string. Not for binary. Under a null: ''. Throws DATA for bytes that are no UTF-8. */
export function textAt(vector: Utf8Vector, row: number): string {
  const start = vector.starts[row]!
  const end = vector.ends[row]!
  if (end - start <= 32) {
    let ascii = ''
    for (let i = start; i < end; i++) {
      const byte = vector.bytes[i]!
      if (byte >= 128) return decoded(vector.bytes.subarray(start, end))
      ascii += String.fromCharCode(byte)
    }
    return ascii
  }
  return decoded(vector.bytes.subarray(start, end))
}
