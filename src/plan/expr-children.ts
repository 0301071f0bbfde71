import { typesEqual } from '../arrow/data-type.ts'
import type { Scalar } from '../arrow/scalar.ts'
import { unreachable } from '../error.ts'
import type { AggregateExpr, Expr } from './expr.ts'

/** The expressions directly inside `expr`, in order of evaluation. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'column':
    case 'literal':
      return []
    case 'call':
    case 'user':
      return expr.args
    case 'cast':
    case 'in':
    case 'member':
      return [expr.input]
    case 'case':
      return [...expr.branches.flatMap(({ when, then }) => [when, then]), expr.otherwise]
    default:
      return unreachable(expr)
  }
}

/** Names of the columns that `expr` reads, in order of first mention. */
export function columnsOf(expr: Expr): Set<string> {
  const names = new Set<string>()
  const open = [expr]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'column') names.add(next.name)
    else open.push(...[...childrenOf(next)].reverse())
  }
  return names
}

/** Whether `a` and `b` are the same expression: same shape, names, types and constants. */
export function exprsEqual(a: Expr, b: Expr): boolean {
  if (a === b) return true
  if (a.kind !== b.kind || a.nullable !== b.nullable || !typesEqual(a.type, b.type)) return false
  const left = childrenOf(a)
  const right = childrenOf(b)
  if (left.length !== right.length || !headsEqual(a, b)) return false
  return left.every((child, position) => exprsEqual(child, right[position]!))
}

function headsEqual(a: Expr, b: Expr): boolean {
  switch (a.kind) {
    case 'column':
      return b.kind === 'column' && a.name === b.name
    case 'call':
      return b.kind === 'call' && a.name === b.name
    case 'user':
      return b.kind === 'user' && a.of === b.of
    case 'literal':
      return b.kind === 'literal' && scalarsEqual(a.value, b.value)
    case 'cast':
      return b.kind === 'cast' && a.orNull === b.orNull
    case 'case':
      return b.kind === 'case'
    case 'in':
      return (
        b.kind === 'in' &&
        a.values.length === b.values.length &&
        a.values.every((value, position) => scalarsEqual(value, b.values[position]!))
      )
    case 'member':
      return b.kind === 'member' && a.keys === b.keys
    default:
      return unreachable(a)
  }
}

/** An aggregate without the name of its result. */
type Nameless = Pick<AggregateExpr, 'aggregate' | 'input' | 'more' | 'options'>

/** Whether `a` and `b` give the same of the same rows. */
export function aggregatesEqual(a: Nameless, b: Nameless): boolean {
  if (a.aggregate !== b.aggregate || JSON.stringify(a.options) !== JSON.stringify(b.options)) {
    return false
  }
  const [left, right] = [inputsOfAggregate(a), inputsOfAggregate(b)]
  return (
    left.length === right.length &&
    left.every((input, position) => exprsEqual(input, right[position]!))
  )
}

/** All inputs of an aggregate, in order; none of a count of rows. */
export function inputsOfAggregate({
  input,
  more = [],
}: Pick<AggregateExpr, 'input' | 'more'>): readonly Expr[] {
  return input === null ? [] : [input, ...more]
}

function scalarsEqual(a: Scalar, b: Scalar): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0
  return Object.is(a, b)
}
