import { bool } from '../../arrow/data-type.ts'
import type { BoolVector, Vector } from '../../arrow/vector.ts'
import {
  type Comparison,
  compareBigs,
  compareFloat64,
  compareInt32,
} from '../../kernel/compare-numbers.ts'
import { compareTexts } from '../../kernel/compare-texts.ts'
import {
  bigSide,
  float64Side,
  int32Side,
  jointValidity,
  type ScalarFunction,
  textsOf,
} from './argument.ts'

/** `left op right` in the total order of their common type; null where either is. */
export function compareVectors(
  op: Comparison,
  left: Vector,
  right: Vector,
  length: number,
): BoolVector {
  const values = new Uint8Array(length)
  const isInt32 = ({ layout }: Vector) => layout === 'i32' || layout === 'bool'
  if (left.layout === 'utf8') {
    compareTexts(op, textsOf(left), textsOf(right), length, values)
  } else if (isInt32(left) && isInt32(right)) {
    compareInt32(op, int32Side(left), int32Side(right), length, values)
  } else if (left.layout === 'big' || right.layout === 'big') {
    compareBigs(op, bigSide(left), bigSide(right), length, values)
  } else {
    compareFloat64(op, float64Side(left), float64Side(right), length, values)
  }
  return {
    layout: 'bool',
    type: bool,
    length,
    values,
    validity: jointValidity([left, right], length),
  }
}

function comparison(op: Comparison): ScalarFunction {
  return ([left, right], _type, length) => compareVectors(op, left!, right!, length)
}

export const eq = comparison('eq')
export const ne = comparison('ne')
export const lt = comparison('lt')
export const lte = comparison('lte')
export const gt = comparison('gt')
export const gte = comparison('gte')
