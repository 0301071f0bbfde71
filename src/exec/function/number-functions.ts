import { expand } from '../../arrow/constant-vector.ts'
import { isFloat } from '../../arrow/data-type.ts'
import { invalid } from '../../error.ts'
import { float64Side, type ScalarFunction } from './argument.ts'
import { scaleOf } from './rescale.ts'
import { rowFunction } from './row-function.ts'

type Whole = number | bigint

/** A function of one float; NaN where it has no value, as IEEE 754 has it. */
function float(of: (value: number) => number): ScalarFunction {
  return ([arg], type, length) => {
    const input = expand(arg!, length)
    const values = float64Side(input).values.map((value) => of(value))
    return { layout: 'f64', type, length, validity: input.validity, values }
  }
}

const test = (of: (value: number) => boolean): ScalarFunction => rowFunction(of)

/** Toward zero. */
const trunc: ScalarFunction = ([arg], type, length) => {
  const input = expand(arg!, length)
  if (isFloat(type)) return float(Math.trunc)([input], type, length)
  const power = 10 ** scaleOf(input.type)
  if (power === 1) return input
  return rowFunction((value: Whole) =>
    typeof value === 'bigint' ? value / BigInt(power) : (value - (value % power)) / power,
  )([input], type, length)
}

/** Greatest common divisor, never negative. */
function gcd(left: Whole, right: Whole): bigint {
  let [a, b] = [BigInt(left), BigInt(right)]
  while (b !== 0n) [a, b] = [b, a % b]
  return int64('gcd', a < 0n ? -a : a)
}

/** Least common multiple, never negative. */
function lcm(left: Whole, right: Whole): bigint {
  const divisor = gcd(left, right)
  if (divisor === 0n) return 0n
  const product = (BigInt(left) / divisor) * BigInt(right)
  return int64('lcm', product < 0n ? -product : product)
}

function int64(name: string, value: bigint): bigint {
  if (BigInt.asIntN(64, value) === value) return value
  throw invalid(`${name}: overflow, ${value} does not fit int64`, { operation: name })
}

function factorial(value: number): bigint {
  if (value < 0 || value > 20) {
    throw invalid(`factorial of ${value}: it has to be from 0 to 20 to fit int64`, { value })
  }
  let product = 1n
  for (let factor = 2n; factor <= value; factor++) product *= factor
  return product
}

/** The bucket from 1 to `count` of equal width; 0 below `least`, `count + 1` from `greatest` on. */
function widthBucket(value: number, least: number, greatest: number, count: number): number {
  if (!(count >= 1 && least < greatest)) {
    throw invalid('widthBucket needs a least below the greatest and a count from 1 on', { count })
  }
  if (value < least) return 0
  if (!(value < greatest)) return count + 1
  return Math.floor(((value - least) / (greatest - least)) * count) + 1
}

function shift(name: string, of: (value: bigint, by: bigint) => bigint) {
  return rowFunction((value: Whole, by: number) => {
    if (by >= 0 && by < 64) return BigInt.asIntN(64, of(BigInt(value), BigInt(by)))
    throw invalid(`${name}: shifts by 0 to 63 bits, got ${by}`, { by })
  })
}

const bits = (of: (left: bigint, right: bigint) => bigint) =>
  rowFunction((left: Whole, right: Whole) => of(BigInt(left), BigInt(right)))

function bitCount(value: Whole): number {
  let count = 0
  for (let rest = BigInt.asUintN(64, BigInt(value)); rest !== 0n; rest &= rest - 1n) count++
  return count
}

/** Functions of numbers beyond the operators. */
export const NUMBER_FUNCTIONS = {
  /** To the base of the second argument. */
  log: rowFunction((value: number, base: number) => Math.log(value) / Math.log(base)),
  log2: float(Math.log2),
  log10: float(Math.log10),
  cbrt: float(Math.cbrt),
  sin: float(Math.sin),
  cos: float(Math.cos),
  tan: float(Math.tan),
  asin: float(Math.asin),
  acos: float(Math.acos),
  atan: float(Math.atan),
  atan2: rowFunction(Math.atan2),
  sinh: float(Math.sinh),
  cosh: float(Math.cosh),
  tanh: float(Math.tanh),
  degrees: float((value) => value * (180 / Math.PI)),
  radians: float((value) => value * (Math.PI / 180)),
  asinh: float(Math.asinh),
  acosh: float(Math.acosh),
  atanh: float(Math.atanh),
  cot: float((value) => 1 / Math.tan(value)),
  log1p: float(Math.log1p),
  expm1: float(Math.expm1),
  trunc,
  sign: rowFunction((value: number) => (value > 0 ? 1 : value < 0 ? -1 : 0)),
  isNan: test(Number.isNaN),
  isFinite: test(Number.isFinite),
  isInfinite: test((value) => Math.abs(value) === Number.POSITIVE_INFINITY),
  gcd: rowFunction(gcd),
  lcm: rowFunction(lcm),
  factorial: rowFunction(factorial),
  widthBucket: rowFunction(widthBucket),
  bitAnd: bits((left, right) => left & right),
  bitOr: bits((left, right) => left | right),
  bitXor: bits((left, right) => left ^ right),
  bitNot: rowFunction((value: Whole) => ~BigInt(value)),
  bitCount: rowFunction(bitCount),
  shiftLeft: shift('shiftLeft', (value, by) => value << by),
  shiftRight: shift('shiftRight', (value, by) => value >> by),
} satisfies Record<string, ScalarFunction>
