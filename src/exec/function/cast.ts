import {
  type DataType,
  integerRange,
  isFloat,
  isInteger,
  isNested,
  isNumeric,
  typesEqual,
  typeText,
} from '../../arrow/data-type.ts'
import { scalarAt, scalarText } from '../../arrow/scalar.ts'
import { exactVector, isNull, type Vector } from '../../arrow/vector.ts'
import { clip, type GraupelError, invalid } from '../../error.ts'
import { allWithin, divideBigRounded } from '../../kernel/arithmetic.ts'
import { TextSink } from '../../kernel/text.ts'
import { float64Side } from './argument.ts'
import { exactBounds } from './arithmetic.ts'
import { castFloats, floatsToFloat32 } from './cast-float.ts'
import type { CastOptions } from './cast-options.ts'
import { parseTexts } from './cast-text.ts'
import { multiplied, relabel, rescale, scaleOf, toFloat64 } from './rescale.ts'
import { daysAs, splitDays, ticksPerSecond } from './temporal.ts'

/** Whether a cast from one type to the other exists at all. */
export function canCast(from: DataType, to: DataType): boolean {
  if (typesEqual(from, to) || from.name === 'utf8' || to.name === 'utf8') return true
  if (isNumeric(from)) return isNumeric(to) || (to.name === 'bool' && isInteger(from))
  if (from.name === 'bool') return isNumeric(to)
  if (from.name === 'date') return to.name === 'timestamp'
  return from.name === 'timestamp' && ['date', 'time', 'timestamp'].includes(to.name)
}

/**
 * `input` as `type`. Floats to whole numbers round half to even, decimals half away from zero,
 * times of a finer unit toward negative infinity. INVALID for a pair of types without a cast.
 */
export function castVector(input: Vector, type: DataType, options: CastOptions): Vector {
  const from = input.type
  if (typesEqual(from, type)) return input
  if (!canCast(from, type)) {
    throw invalid(`cannot cast ${typeText(from)} to ${typeText(type)}`, {
      from: typeText(from),
      to: typeText(type),
    })
  }
  if (from.name === 'utf8') return parseTexts(input, type, options)
  if (type.name === 'utf8') return printValues(input, type)
  if (from.name === 'bool') return castBools(input, type, options)
  if (type.name === 'bool') return truths(input, type)
  if (isNumeric(from)) return castNumbers(input, type, options)
  return castTimes(input, type, options)
}

function castNumbers(input: Vector, type: DataType, options: CastOptions): Vector {
  if (isFloat(input.type)) {
    return isFloat(type) ? castFloatWidth(input, type, options) : castFloats(input, type, options)
  }
  if (!isFloat(type)) return fitted(rescale(input, scaleOf(type)), type, options, input)
  const floats = toFloat64(input)
  return type.name === 'float32' ? floatsToFloat32(floats, type, options) : { ...floats, type }
}

function castFloatWidth(input: Vector, type: DataType, options: CastOptions): Vector {
  return type.name === 'float32' ? floatsToFloat32(input, type, options) : { ...input, type }
}

/** The exact `wholes` as `type`; values out of its range as `options` say. */
function fitted(wholes: Vector, type: DataType, options: CastOptions, from: Vector): Vector {
  const { length, validity } = wholes
  if (wholes.layout !== 'big') {
    const values = wholes.layout === 'i32' ? wholes.values : float64Side(wholes).values
    if (allWithin(values, length, exactBounds(type))) return relabel(wholes, type)
  }
  const [least, greatest] = integerRange(type)
  const values = new Array<bigint>(length).fill(0n)
  const kept = validity?.slice(0, length) ?? new Uint8Array(length).fill(1)
  for (let i = 0; i < length; i++) {
    if (kept[i] === 0) continue
    const value = wholes.layout === 'big' ? wholes.values[i]! : BigInt(float64Value(wholes, i))
    if (value >= least && value <= greatest) values[i] = value
    else if (options.orNull) kept[i] = 0
    else throw unfit(from, i, type)
  }
  return exactVector(type, values, kept.includes(0) ? kept : null)
}

function float64Value(vector: Vector, row: number): number {
  if (vector.layout === 'i32' || vector.layout === 'f64') return vector.values[row]!
  throw new Error(`no number in a ${vector.layout} vector`)
}

/** INVALID: the value of `from` at `row` is none of `type`. */
function unfit(from: Vector, row: number, type: DataType): GraupelError {
  const value = scalarAt(from, row)
  const text = value === null ? 'null' : clip(scalarText(value, from.type))
  return invalid(
    `cannot cast ${text} from ${typeText(from.type)} to ${typeText(type)}: out of range; tryCast gives null instead`,
    { value: text, from: typeText(from.type), to: typeText(type) },
  )
}

function castBools(input: Vector, type: DataType, options: CastOptions): Vector {
  const { length, validity } = input
  const { values } = float64Side(input)
  if (isFloat(type)) return { layout: 'f64', type, length, validity, values }
  const wholes: Vector = { layout: 'f64', type: { name: 'int64' }, length, validity, values }
  return fitted(rescale(wholes, scaleOf(type)), type, options, input)
}

function truths(input: Vector, type: DataType): Vector {
  const { length, validity } = input
  const values = new Uint8Array(length)
  if (input.layout === 'big')
    for (let i = 0; i < length; i++) values[i] = Number(input.values[i] !== 0n)
  else {
    const { values: from } = float64Side(input)
    for (let i = 0; i < length; i++) values[i] = Number(from[i] !== 0)
  }
  return { layout: 'bool', type, length, validity, values }
}

function castTimes(input: Vector, type: DataType, options: CastOptions): Vector {
  const { length, validity, type: from } = input
  if (type.name === 'date' || from.name === 'date') {
    return daysAs(splitDays(input).days.slice(0, length), validity, type)
  }
  if (type.name === 'time') {
    const values = splitDays(input).ticks
    const factor = 1_000_000 / ticksPerSecond(from)
    for (let i = 0; i < length; i++) values[i] = values[i]! * factor
    return { layout: 'f64', type, length, validity, values }
  }
  const [fine, coarse] = [ticksPerSecond(from), ticksPerSecond(type)]
  if (fine === coarse) return { ...input, type }
  if (fine < coarse) return fitted(multiplied(input, 1000n, type), type, options, input)
  if (input.layout === 'big') {
    return exactVector(
      type,
      input.values.map((value) => divideBigRounded(value, 1000n, 'floor')),
      validity,
    )
  }
  const values = float64Side(input).values.map((value) => Math.floor(value / 1000))
  return { layout: 'f64', type, length, validity, values }
}

function printValues(input: Vector, type: DataType): Vector {
  if (input.type.name === 'json' || isNested(input.type)) return { ...input, type }
  const { length, validity } = input
  const sink = new TextSink(length, length * 12)
  const direct = input.layout === 'i32' && isInteger(input.type)
  for (let i = 0; i < length; i++) {
    if (!isNull(input, i)) {
      if (direct) sink.appendString(String(input.values[i]))
      else sink.appendString(scalarText(scalarAt(input, i) ?? '', input.type))
    }
    sink.endRow()
  }
  const { bytes, starts, ends } = sink
  return { layout: 'utf8', type, length, validity, bytes, starts, ends }
}
