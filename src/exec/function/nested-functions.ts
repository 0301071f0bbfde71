import { expand } from '../../arrow/constant-vector.ts'
import { elementsOf, memberOf } from '../../arrow/nested-parts.ts'
import { compareScalars, scalarAt } from '../../arrow/scalar.ts'
import { isNull, take, textAt, type Utf8Vector, type Vector } from '../../arrow/vector.ts'
import { GraupelError } from '../../error.ts'
import { jointValidity, type ScalarFunction } from './argument.ts'
import { rowFunction } from './row-function.ts'
import { VECTOR_FUNCTIONS } from './vector-distance.ts'

const listGet: ScalarFunction = ([list, position], type, length) => {
  const { values, starts } = elementsOf(expand(list!, length))
  const positions = expand(position!, length)
  const rows = new Int32Array(length).fill(-1)
  for (let row = 0; row < length; row++) {
    if (isNull(positions, row)) continue
    const asked = (positions as Extract<Vector, { layout: 'i32' }>).values[row]!
    const [start, end] = [starts[row]!, starts[row + 1]!]
    const at = asked < 0 ? end + asked : start + asked
    if (at >= start && at < end) rows[row] = at
  }
  return { ...take(values, rows, length), type }
}

const listLength: ScalarFunction = ([list], type, length) => {
  const { starts } = elementsOf(expand(list!, length))
  const values = Int32Array.from({ length }, (_, row) => starts[row + 1]! - starts[row]!)
  return { layout: 'i32', type, length, validity: jointValidity([list!], length), values }
}

const listContains: ScalarFunction = ([list, value], type, length) => {
  const { values: elements, starts } = elementsOf(expand(list!, length))
  const sought = expand(value!, length)
  const values = new Uint8Array(length)
  for (let row = 0; row < length; row++) {
    const wanted = scalarAt(sought, row)
    if (wanted === null) continue
    for (let at = starts[row]!; at < starts[row + 1]! && values[row] === 0; at++) {
      const element = scalarAt(elements, at)
      if (element !== null && compareScalars(element, wanted) === 0) values[row] = 1
    }
  }
  return { layout: 'bool', type, length, validity: jointValidity([list!, value!], length), values }
}

const structGet: ScalarFunction = ([struct, member], _type, length) =>
  memberOf(expand(struct!, length), textAt(member as Utf8Vector, 0))

const RANGE_MAX = 1_000_000

/** The list of 0 to `count - 1`. */
function listRange(count: number | bigint): string {
  if (count > RANGE_MAX) {
    throw new GraupelError('LIMIT', `a range of ${count} numbers, at most ${RANGE_MAX} are made`, {
      limit: RANGE_MAX,
    })
  }
  return `[${Array.from({ length: Math.max(0, Number(count)) }, (_, number) => number)}]`
}

/** Functions of lists and structs. */
export const NESTED_FUNCTIONS = {
  listRange: rowFunction(listRange),
  listGet,
  listLength,
  listContains,
  ...VECTOR_FUNCTIONS,
  structGet,
} satisfies Record<string, ScalarFunction>
