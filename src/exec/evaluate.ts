import { type Batch, sliceBatch } from '../arrow/batch.ts'
import { constantVector, expand, nullVector } from '../arrow/constant-vector.ts'
import type { Vector } from '../arrow/vector.ts'
import { unreachable } from '../error.ts'
import { selectAll } from '../kernel/select-numbers.ts'
import type { CallExpr, CaseExpr, Expr, LiteralExpr } from '../plan/expr.ts'
import { castVector } from './function/cast.ts'
import { assemble, boolOf, type Part } from './function/logic.ts'
import { isAmong, isMember } from './function/membership.ts'
import { RowSource } from './function/row-source.ts'
import { SCALAR_FUNCTIONS } from './function/scalar-functions.ts'
import {
  columnComparison,
  columnType,
  meet,
  rangeOf,
  type Selection,
  selectFast,
  selectInRange,
} from './function/select-fast.ts'
import { callUser } from './function/user-function.ts'

/**
 * The values of `expr` over the rows of `batch`, `batch.length` of them. A branch of a case, a
 * later argument of coalesce and the right side of and/or see only the rows that need them.
 *
 * Throws INVALID where a value cannot be computed (overflow, division by zero, a failed cast).
 */
export function evaluate(expr: Expr, batch: Batch): Vector {
  const source = new RowSource(batch, null, batch.length)
  return expand(evaluateOver(expr, source), batch.length)
}

/** As `evaluate` over the rows of `source`, but what is constant may come as a single row. */
function evaluateOver(expr: Expr, source: RowSource): Vector {
  if (source.length === 0) return nullVector(expr.type, 0)
  switch (expr.kind) {
    case 'column':
      return source.column(expr.name)
    case 'literal':
      return literal(expr)
    case 'call':
      return call(expr, source)
    case 'user':
      return callUser(
        expr.of,
        expr.args.map((arg) => expand(evaluateOver(arg, source), source.length)),
        source.length,
      )
    case 'cast':
      return castVector(evaluateOver(expr.input, source), expr.type, { orNull: expr.orNull })
    case 'case':
      return caseOf(expr, source)
    case 'member':
      return isAmong(evaluateOver(expr.input, source), expr.keys)
    case 'in':
      return isMember(evaluateOver(expr.input, source), expr.values)
    default:
      return unreachable(expr)
  }
}

/** Of each literal that has been evaluated: vectors of arguments are never changed. */
const literals = new WeakMap<LiteralExpr, Vector>()

function literal(expr: LiteralExpr): Vector {
  const known = literals.get(expr)
  if (known !== undefined) return known
  const vector = constantVector(expr.value, expr.type)
  literals.set(expr, vector)
  return vector
}

function call(expr: CallExpr, source: RowSource): Vector {
  if (expr.name === 'coalesce') return coalesceOf(expr, source)
  if (expr.name === 'and') return connect(expr, 0, source)
  if (expr.name === 'or') return connect(expr, 1, source)
  const args = expr.args.map((arg) => evaluateOver(arg, source))
  const length = args.every((arg) => arg.length === 1) ? 1 : source.length
  return SCALAR_FUNCTIONS[expr.name](args, expr.type, length)
}

/** and (`absorbing` 0) or or (1): each argument only over the rows that those before left open. */
function connect(expr: CallExpr, absorbing: 0 | 1, source: RowSource): Vector {
  const { length } = source
  let result = boolOf(expand(evaluateOver(expr.args[0]!, source), length))
  for (const arg of expr.args.slice(1)) {
    const open = new Uint32Array(length)
    let count = 0
    const { values, validity } = result
    for (let i = 0; i < length; i++) {
      open[count] = i
      const decided = (values[i]! ^ absorbing ^ 1) & (validity === null ? 1 : validity[i]!)
      count += decided ^ 1
    }
    if (count === 0) return result
    const right = evaluateOver(arg, source.subset(open, count))
    const part: Part = { vector: right, rows: open, count }
    const rest = count === length ? right : assemble(expr.type, [whole(result), part], length)
    result = boolOf(SCALAR_FUNCTIONS[expr.name]([result, rest], expr.type, length))
  }
  return result
}

const whole = (vector: Vector): Part => ({ vector, rows: null, count: vector.length })

function coalesceOf(expr: CallExpr, source: RowSource): Vector {
  const parts: Part[] = []
  let open = new Uint32Array(source.length)
  let count = selectAll(null, source.length, open)
  for (const arg of expr.args) {
    if (count === 0) break
    const vector = expand(evaluateOver(arg, source.subset(open, count)), count)
    parts.push({ vector, rows: parts.length === 0 ? null : open, count })
    const { validity } = vector
    if (validity === null) break
    const next = new Uint32Array(count)
    let nulls = 0
    for (let i = 0; i < count; i++) if (validity[i] === 0) next[nulls++] = open[i]!
    open = next
    count = nulls
  }
  return assemble(expr.type, parts, source.length)
}

function caseOf(expr: CaseExpr, source: RowSource): Vector {
  const parts: Part[] = []
  let open = new Uint32Array(source.length)
  let count = selectAll(null, source.length, open)
  for (const { when, then } of expr.branches) {
    if (count === 0) break
    const { values, validity } = boolOf(
      expand(evaluateOver(when, source.subset(open, count)), count),
    )
    const own = new Uint32Array(count)
    const next = new Uint32Array(count)
    let owned = 0
    let left = 0
    for (let i = 0; i < count; i++) {
      const taken = values[i]! & (validity === null ? 1 : validity[i]!)
      if (taken === 1) own[owned++] = open[i]!
      else next[left++] = open[i]!
    }
    if (owned > 0) {
      parts.push({ vector: evaluateOver(then, source.subset(own, owned)), rows: own, count: owned })
    }
    open = next
    count = left
  }
  if (count > 0) {
    const vector = evaluateOver(expr.otherwise, source.subset(open, count))
    parts.push({ vector, rows: open, count })
  }
  return assemble(expr.type, parts, source.length)
}

/**
 * Writes to `out` the ascending indexes of the rows for which `predicate` is true, and answers how
 * many they are. Conjuncts are asked in order, each only about the rows that those before left.
 *
 * @param rows The rows to look at: `rows[0 .. count)`, ascending; null for rows 0 to count - 1.
 * @param out At least `count` long; may be `rows`.
 * @throws INVALID as `evaluate`.
 */
export function selectRows(
  predicate: Expr,
  batch: Batch,
  rows: Uint32Array | null,
  count: number,
  out: Uint32Array,
): number {
  const conjuncts = conjunctsOf(predicate)
  let selection: Selection = { batch, rows, count, out }
  for (let position = 0; position < conjuncts.length; position++) {
    if (selection.count === 0) return 0
    const conjunct = conjuncts[position]!
    const next = conjuncts[position + 1]
    let kept = next === undefined ? undefined : selectBetween(conjunct, next, selection)
    if (kept === undefined)
      kept = selectFast(conjunct, selection) ?? selectSlowly(conjunct, selection)
    else position++
    selection = { batch, rows: out, count: kept, out }
  }
  return selection.count
}

function conjunctsOf(predicate: Expr): readonly Expr[] {
  if (predicate.kind !== 'call' || predicate.name !== 'and') return [predicate]
  return predicate.args.flatMap(conjunctsOf)
}

/** Two comparisons of one column with constants, in one pass; undefined if they are not that. */
function selectBetween(first: Expr, second: Expr, selection: Selection): number | undefined {
  const a = columnComparison(first)
  const b = columnComparison(second)
  if (a === undefined || b === undefined || a.column !== b.column) return undefined
  if (typeof a.value === 'string' || a.value instanceof Uint8Array) return undefined
  const type = columnType(selection, a.column)
  const range = meet(rangeOf(type, a), rangeOf(type, b))
  return range === undefined ? undefined : selectInRange(a.column, range, selection)
}

function selectSlowly(predicate: Expr, selection: Selection): number {
  const { batch, rows, count, out } = selection
  const of = rows === null ? sliceBatch(batch, 0, count) : batch
  const truths = evaluateOver(predicate, new RowSource(of, rows, count))
  const { values, validity } = boolOf(expand(truths, count))
  let kept = 0
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]!
    out[kept] = row
    kept += values[i]! & (validity === null ? 1 : validity[i]!)
  }
  return kept
}
