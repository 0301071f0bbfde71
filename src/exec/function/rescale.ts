import { type DataType, decimal, float64, isFloat, layoutOf } from '../../arrow/data-type.ts'
import { decimalText } from '../../arrow/scalar.ts'
import { exactVector, SAFE, type Vector } from '../../arrow/vector.ts'
import { divideBigRounded, divideRounded, type Rounding } from '../../kernel/arithmetic.ts'
import { newFloat64 } from '../../kernel/wasm/blocks.ts'
import { mulWholes } from '../../kernel/wasm/combine-wholes.ts'
import { bigSide, float64Side } from './argument.ts'

/** Digits after the point: 0 for every type but decimals. */
export function scaleOf(type: DataType): number {
  return type.name === 'decimal' ? type.scale : 0
}

/**
 * The whole numbers of an exact vector at `scale` digits after the point. Dropped digits are
 * rounded, half away from zero unless told otherwise. The range is not checked.
 */
export function rescale(vector: Vector, scale: number, rounding: Rounding = 'half-away'): Vector {
  const shift = scale - scaleOf(vector.type)
  if (shift === 0) return vector
  return shift > 0
    ? multiplied(vector, 10n ** BigInt(shift), decimal(38, scale))
    : divided(vector, 10n ** BigInt(-shift), decimal(38, scale), rounding)
}

/** `vector` times `factor` as whole numbers called `type`; the range is not checked. */
export function multiplied(vector: Vector, factor: bigint, type: DataType): Vector {
  const { length, validity } = vector
  if (vector.layout !== 'big') {
    const values = newFloat64(length)
    const by = { values: Float64Array.of(Number(factor)), mask: 0 }
    const exact = { least: -SAFE, greatest: SAFE }
    if (mulWholes(float64Side(vector), by, length, exact, values)) {
      return { layout: 'f64', type, length, validity, values }
    }
  }
  const values = bigSide(vector).values.map((value) => value * factor)
  return exactVector(type, values, validity)
}

/** `vector` divided by `divisor`, a power of ten, as whole numbers called `type`. */
export function divided(
  vector: Vector,
  divisor: bigint,
  type: DataType,
  rounding: Rounding,
): Vector {
  const { length, validity } = vector
  if (vector.layout !== 'big') {
    const values = new Float64Array(length)
    divideRounded(float64Side(vector).values, Number(divisor), rounding, length, values)
    return { layout: 'f64', type, length, validity, values }
  }
  const values = vector.values.map((value) => divideBigRounded(value, divisor, rounding))
  return exactVector(type, values, validity)
}

/** Any numeric vector as float64, each value the float nearest to it. */
export function toFloat64(vector: Vector): Vector {
  const { type, length, validity } = vector
  const head = { layout: 'f64', type: float64, length, validity } as const
  if (isFloat(type)) return vector
  const scale = scaleOf(type)
  if (vector.layout === 'big' || scale > 22) {
    const values = new Float64Array(length)
    const { values: from } = bigSide(vector)
    for (let i = 0; i < length; i++) values[i] = Number(decimalText(from[i]!, scale))
    return { ...head, values }
  }
  const { values: from } = float64Side(vector)
  if (scale === 0) return { ...head, values: from }
  // Powers of ten up to 10^22 are exact, so that this division rounds once.
  const power = 10 ** scale
  const values = new Float64Array(length)
  for (let i = 0; i < length; i++) values[i] = from[i]! / power
  return { ...head, values }
}

/** The same whole numbers under the name of `type`, held as that type holds them; in range. */
export function relabel(vector: Vector, type: DataType): Vector {
  if (layoutOf(type) === 'i32' && vector.layout !== 'i32') {
    const { length, validity } = vector
    const values = new Int32Array(length)
    const { values: from } =
      vector.layout === 'big' ? { values: vector.values.map(Number) } : float64Side(vector)
    for (let i = 0; i < length; i++) values[i] = from[i]!
    return { layout: 'i32', type, length, validity, values }
  }
  if (layoutOf(type) === 'f64' && vector.layout === 'i32') {
    return { ...vector, layout: 'f64', type, values: new Float64Array(vector.values) }
  }
  return { ...vector, type }
}
