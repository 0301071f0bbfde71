import { constantVector, expand } from '../../arrow/constant-vector.ts'
import {
  type DataType,
  decimal,
  integerRange,
  isFloat,
  layoutOf,
  typeText,
} from '../../arrow/data-type.ts'
import { decimalText } from '../../arrow/scalar.ts'
import { exactVector, SAFE, type Vector } from '../../arrow/vector.ts'
import { type GraupelError, invalid } from '../../error.ts'
import {
  addFloat64,
  addInt32,
  allWithin,
  type Bounds,
  divFloat64,
  divWhole,
  type Float64Operation,
  type Int32Operation,
  modFloat64,
  modWhole,
  mulFloat64,
  mulInt32,
  subFloat64,
  subInt32,
} from '../../kernel/arithmetic.ts'
import { newFloat64 } from '../../kernel/wasm/blocks.ts'
import { addWholes, mulWholes, subWholes } from '../../kernel/wasm/combine-wholes.ts'
import { bigSide, float64Side, int32Side, jointValidity, type ScalarFunction } from './argument.ts'
import { relabel, rescale, scaleOf, toFloat64 } from './rescale.ts'

interface Operation {
  readonly name: string
  readonly floats: Float64Operation
  readonly wholes: Float64Operation
  readonly int32: Int32Operation | null
  readonly bigs: (a: bigint, b: bigint) => bigint
  /** Whether the scale of a product, the sum of both, comes of it; else both sides share one. */
  readonly addsScales: boolean
}

const bounds = new WeakMap<readonly [bigint, bigint], Bounds>()

/** The bounds within which a float holds a value of `type` exactly. */
export function exactBounds(type: DataType): Bounds {
  const range = integerRange(type)
  const known = bounds.get(range)
  if (known !== undefined) return known
  const [least, greatest] = range
  const found = {
    least: Math.max(Number(least), -SAFE),
    greatest: Math.min(Number(greatest), SAFE),
  }
  bounds.set(range, found)
  return found
}

const UNBOUNDED: Bounds = {
  least: Number.NEGATIVE_INFINITY,
  greatest: Number.POSITIVE_INFINITY,
}

/** INVALID: a result of `name` does not fit `type`. */
export function overflow(name: string, type: DataType, value: bigint): GraupelError {
  const shown = decimalText(value, scaleOf(type))
  return invalid(
    `${name}: overflow, ${shown} does not fit ${typeText(type)}; cast to a wider type`,
    {
      operation: name,
      type: typeText(type),
      value: shown,
    },
  )
}

function binary(operation: Operation): ScalarFunction {
  return ([left, right], type, length) => {
    const validity = jointValidity([left!, right!], length)
    if (isFloat(type)) {
      const values = new Float64Array(length)
      const a = float64Side(toFloat64(left!))
      operation.floats(a, float64Side(toFloat64(right!)), length, UNBOUNDED, values)
      return { layout: 'f64', type, length, validity, values: single(values, type) }
    }
    const [a, b] = operation.addsScales
      ? [left!, right!]
      : [rescale(left!, scaleOf(type)), rescale(right!, scaleOf(type))]
    return exactly(operation, a, b, { type, length, validity })
  }
}

interface Head {
  readonly type: DataType
  readonly length: number
  readonly validity: Uint8Array | null
}

function exactly(operation: Operation, a: Vector, b: Vector, head: Head): Vector {
  const { type, length, validity } = head
  const within = exactBounds(type)
  if (a.layout !== 'big' && b.layout !== 'big') {
    if (layoutOf(type) === 'i32' && a.layout === 'i32' && b.layout === 'i32' && operation.int32) {
      const values = new Int32Array(length)
      if (operation.int32(int32Side(a), int32Side(b), length, within, values)) {
        return { type, length, validity, layout: 'i32', values }
      }
    } else {
      const values = newFloat64(length)
      if (operation.wholes(float64Side(a), float64Side(b), length, within, values)) {
        if (layoutOf(type) !== 'i32') return { type, length, validity, layout: 'f64', values }
        return { type, length, validity, layout: 'i32', values: Int32Array.from(values) }
      }
    }
  }
  return exactlyBig(operation, a, b, head)
}

function exactlyBig(operation: Operation, left: Vector, right: Vector, head: Head): Vector {
  const { type, length, validity } = head
  const a = bigSide(left)
  const b = bigSide(right)
  const [least, greatest] = integerRange(type)
  const values = new Array<bigint>(length).fill(0n)
  for (let i = 0; i < length; i++) {
    if (validity !== null && validity[i] === 0) continue
    const value = operation.bigs(a.values[i & a.mask]!, b.values[i & b.mask]!)
    if (value < least || value > greatest) throw overflow(operation.name, type, value)
    values[i] = value
  }
  return exactVector(type, values, validity)
}

function single(values: Float64Array, type: DataType): Float64Array {
  return type.name === 'float32' ? Float64Array.from(values, Math.fround) : values
}

function divisor(name: string, value: bigint): bigint {
  if (value === 0n) throw divisionByZero(name)
  return value
}

const divisionByZero = (name: string) =>
  invalid(`${name}: division by zero; guard it with when(...) or nullIf`, { operation: name })

export const add = binary({
  name: 'add',
  floats: addFloat64,
  wholes: addWholes,
  int32: addInt32,
  bigs: (a, b) => a + b,
  addsScales: false,
})

export const sub = binary({
  name: 'sub',
  floats: subFloat64,
  wholes: subWholes,
  int32: subInt32,
  bigs: (a, b) => a - b,
  addsScales: false,
})

export const mul = binary({
  name: 'mul',
  floats: mulFloat64,
  wholes: mulWholes,
  int32: mulInt32,
  bigs: (a, b) => a * b,
  addsScales: true,
})

export const intDiv = binary({
  name: 'intDiv',
  floats: divFloat64,
  wholes: divWhole,
  int32: null,
  bigs: (a, b) => a / divisor('intDiv', b),
  addsScales: false,
})

export const mod = binary({
  name: 'mod',
  floats: modFloat64,
  wholes: modWhole,
  int32: null,
  bigs: (a, b) => a % divisor('mod', b),
  addsScales: false,
})

/** True division. INVALID for a divisor of 0 when both sides are exact. */
export const div: ScalarFunction = ([left, right], type, length) => {
  const validity = jointValidity([left!, right!], length)
  const a = float64Side(toFloat64(left!))
  const b = float64Side(toFloat64(right!))
  if (!isFloat(left!.type) && !isFloat(right!.type)) {
    for (let i = 0; i < length; i++) {
      if (b.values[i & b.mask] !== 0) continue
      if (validity === null || validity[i] === 1) throw divisionByZero('div')
    }
  }
  const values = new Float64Array(length)
  divFloat64(a, b, length, UNBOUNDED, values)
  return { layout: 'f64', type, length, validity, values }
}

/** The argument with its sign turned. INVALID where the type has no such value. */
export const neg: ScalarFunction = ([arg], type, length) => {
  const input = expand(arg!, length)
  const head = { type, length, validity: input.validity }
  if (isFloat(type)) {
    return { ...head, layout: 'f64', values: float64Side(input).values.map((value) => -value) }
  }
  const zero = constantVector(layoutOf(type) === 'i32' ? 0 : 0n, type)
  return exactly(NEGATION, zero, input, head)
}

const NEGATION: Operation = {
  name: 'neg',
  floats: subFloat64,
  wholes: subFloat64,
  int32: subInt32,
  bigs: (a, b) => a - b,
  addsScales: false,
}

/** The size of the argument. INVALID where the type has no such value. */
export const abs: ScalarFunction = ([arg], type, length) => {
  const input = expand(arg!, length)
  const head = { type, length, validity: input.validity }
  if (input.layout !== 'big') {
    const values = float64Side(input).values.map(Math.abs)
    if (isFloat(type)) return { ...head, layout: 'f64', values }
    if (allWithin(values, length, exactBounds(type))) {
      return relabel({ ...head, layout: 'f64', values }, type)
    }
  }
  const [, greatest] = integerRange(type)
  const values = bigSide(input).values.map((value) => {
    const size = value < 0n ? -value : value
    if (size > greatest) throw overflow('abs', type, size)
    return size
  })
  return relabel(exactVector(decimal(38, 0), values, input.validity), type)
}
