import { isExact } from '../../arrow/data-type.ts'
import { type KeySet, KeySetBuilder } from '../../arrow/key-set.ts'
import type { InExpr } from '../../plan/expr.ts'

/** Members beyond it are left to be told apart exactly. */
const MOST = 2 ** 52

/** The sets of lists that lately were asked for: every partition asks again. */
const known = new WeakMap<InExpr, KeySet | null>()

/** The whole numbers that `expr` lists, nulls left out; null when they are none or lie too far apart. */
export function listKeys(expr: InExpr): KeySet | null {
  const found = known.get(expr)
  if (found !== undefined) return found
  const keys = keysOf(expr)
  known.set(expr, keys)
  return keys
}

function keysOf({ input: { type }, values }: InExpr): KeySet | null {
  if (!isExact(type) && type.name !== 'date') return null
  const numbers = Float64Array.from(values.filter((value) => value !== null).map(Number))
  if (!numbers.every((number) => Math.abs(number) <= MOST)) return null
  const builder = new KeySetBuilder()
  builder.add(numbers, null, numbers.length)
  return builder.finish()
}
