import { isFloat, layoutOf } from '../../arrow/data-type.ts'
import type { Scalar } from '../../arrow/scalar.ts'
import { SAFE } from '../../arrow/vector.ts'
import type { Expr, SortKey } from '../../plan/expr.ts'
import { callExpr, conjoin, disjoin, literalExpr } from '../../plan/expr-walk.ts'
import { withScan } from '../../plan/logical-plan.ts'
import { mayThrow } from '../../plan/may-throw.ts'
import { keyOverScan, mapScan } from '../../plan/pipeline-scan.ts'
import type { Fragment } from './fragment.ts'

/**
 * The bar of a top-k: the first sort key of the last row that counts so far. Rows beyond it need
 * not be looked at. Threads share it as `[is set, bits of a float64]`; keys that are no numbers have none.
 */
export function newBar(): BigInt64Array {
  return new BigInt64Array(new SharedArrayBuffer(16))
}

const scratch = new DataView(new ArrayBuffer(8))

/** Sets the bar to `value`, a value of a key; text, nulls and numbers beyond 2^53 are left out. */
export function raiseBar(bar: BigInt64Array, value: Scalar): void {
  if (typeof value !== 'number' && typeof value !== 'bigint') return
  if (typeof value === 'bigint' && (value > SAFE || value < -SAFE)) return
  scratch.setFloat64(0, Number(value))
  Atomics.store(bar, 1, scratch.getBigInt64(0))
  Atomics.store(bar, 0, 1n)
}

/** `fragment`, a top-k, reading only rows that can pass `bar` as it is now. */
export function withBar(fragment: Fragment, bar: BigInt64Array | null): Fragment {
  const { plan } = fragment
  if (bar === null || plan.kind !== 'top-k' || Atomics.load(bar, 0) === 0n) return fragment
  const key = keyOverScan(plan.keys[0]!, plan.input)
  if (key === null || mayThrow(key.expr)) return fragment
  scratch.setBigInt64(0, Atomics.load(bar, 1))
  const predicate = passes(key, scratch.getFloat64(0))
  return {
    ...fragment,
    plan: mapScan(plan, (scan) => {
      const both = scan.predicate === null ? [predicate] : [scan.predicate, predicate]
      return withScan(scan, { predicate: conjoin(both) })
    }),
  }
}

function passes({ expr, descending, nulls }: SortKey, bar: number): Expr {
  const { type } = expr
  const asNumber = isFloat(type) || layoutOf(type) === 'i32'
  const literal = literalExpr(asNumber ? bar : BigInt(bar), type)
  const before = callExpr(descending ? 'gte' : 'lte', [expr, literal])
  return nulls === 'first' && expr.nullable ? disjoin([before, callExpr('isNull', [expr])]) : before
}
