import {
  bool,
  type DataType,
  isInteger,
  isNumeric,
  typesEqual,
  typeText,
} from '../arrow/data-type.ts'
import type { KeySet } from '../arrow/key-set.ts'
import type { Scalar } from '../arrow/scalar.ts'
import type { Field } from '../arrow/schema.ts'
import { invalid } from '../error.ts'
import { convertScalar } from './convert-scalar.ts'
import type {
  CaseExpr,
  ColumnExpr,
  Expr,
  InExpr,
  LiteralExpr,
  MemberExpr,
  UserExpr,
  UserFunction,
} from './expr.ts'
import { superType } from './super-type.ts'

/** The column of the node's input that `of` describes. */
export function columnExpr(of: Field): ColumnExpr {
  const { name, type, nullable } = of
  return Object.freeze({ kind: 'column', name, type, nullable })
}

/** A constant: `value` in the canonical form of `type`. */
export function literalExpr(value: Scalar, type: DataType): LiteralExpr {
  return Object.freeze({ kind: 'literal', value, type, nullable: value === null })
}

/**
 * `input` as `type`; `input` itself when it is of that type. A constant that keeps its value in
 * the new type is converted at once.
 *
 * @param options orNull: null where the value cannot be had, instead of an error when run.
 * Throws INVALID when no value of the one type could be one of the other.
 */
export function castExpr(input: Expr, type: DataType, options: CastOptions = {}): Expr {
  if (typesEqual(input.type, type)) return input
  if (!canCast(input.type, type)) {
    throw invalid(`${typeText(input.type)} cannot be cast to ${typeText(type)}`, {
      from: typeText(input.type),
      to: typeText(type),
    })
  }
  if (input.kind === 'literal') {
    const value = input.value === null ? null : convertScalar(input.value, input.type, type)
    if (value !== undefined) return literalExpr(value, type)
  }
  const orNull = options.orNull === true
  return Object.freeze({ kind: 'cast', input, orNull, type, nullable: orNull || input.nullable })
}

export interface CastOptions {
  readonly orNull?: boolean
}

/** Whether values of `from` can be cast to `to` at all. */
export function canCast(from: DataType, to: DataType): boolean {
  if (typesEqual(from, to) || from.name === 'utf8' || to.name === 'utf8') return true
  if (isNumeric(from) && isNumeric(to)) return true
  if (from.name === 'bool') return isInteger(to)
  if (to.name === 'bool') return isInteger(from)
  return isDay(from) && isDay(to)
}

const isDay = ({ name }: DataType): boolean => name === 'date' || name === 'timestamp'

/** The first branch whose `when` is true; all results must share `otherwise`'s type. */
export function caseExpr(branches: CaseExpr['branches'], otherwise: Expr): CaseExpr {
  const nullable = otherwise.nullable || branches.some(({ then }) => then.nullable)
  const frozen = Object.freeze(branches.map((branch) => Object.freeze({ ...branch })))
  return Object.freeze({
    kind: 'case',
    branches: frozen,
    otherwise,
    type: otherwise.type,
    nullable,
  })
}

/** Whether `input`, whole numbers in its type's unit, is one of `keys`. */
export function memberExpr(input: Expr, keys: KeySet): MemberExpr {
  return Object.freeze({ kind: 'member', input, keys, type: bool, nullable: input.nullable })
}

/**
 * `of` applied to `args`, widened to what it takes. Throws INVALID for another number of them, or
 * one that is of a type that its parameter does not hold.
 */
export function userExpr(of: UserFunction, args: readonly Expr[]): UserExpr {
  const { name, takes, returns } = of
  if (args.length !== takes.length) {
    throw invalid(`${name} takes ${takes.length} arguments, got ${args.length}`, { function: name })
  }
  const typed = args.map((arg, position) => {
    const { type } = takes[position]!
    const wide = superType(arg.type, type)
    if (wide !== undefined && typesEqual(wide, type)) return castExpr(arg, type)
    const [wanted, found] = [typeText(type), typeText(arg.type)]
    throw invalid(`${name}: argument ${position + 1} is ${found}, not ${wanted}; cast it first`, {
      function: name,
      expected: wanted,
      found,
    })
  })
  const skips = typed.some((arg, position) => arg.nullable && !takes[position]!.nullable)
  const nullable = returns.nullable || skips
  return Object.freeze({
    kind: 'user',
    of,
    args: Object.freeze(typed),
    type: returns.type,
    nullable,
  })
}

/** SQL's IN: `values` in the canonical form of the input's type. */
export function inExpr(input: Expr, values: readonly Scalar[]): InExpr {
  const nullable = input.nullable || values.includes(null)
  return Object.freeze({
    kind: 'in',
    input,
    values: Object.freeze([...values]),
    type: bool,
    nullable,
  })
}
