import { expand } from '../../arrow/constant-vector.ts'
import { bool, type DataType } from '../../arrow/data-type.ts'
import { type BoolVector, concat, isNull, take, type Vector } from '../../arrow/vector.ts'
import { kleene, type Truths } from '../../kernel/boolean.ts'
import type { Side } from '../../kernel/compare-numbers.ts'
import { maskOf, type ScalarFunction } from './argument.ts'
import { compareVectors } from './comparison.ts'

/** `vector` as a bool vector; anything else is a bug of ours. */
export function boolOf(vector: Vector): BoolVector {
  if (vector.layout !== 'bool') throw new Error(`no truth in a ${vector.layout} vector`)
  return vector
}

const truthSide = (vector: Vector): Side<Truths> => ({
  values: boolOf(vector),
  mask: maskOf(vector),
})

function connective(absorbing: 0 | 1): ScalarFunction {
  return (args, _type, length) => {
    let result = expand(args[0]!, length)
    for (const arg of args.slice(1)) {
      const truths = kleene(absorbing, truthSide(result), truthSide(arg), length)
      result = { layout: 'bool', type: bool, length, ...truths }
    }
    return result
  }
}

export const and = connective(0)
export const or = connective(1)

export const not: ScalarFunction = ([arg], type, length) => {
  const { values: from, validity } = boolOf(expand(arg!, length))
  const values = new Uint8Array(length)
  for (let i = 0; i < length; i++) values[i] = from[i]! ^ 1
  return { layout: 'bool', type, length, validity, values }
}

function nullTest(valid: 0 | 1): ScalarFunction {
  return ([arg], type, length) => {
    const { validity } = expand(arg!, length)
    const values = new Uint8Array(length).fill(valid)
    if (validity !== null) {
      for (let i = 0; i < length; i++) values[i] = validity[i]! ^ valid ^ 1
    }
    return { layout: 'bool', type, length, validity: null, values }
  }
}

export const isNullFunction = nullTest(0)
export const isNotNull = nullTest(1)

/** Some rows of a result: row `rows[i]` (null: row i) is row i of `vector`, or its only row. */
export interface Part {
  readonly vector: Vector
  readonly rows: Uint32Array | null
  readonly count: number
}

/** The vector made of `parts`; of two that name one row the later holds. */
export function assemble(type: DataType, parts: readonly Part[], length: number): Vector {
  if (parts.length === 1 && parts[0]!.rows === null) return expand(parts[0]!.vector, length)
  const index = new Int32Array(length)
  let offset = 0
  for (const { vector, rows, count } of parts) {
    const mask = maskOf(vector)
    for (let i = 0; i < count; i++) index[rows === null ? i : rows[i]!] = offset + (i & mask)
    offset += vector.length
  }
  const all = concat(
    type,
    parts.map(({ vector }) => vector),
  )
  return take(all, index, length)
}

/** The first argument that is not null. `evaluate` does the same without the rows it need not see. */
export const coalesce: ScalarFunction = (args, type, length) => {
  const parts: Part[] = []
  for (const arg of [...args].reverse()) {
    const rows = new Uint32Array(length)
    const vector = expand(arg, length)
    let count = 0
    for (let i = 0; i < length; i++) if (!isNull(vector, i)) rows[count++] = i
    parts.push({ vector: take(vector, rows, count), rows, count })
  }
  const last = expand(args.at(-1)!, length)
  return assemble(type, [{ vector: last, rows: null, count: length }, ...parts], length)
}

/** The first argument, but null where it equals the second. */
export const nullIf: ScalarFunction = ([left, right], type, length) => {
  const input = expand(left!, length)
  const equal = compareVectors('eq', input, right!, length)
  const validity = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const same = equal.values[i]! & (equal.validity === null ? 1 : equal.validity[i]!)
    validity[i] = (same ^ 1) & (input.validity === null ? 1 : input.validity[i]!)
  }
  return { ...input, type, validity }
}
