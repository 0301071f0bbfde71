import { type DataType, integerRange, layoutOf, typeText } from '../../arrow/data-type.ts'
import { parseDecimal } from '../../arrow/scalar.ts'
import { exactVector, type Vector } from '../../arrow/vector.ts'
import { type GraupelError, invalid } from '../../error.ts'
import { divideBigRounded } from '../../kernel/arithmetic.ts'
import { float64Side } from './argument.ts'
import { exactBounds } from './arithmetic.ts'
import type { CastOptions } from './cast-options.ts'
import { relabel } from './rescale.ts'

/**
 * Floats as a whole type: to integers half to even, to decimals half away from zero of the shortest
 * text of the float. NaN, infinities and values out of range as `options` say.
 */
export function castFloats(input: Vector, type: DataType, options: CastOptions): Vector {
  const { values: from } = float64Side(input)
  const { length, validity } = input
  const { least, greatest } = exactBounds(type)
  const values = new Float64Array(length)
  let done = true
  for (let i = 0; i < length && done; i++) {
    if (validity !== null && validity[i] === 0) continue
    const value = type.name === 'decimal' ? nearDecimal(from[i]!, type.scale) : halfEven(from[i]!)
    done = value >= least && value <= greatest
    values[i] = value + 0
  }
  if (done)
    return relabel({ layout: 'f64', type: { name: 'int64' }, length, validity, values }, type)
  return castExactly(input, type, options)
}

function castExactly(input: Vector, type: DataType, options: CastOptions): Vector {
  const { values: from } = float64Side(input)
  const { length, validity } = input
  const [least, greatest] = integerRange(type)
  const kept = validity?.slice(0, length) ?? new Uint8Array(length).fill(1)
  const values = new Array<bigint>(length).fill(0n)
  for (let i = 0; i < length; i++) {
    if (kept[i] === 0) continue
    const value = wholeOf(from[i]!, type)
    if (value !== undefined && value >= least && value <= greatest) values[i] = value
    else if (options.orNull) kept[i] = 0
    else throw unfitFloat(from[i]!, input.type, type)
  }
  const whole = exactVector({ name: 'int64' }, values, kept.includes(0) ? kept : null)
  return layoutOf(type) === 'i32' ? relabel(whole, type) : { ...whole, type }
}

function wholeOf(value: number, type: DataType): bigint | undefined {
  if (!Number.isFinite(value)) return undefined
  if (type.name === 'decimal') return decimalOf(value, type.scale)
  return BigInt(halfEven(value))
}

/** The whole number nearest to `value`, of two equally near the even one. */
function halfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest < 0.5 || (rest === 0.5 && floor % 2 === 0)) return floor
  return rest >= 0.5 ? floor + 1 : value
}

/** `value` at `scale`, or NaN where rounding errors leave the last digit in doubt. */
function nearDecimal(value: number, scale: number): number {
  const scaled = Math.abs(value) * 10 ** scale
  if (!(scaled < 2 ** 44)) return Number.NaN
  const floor = Math.floor(scaled)
  const rest = scaled - floor
  if (Math.abs(rest - 0.5) < 2 ** -6) return Number(decimalOf(value, scale))
  const rounded = rest < 0.5 ? floor : floor + 1
  return value < 0 ? -rounded : rounded
}

function decimalOf(value: number, scale: number): bigint {
  const text = String(value)
  const exponent = Number(/e([+-]\d+)$/.exec(text)?.[1] ?? 0)
  const fraction = /\.(\d+)/.exec(text)?.[1]?.length ?? 0
  const places = Math.max(fraction - exponent, scale)
  const unscaled = parseDecimal(text, places)
  if (unscaled === undefined) throw new Error(`no decimal in ${text}`)
  return divideBigRounded(unscaled, 10n ** BigInt(places - scale), 'half-away')
}

/** Floats to the nearest float32; a finite value that would become infinite as `options` say. */
export function floatsToFloat32(input: Vector, type: DataType, options: CastOptions): Vector {
  const { values: from } = float64Side(input)
  const { length, validity } = input
  const values = new Float64Array(length)
  let kept = validity
  for (let i = 0; i < length; i++) {
    const value = Math.fround(from[i]!)
    values[i] = value
    if (Number.isFinite(value) || !Number.isFinite(from[i]!)) continue
    if (kept !== null && kept[i] === 0) continue
    if (!options.orNull) throw unfitFloat(from[i]!, input.type, type)
    if (kept === validity) kept = validity?.slice(0, length) ?? new Uint8Array(length).fill(1)
    kept![i] = 0
    values[i] = 0
  }
  return { layout: 'f64', type, length, validity: kept, values }
}

function unfitFloat(value: number, from: DataType, to: DataType): GraupelError {
  return invalid(
    `cannot cast ${value} from ${typeText(from)} to ${typeText(to)}: out of range; tryCast gives null instead`,
    { value: String(value), from: typeText(from), to: typeText(to) },
  )
}
