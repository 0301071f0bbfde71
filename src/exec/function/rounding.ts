import { expand, nullVector } from '../../arrow/constant-vector.ts'
import { type DataType, integerRange, isFloat } from '../../arrow/data-type.ts'
import type { Vector } from '../../arrow/vector.ts'
import { invalid } from '../../error.ts'
import { allWithin, type Rounding } from '../../kernel/arithmetic.ts'
import { constantNumber, float64Side, jointValidity, type ScalarFunction } from './argument.ts'
import { exactBounds, overflow } from './arithmetic.ts'
import { divided, multiplied, relabel, rescale, scaleOf, toFloat64 } from './rescale.ts'

/** The exact `vector` under the name of `type`. INVALID where a value is out of its range. */
function inRange(name: string, vector: Vector, type: DataType): Vector {
  if (vector.layout === 'big') {
    const [least, greatest] = integerRange(type)
    for (const value of vector.values) {
      if (value < least || value > greatest) throw overflow(name, type, value)
    }
  } else if (vector.layout !== 'utf8') {
    const values = vector.layout === 'i32' ? vector.values : float64Side(vector).values
    const bounds = exactBounds(type)
    if (!allWithin(values, vector.length, bounds)) {
      const outside = [...values].find((value) => value < bounds.least || value > bounds.greatest)
      throw overflow(name, type, BigInt(outside ?? 0))
    }
  }
  return relabel(vector, type)
}

/**
 * The first argument to the digits of the second (0 when left out; negative for tens, hundreds),
 * half away from zero. INVALID where the result leaves the type.
 */
export const round: ScalarFunction = ([arg, places], type, length) => {
  const input = expand(arg!, length)
  const digits = places === undefined || places.length === 0 ? 0 : constantNumber(places)
  if (digits === undefined) return nullVector(type, length)
  if (!Number.isInteger(digits) || Math.abs(digits) > 400) {
    throw invalid(`round: digits must be a whole number from -400 to 400, got ${digits}`, {
      digits,
    })
  }
  if (isFloat(type)) return roundFloats(input, digits, type)
  const scale = scaleOf(input.type)
  if (digits >= scale) return inRange('round', rescale(input, scaleOf(type)), type)
  const power = 10n ** BigInt(Math.min(scale - digits, 60))
  const kept = divided(input, power, type, 'half-away')
  // Back to the digits of the result type, which are more when `digits` is negative.
  const grow = 10n ** BigInt(Math.max(scaleOf(type) - digits, 0))
  const result = grow === 1n || isZero(kept) ? kept : multiplied(relabel64(kept), grow, wide(type))
  return inRange('round', result, type)
}

const wide = (type: DataType): DataType =>
  type.name === 'decimal' ? { ...type, precision: 38 } : { name: 'int64' }

const relabel64 = (vector: Vector): Vector => ({ ...vector, type: wide(vector.type) })

function isZero(vector: Vector): boolean {
  return vector.layout === 'f64' && vector.values.every((value) => value === 0)
}

function roundFloats(input: Vector, digits: number, type: DataType): Vector {
  const { length, validity } = input
  const { values: from } = float64Side(input)
  const values = new Float64Array(length)
  const power = 10 ** Math.abs(digits)
  for (let i = 0; i < length; i++) values[i] = roundFloat(from[i]!, digits, power)
  return { layout: 'f64', type, length, validity, values }
}

function roundFloat(value: number, digits: number, power: number): number {
  const size = Math.abs(value)
  const scaled = digits < 0 ? size / power : size * power
  // Floats this large have no digits to drop.
  if (digits >= 0 && !(scaled < 2 ** 52)) return value
  const rounded = Math.round(scaled)
  const result = digits < 0 ? (rounded === 0 ? 0 : rounded * power) : rounded / power
  return value < 0 || Object.is(value, -0) ? -result : result
}

function toWhole(name: string, rounding: Rounding, of: (value: number) => number): ScalarFunction {
  return ([arg], type, length) => {
    const input = expand(arg!, length)
    if (!isFloat(type)) return inRange(name, rescale(input, scaleOf(type), rounding), type)
    const values = float64Side(input).values.map(of)
    return { layout: 'f64', type, length, validity: input.validity, values }
  }
}

export const floor = toWhole('floor', 'floor', Math.floor)
export const ceil = toWhole('ceil', 'ceil', Math.ceil)

function floatFunction(of: (value: number) => number): ScalarFunction {
  return ([arg], type, length) => {
    const input = toFloat64(expand(arg!, length))
    const values = float64Side(input).values.map((value) => of(value))
    return { layout: 'f64', type, length, validity: input.validity, values }
  }
}

export const sqrt = floatFunction(Math.sqrt)
export const exp = floatFunction(Math.exp)
export const ln = floatFunction(Math.log)

/** The first argument to the power of the second, as floats. */
export const pow: ScalarFunction = ([base, exponent], type, length) => {
  const left = toFloat64(expand(base!, length))
  const right = toFloat64(expand(exponent!, length))
  const { values: a } = float64Side(left)
  const { values: b } = float64Side(right)
  const values = new Float64Array(length)
  for (let i = 0; i < length; i++) values[i] = a[i]! ** b[i]!
  const validity = jointValidity([left, right], length)
  return { layout: 'f64', type, length, validity, values }
}
