import { bool, decimal, float64, int32, int64, isFloat } from '../arrow/data-type.ts'
import { takes } from './parameter.ts'
import { alike, counted, numbers, type Rule, strict, withOrder } from './signature-rule.ts'

const float = takes(float64, ['float'])
const test = takes(bool, ['float'])
const bits = takes(int64, ['long', 'long'])

const trunc: Rule = (args, name) => {
  const { type } = numbers(args, name, 1)[0]!
  if (isFloat(type)) return float(args, name)
  return strict(type.name === 'decimal' ? decimal(type.precision, 0) : type, args)
}

/** Nulls are left out, so that the result is null only where all arguments are. */
const extreme: Rule = (args, name) => {
  const same = alike(counted(args, name, 1, Number.POSITIVE_INFINITY), name)
  for (const arg of same) withOrder(arg, name)
  return { args: same, type: same[0]!.type, nullable: same.every(({ nullable }) => nullable) }
}

/** The functions of numbers that are not operators. */
export const NUMBER_SIGNATURES = {
  log: takes(float64, ['float', 'float']),
  log2: float,
  log10: float,
  cbrt: float,
  sin: float,
  cos: float,
  tan: float,
  asin: float,
  acos: float,
  atan: float,
  atan2: takes(float64, ['float', 'float']),
  sinh: float,
  cosh: float,
  tanh: float,
  degrees: float,
  radians: float,
  asinh: float,
  acosh: float,
  atanh: float,
  cot: float,
  log1p: float,
  expm1: float,
  trunc,
  sign: takes(int32, ['float']),
  isNan: test,
  isFinite: test,
  isInfinite: test,
  gcd: bits,
  lcm: bits,
  factorial: takes(int64, ['whole']),
  widthBucket: takes(int32, ['float', 'float', 'float', 'whole']),
  bitAnd: bits,
  bitOr: bits,
  bitXor: bits,
  bitNot: takes(int64, ['long']),
  bitCount: takes(int32, ['long']),
  shiftLeft: takes(int64, ['long', 'whole']),
  shiftRight: takes(int64, ['long', 'whole']),
  greatest: extreme,
  least: extreme,
}
