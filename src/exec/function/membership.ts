import { scalarBytes } from '../../arrow/constant-vector.ts'
import { bool } from '../../arrow/data-type.ts'
import { hasKey, type KeySet } from '../../arrow/key-set.ts'
import type { Scalar } from '../../arrow/scalar.ts'
import { bigAt, isNull, type Utf8Vector, type Vector } from '../../arrow/vector.ts'
import { selectMembers } from '../../kernel/select-numbers.ts'
import { selectTextMembers } from '../../kernel/select-texts.ts'

/**
 * SQL's IN: true where `input` equals one of `values`; null where it is null, or is none of them
 * and one of them is null.
 */
export function isMember(input: Vector, values: readonly Scalar[]): Vector {
  const { length } = input
  const found = new Uint8Array(length)
  const rows = new Uint32Array(length)
  const count = selectIn(input, values, null, length, rows)
  for (let i = 0; i < count; i++) found[rows[i]!] = 1
  const unknown = values.includes(null)
  if (input.validity === null && !unknown) {
    return { layout: 'bool', type: bool, length, validity: null, values: found }
  }
  const validity = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const valid = Number(!isNull(input, i))
    validity[i] = values.length === 0 ? 1 : unknown ? found[i]! & valid : valid
    found[i] = found[i]! & valid
  }
  return { layout: 'bool', type: bool, length, validity, values: found }
}

/** Whether each whole number is one of `keys`; null where it is null. */
export function isAmong(input: Vector, keys: KeySet): Vector {
  const { length, validity } = input
  const values = new Uint8Array(length)
  if (input.layout === 'bool' || input.layout === 'utf8')
    throw new Error(`no keys in ${input.layout}`)
  for (let row = 0; row < length; row++)
    values[row] = Number(hasKey(keys, Number(input.values[row]!)))
  return { layout: 'bool', type: bool, length, validity, values }
}

/** The rows (as in `selectNumbers`) whose value equals one of `values`, validity not looked at. */
export function selectIn(
  input: Vector,
  values: readonly Scalar[],
  rows: Uint32Array | null,
  count: number,
  out: Uint32Array,
): number {
  const wanted = values.filter((value) => value !== null)
  if (input.layout === 'utf8') return selectTexts(input, wanted, rows, count, out)
  if (input.layout === 'i32' || input.layout === 'f64') {
    return selectMembers(input.values, new Set(wanted.map(Number)), rows, count, out)
  }
  const members = new Set(wanted.map((value) => BigInt(value as bigint | boolean)))
  let kept = 0
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]!
    const value = input.layout === 'bool' ? BigInt(input.values[row]!) : bigAt(input, row)
    if (members.has(value)) out[kept++] = row
  }
  return kept
}

function selectTexts(
  input: Utf8Vector,
  wanted: readonly Scalar[],
  rows: Uint32Array | null,
  count: number,
  out: Uint32Array,
): number {
  return selectTextMembers(input, wanted.map(scalarBytes), rows, count, out)
}
