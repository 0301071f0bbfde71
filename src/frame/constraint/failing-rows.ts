import { type Batch, sliceBatch } from '../../arrow/batch.ts'
import { isNull, type Vector } from '../../arrow/vector.ts'
import { GraupelError } from '../../error.ts'
import { evaluate } from '../../exec/row-change.ts'
import type { Expr } from '../../plan/expr.ts'

/** The rows, ascending, for which `predicate` is false, or cannot be computed. Null passes. */
export function failingRows(predicate: Expr, of: Batch): number[] {
  const answer = answered(predicate, of)
  if (answer === undefined) {
    if (of.length === 1) return [0]
    // Some row cannot be computed: each half is asked for its own.
    const middle = of.length >> 1
    const right = failingRows(predicate, sliceBatch(of, middle, of.length))
    return [
      ...failingRows(predicate, sliceBatch(of, 0, middle)),
      ...right.map((row) => row + middle),
    ]
  }
  const rows: number[] = []
  for (let row = 0; row < of.length; row++) {
    if (!isNull(answer, row) && (answer.values as Uint8Array)[row] === 0) rows.push(row)
  }
  return rows
}

function answered(predicate: Expr, of: Batch): (Vector & { readonly layout: 'bool' }) | undefined {
  try {
    return evaluate(predicate, of) as Vector & { readonly layout: 'bool' }
  } catch (error) {
    if (error instanceof GraupelError && error.code === 'INVALID') return undefined
    throw error
  }
}
