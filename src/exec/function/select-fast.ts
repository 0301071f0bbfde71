import type { Batch } from '../../arrow/batch.ts'
import { scalarBytes } from '../../arrow/constant-vector.ts'
import { type DataType, isFloat, layoutOf } from '../../arrow/data-type.ts'
import type { Scalar } from '../../arrow/scalar.ts'
import { fieldPosition } from '../../arrow/schema.ts'
import { SAFE, type Vector } from '../../arrow/vector.ts'
import type { Comparison } from '../../kernel/compare-numbers.ts'
import { compileLike, type LikeProgram } from '../../kernel/like.ts'
import {
  type NumberRange,
  selectAll,
  selectFlags,
  selectNumbers,
} from '../../kernel/select-numbers.ts'
import { selectCompared, selectLike } from '../../kernel/select-texts.ts'
import type { CallExpr, Expr, InExpr } from '../../plan/expr.ts'
import { listKeys } from './list-keys.ts'
import { selectIn } from './membership.ts'
import { likeProgram, literalProgram } from './text-match.ts'

/** A comparison of a column with a constant, the column on the left. */
export interface ColumnComparison {
  readonly column: string
  readonly op: Comparison
  readonly value: Exclude<Scalar, null>
}

const SWAPPED: ReadonlyMap<string, Comparison> = new Map([
  ['eq', 'eq'],
  ['ne', 'ne'],
  ['lt', 'gt'],
  ['lte', 'gte'],
  ['gt', 'lt'],
  ['gte', 'lte'],
])

/** `predicate` as a comparison of a column with a constant that is not null, if it is one. */
export function columnComparison(predicate: Expr): ColumnComparison | undefined {
  if (predicate.kind !== 'call') return undefined
  const swapped = SWAPPED.get(predicate.name)
  const [left, right] = predicate.args
  if (swapped === undefined || left === undefined || right === undefined) return undefined
  if (left.kind === 'column' && right.kind === 'literal' && right.value !== null) {
    return { column: left.name, op: predicate.name as Comparison, value: right.value }
  }
  if (left.kind === 'literal' && right.kind === 'column' && left.value !== null) {
    return { column: right.name, op: swapped, value: left.value }
  }
  return undefined
}

/** The numbers `x` of `type` for which `x op value` holds in the total order. */
export function rangeOf(type: DataType, { op, value }: ColumnComparison): NumberRange {
  return isFloat(type) ? floatRange(op, Number(value)) : wholeRange(op, clampWhole(value))
}

/** Whole numbers beyond 2^53 stand beyond everything that a float column holds exactly. */
function clampWhole(value: Scalar): number {
  const number = Number(value)
  if (number > SAFE) return Number.POSITIVE_INFINITY
  return number < -SAFE ? Number.NEGATIVE_INFINITY : number
}

const LOWEST = Number.NEGATIVE_INFINITY
const HIGHEST = Number.POSITIVE_INFINITY

function wholeRange(op: Comparison, value: number): NumberRange {
  switch (op) {
    case 'eq':
      return { least: value, greatest: value, flip: 0 }
    case 'ne':
      return { least: value, greatest: value, flip: 1 }
    case 'lt':
      return { least: LOWEST, greatest: value - 1, flip: 0 }
    case 'lte':
      return { least: LOWEST, greatest: value, flip: 0 }
    case 'gt':
      return { least: value + 1, greatest: HIGHEST, flip: 0 }
    case 'gte':
      return { least: value, greatest: HIGHEST, flip: 0 }
  }
}

/** `gt` and `gte` hold for NaN too, hence they are what is not in a range. */
function floatRange(op: Comparison, value: number): NumberRange {
  if (Number.isNaN(value)) {
    if (op === 'lt' || op === 'ne') return { least: LOWEST, greatest: HIGHEST, flip: 0 }
    if (op === 'gt') return { least: 1, greatest: 0, flip: 0 }
    if (op === 'lte') return { least: 1, greatest: 0, flip: 1 }
    return { least: LOWEST, greatest: HIGHEST, flip: 1 }
  }
  switch (op) {
    case 'eq':
      return { least: value, greatest: value, flip: 0 }
    case 'ne':
      return { least: value, greatest: value, flip: 1 }
    case 'lt':
      return value === LOWEST ? { least: 1, greatest: 0, flip: 0 } : below(value, 0)
    case 'lte':
      return { least: LOWEST, greatest: value, flip: 0 }
    case 'gt':
      return { least: LOWEST, greatest: value, flip: 1 }
    case 'gte':
      return value === LOWEST ? { least: 1, greatest: 0, flip: 1 } : below(value, 1)
  }
}

const below = (value: number, flip: number): NumberRange => ({
  least: LOWEST,
  greatest: previousFloat(value),
  flip,
})

const word = new DataView(new ArrayBuffer(8))

/** The greatest float below `value`, which is neither NaN nor -infinity. */
function previousFloat(value: number): number {
  if (value === 0) return -Number.MIN_VALUE
  word.setFloat64(0, value)
  word.setBigInt64(0, word.getBigInt64(0) + (value > 0 ? -1n : 1n))
  return word.getFloat64(0)
}

/** The numbers in both ranges; undefined where that is no range. */
export function meet(a: NumberRange, b: NumberRange): NumberRange | undefined {
  if (a.keys !== undefined || b.keys !== undefined) return undefined
  if (a.flip === 1 && b.flip === 1) return undefined
  if (a.flip === 1) return meet(b, a)
  if (b.flip === 0) {
    const least = Math.max(a.least, b.least)
    return { least, greatest: Math.min(a.greatest, b.greatest), flip: 0 }
  }
  if (b.least !== LOWEST || !Number.isFinite(b.greatest)) return undefined
  return { least: Math.max(a.least, nextFloat(b.greatest)), greatest: a.greatest, flip: 0 }
}

const nextFloat = (value: number): number =>
  value === 0 ? Number.MIN_VALUE : -previousFloat(-value)

/**
 * The numbers for which `predicate`, over one column of `type`, is true, whatever else that column
 * holds; undefined where they are no range, or not numbers.
 */
export function rangeOfPredicate(predicate: Expr, type: DataType): NumberRange | undefined {
  const layout = layoutOf(type)
  if (layout !== 'i32' && layout !== 'f64') return undefined
  if (predicate.kind === 'call' && predicate.name === 'and') {
    return predicate.args
      .map((arg) => rangeOfPredicate(arg, type))
      .reduce((a, b) => (a === undefined || b === undefined ? undefined : meet(a, b)))
  }
  if (predicate.kind === 'member' && predicate.input.kind === 'column') {
    const { keys } = predicate
    return { least: keys.least, greatest: keys.greatest, flip: 0, keys }
  }
  if (predicate.kind === 'in' && predicate.input.kind === 'column') {
    const keys = listKeys(predicate)
    if (keys === null) return undefined
    return { least: keys.least, greatest: keys.greatest, flip: 0, keys }
  }
  const comparison = columnComparison(predicate)
  // Against a whole number beyond 2^53 those beyond it are to be told apart exactly.
  if (comparison === undefined || !isWithin(comparison.value)) return undefined
  return rangeOf(type, comparison)
}

function isWithin(value: Scalar): boolean {
  return (
    typeof value === 'number' || (typeof value === 'bigint' && Number(value) === clampWhole(value))
  )
}

/** What texts that are not null have to match, or not to match. */
export interface TextPattern {
  readonly program: LikeProgram
  readonly isNegated: boolean
}

/**
 * The pattern that tells of the texts of a column of `type` whether `predicate`, over that column
 * alone, is true; undefined where there is none, or where testing it would throw.
 */
export function patternOfPredicate(predicate: Expr, type: DataType): TextPattern | undefined {
  if (layoutOf(type) !== 'utf8' || type.name === 'binary') return undefined
  if (predicate.kind === 'call' && predicate.name === 'not') {
    const inner = patternOfPredicate(predicate.args[0]!, type)
    return inner && { ...inner, isNegated: !inner.isNegated }
  }
  const comparison = columnComparison(predicate)
  if (comparison === undefined) {
    const program = programOfCall(predicate)
    return program && { program, isNegated: false }
  }
  const { op, value } = comparison
  if (op !== 'eq' && op !== 'ne') return undefined
  return { program: literalProgram('equals', scalarBytes(value)), isNegated: op === 'ne' }
}

function programOfCall(predicate: Expr): LikeProgram | undefined {
  if (predicate.kind !== 'call') return undefined
  const [input, pattern] = predicate.args
  if (input?.kind !== 'column' || pattern?.kind !== 'literal' || pattern.value === null) {
    return undefined
  }
  const literal = scalarBytes(pattern.value)
  switch (predicate.name) {
    case 'startsWith':
      return literalProgram('prefix', literal)
    case 'endsWith':
      return literalProgram('suffix', literal)
    case 'contains':
      return literalProgram('contains', literal)
    case 'like':
      return compileLike(literal) ?? undefined
    default:
      return undefined
  }
}

/** What of `rows` is to be looked at; see `selectRows`. */
export interface Selection {
  readonly batch: Batch
  readonly rows: Uint32Array | null
  readonly count: number
  readonly out: Uint32Array
}

/** The rows for which `predicate` is true, without building vectors; undefined if it must. */
export function selectFast(predicate: Expr, selection: Selection): number | undefined {
  if (predicate.kind === 'in') return selectInColumn(predicate, selection)
  if (predicate.kind === 'column') return selectTrue(predicate.name, selection)
  if (predicate.kind !== 'call') return undefined
  const comparison = columnComparison(predicate)
  if (comparison !== undefined) return selectComparison(comparison, selection)
  switch (predicate.name) {
    case 'isNull':
    case 'isNotNull':
      return selectNulls(predicate, selection)
    case 'startsWith':
      return selectText(predicate, (literal) => literalProgram('prefix', literal), selection)
    case 'endsWith':
      return selectText(predicate, (literal) => literalProgram('suffix', literal), selection)
    case 'contains':
      return selectText(predicate, (literal) => literalProgram('contains', literal), selection)
    case 'like':
      return selectText(predicate, likeProgram, selection)
    default:
      return undefined
  }
}

function columnNamed({ batch }: Selection, name: string): Vector {
  return batch.columns[fieldPosition(batch.schema, name)]!
}

function withoutNulls({ validity }: Vector, kept: number, out: Uint32Array): number {
  return validity === null ? kept : selectFlags(validity, 1, out, kept, out)
}

function selectComparison(of: ColumnComparison, selection: Selection): number | undefined {
  const column = columnNamed(selection, of.column)
  const { rows, count, out } = selection
  if (column.layout === 'i32' || column.layout === 'f64') {
    return selectInRange(of.column, rangeOf(column.type, of), selection)
  }
  if (column.layout !== 'utf8') return undefined
  const literal = scalarBytes(of.value)
  const kept =
    of.op === 'eq'
      ? selectLike(column, literalProgram('equals', literal), rows, count, out)
      : selectCompared(column, of.op, literal, rows, count, out)
  return withoutNulls(column, kept, out)
}

/** The rows where the column called `name` is in `range`; undefined if it holds no numbers. */
export function selectInRange(
  name: string,
  range: NumberRange,
  selection: Selection,
): number | undefined {
  const column = columnNamed(selection, name)
  const { rows, count, out } = selection
  if (column.layout !== 'i32' && column.layout !== 'f64') return undefined
  return withoutNulls(column, selectNumbers(column.values, range, rows, count, out), out)
}

/** The type of the column called `name`. */
export function columnType(selection: Selection, name: string): DataType {
  return columnNamed(selection, name).type
}

function selectTrue(name: string, selection: Selection): number | undefined {
  const column = columnNamed(selection, name)
  if (column.layout !== 'bool') return undefined
  const { rows, count, out } = selection
  return withoutNulls(column, selectFlags(column.values, 1, rows, count, out), out)
}

function selectNulls({ name, args }: CallExpr, selection: Selection): number | undefined {
  const [input] = args
  if (input?.kind !== 'column') return undefined
  const { validity } = columnNamed(selection, input.name)
  const { rows, count, out } = selection
  if (validity !== null) {
    return selectFlags(validity, name === 'isNull' ? 0 : 1, rows, count, out)
  }
  return name === 'isNull' ? 0 : selectAll(rows, count, out)
}

function selectText(
  { args }: CallExpr,
  programOf: (literal: Uint8Array) => LikeProgram,
  selection: Selection,
): number | undefined {
  const [input, pattern] = args
  if (input?.kind !== 'column' || pattern?.kind !== 'literal') return undefined
  if (pattern.value === null) return 0
  const column = columnNamed(selection, input.name)
  if (column.layout !== 'utf8') return undefined
  const { rows, count, out } = selection
  const program = programOf(scalarBytes(pattern.value))
  return withoutNulls(column, selectLike(column, program, rows, count, out), out)
}

function selectInColumn(expr: InExpr, selection: Selection): number | undefined {
  const { input, values } = expr
  if (input.kind !== 'column') return undefined
  const range = rangeOfPredicate(expr, input.type)
  const found = range && selectInRange(input.name, range, selection)
  if (found !== undefined) return found
  const column = columnNamed(selection, input.name)
  const { rows, count, out } = selection
  return withoutNulls(column, selectIn(column, values, rows, count, out), out)
}
