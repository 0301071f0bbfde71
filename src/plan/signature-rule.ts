import {
  type DataType,
  float64,
  isNested,
  isNumeric,
  typesEqual,
  typeText,
} from '../arrow/data-type.ts'
import { clip, invalid } from '../error.ts'
import type { Expr } from './expr.ts'
import type { FunctionName } from './function.ts'
import { castExpr } from './leaf-expr.ts'
import { printExpr } from './print-expr.ts'
import { superType } from './super-type.ts'

/** How a function is applied: its arguments with the casts that it needs, and what it yields. */
export interface Signature {
  readonly args: readonly Expr[]
  readonly type: DataType
  readonly nullable: boolean
}

/** What a function makes of its arguments. Throws INVALID for wrong ones. */
export type Rule = (args: readonly Expr[], name: FunctionName) => Signature

/** The arguments cast to `types` and a result that is null only where one of them is. */
export const strict = (type: DataType, args: readonly Expr[]): Signature => ({
  args,
  type,
  nullable: args.some(({ nullable }) => nullable),
})

/** `args` cast to their common type. Throws INVALID, naming two that have none. */
export function alike(args: readonly Expr[], name: string): readonly Expr[] {
  let widest = args[0]!
  let common = widest.type
  for (const arg of args.slice(1)) {
    const next = superType(common, arg.type)
    if (next === undefined) throw unlike(name, widest, common, arg)
    if (!typesEqual(next, common)) widest = arg
    common = next
  }
  return castAll(args, common)
}

function unlike(name: string, left: Expr, leftType: DataType, right: Expr) {
  const a = typeText(leftType)
  const b = typeText(right.type)
  return invalid(
    `${name}: ${describe(left)} is ${a} and ${describe(right)} is ${b}, which do not go together; ` +
      'cast one of them',
    { function: name, left: a, right: b },
  )
}

/** `expr` for a message: a column in quotes, anything else as it is printed. */
export function describe(expr: Expr): string {
  if (expr.kind === 'column') return `"${clip(expr.name)}"`
  const printed = printExpr(expr)
  return printed.length <= 120 ? printed : `${printed.slice(0, 117)}...`
}

export const castAll = (args: readonly Expr[], type: DataType) =>
  args.map((arg) => castExpr(arg, type))

export function floats(args: readonly Expr[], name: FunctionName): Signature {
  return strict(float64, castAll(numbers(args, name, args.length), float64))
}

export function numbers(args: readonly Expr[], name: FunctionName, count: number): readonly Expr[] {
  for (const arg of counted(args, name, count)) number(arg, name)
  return args
}

export function number(arg: Expr, name: string): Expr {
  if (!isNumeric(arg.type)) throw wants(name, 'a number', arg)
  return arg
}

/** Throws INVALID for a list or a struct, which have no order. */
export function withOrder(arg: Expr, name: string): Expr {
  if (isNested(arg.type)) throw wants(name, 'values with an order', arg)
  return arg
}

export function temporal(
  args: readonly Expr[],
  name: FunctionName,
  count: number,
  allowed: readonly DataType['name'][],
): readonly Expr[] {
  for (const arg of counted(args, name, count)) {
    if (!allowed.includes(arg.type.name)) throw wants(name, `a ${allowed.join(' or ')}`, arg)
  }
  return args
}

export function counted(
  args: readonly Expr[],
  name: FunctionName,
  least: number,
  most = least,
): readonly Expr[] {
  if (args.length >= least && args.length <= most) return args
  const many =
    least === most
      ? `${least}`
      : most === 3 || most === 2
        ? `${least} or ${most}`
        : `at least ${least}`
  throw invalid(`${name} takes ${many} argument${many === '1' ? '' : 's'}, got ${args.length}`, {
    function: name,
    arguments: args.length,
  })
}

export function wants(name: string, what: string, arg: Expr) {
  return invalid(`${name} needs ${what}, ${describe(arg)} is ${typeText(arg.type)}`, {
    function: name,
    type: typeText(arg.type),
  })
}
