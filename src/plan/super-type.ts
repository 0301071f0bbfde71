import {
  type DataType,
  type DecimalType,
  decimal,
  float64,
  int8,
  int16,
  int32,
  int64,
  integerRange,
  isFloat,
  isInteger,
  isNumeric,
  timestamp,
  typesEqual,
} from '../arrow/data-type.ts'

/** Digits that an integer type's values have at most. */
const INTEGER_DIGITS = new Map<string, number>([
  ['int8', 3],
  ['uint8', 3],
  ['int16', 5],
  ['uint16', 5],
  ['int32', 10],
  ['uint32', 10],
  ['int64', 19],
])

/**
 * The least type that holds the values of both types exactly, but for whole numbers beside floats,
 * which meet as float64; undefined when there is none. Decimals of more than 38 digits together
 * keep their fraction: casting to the result refuses a value with too many whole digits.
 */
export function superType(a: DataType, b: DataType): DataType | undefined {
  if (typesEqual(a, b)) return a
  if (isNumeric(a) && isNumeric(b)) {
    if (isFloat(a) || isFloat(b)) return float64
    if (isInteger(a) && isInteger(b)) return superInteger(a, b)
    return superDecimal(asDecimal(a), asDecimal(b))
  }
  if (a.name === 'date' && b.name === 'timestamp') return b
  if (a.name === 'timestamp' && b.name === 'date') return a
  if (a.name === 'timestamp' && b.name === 'timestamp' && a.zone === b.zone) {
    return timestamp('us', a.zone)
  }
  return undefined
}

/** An exact numeric type as a decimal that holds all its values. */
export function asDecimal(type: DataType): DecimalType {
  if (type.name === 'decimal') return type
  const digits = INTEGER_DIGITS.get(type.name)
  if (digits === undefined) throw new Error(`${type.name} is not exact`)
  return decimal(digits, 0)
}

function superInteger(a: DataType, b: DataType): DataType {
  const candidates = [a, b, int8, int16, int32]
  return candidates.find((type) => holds(type, a) && holds(type, b)) ?? int64
}

function holds(type: DataType, other: DataType): boolean {
  const [least, greatest] = integerRange(type)
  const [from, to] = integerRange(other)
  return least <= from && to <= greatest
}

function superDecimal(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale)
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale)
  return decimal(Math.min(38, whole + scale), scale)
}
