import { integerRange, isExact, isFloat, isNumeric } from '../arrow/data-type.ts'
import { exactAs, scaleOf } from './convert-scalar.ts'
import type { Expr, LiteralExpr } from './expr.ts'
import { callExpr, literalExpr } from './expr-walk.ts'
import { asDecimal } from './super-type.ts'

export const COMPARISONS = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte'] as const

export type Comparison = (typeof COMPARISONS)[number]

const MIRRORED = { eq: 'eq', ne: 'ne', lt: 'gt', lte: 'gte', gt: 'lt', gte: 'lte' } as const

/** The comparison that says the same with its sides exchanged. */
export function mirrored(name: Comparison): Comparison {
  return MIRRORED[name]
}

/**
 * Whether a number and a constant would need more than 38 digits to meet, so that no type holds
 * both and they have to be compared by `compareBeyond`.
 */
export function isBeyond(input: Expr, literal: LiteralExpr): boolean {
  if (literal.value === null || !isNumber(input) || !isNumber(literal)) return false
  const a = asDecimal(input.type)
  const b = asDecimal(literal.type)
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale)
  if (whole + Math.max(a.scale, b.scale) <= 38) return false
  return exactAs(BigInt(literal.value as number | bigint), scaleOf(b), input.type) === undefined
}

const isNumber = ({ type }: Expr): boolean => isNumeric(type) && isExact(type) && !isFloat(type)

/**
 * `input` compared with a constant that its type does not hold, exactly, within its type: the
 * constant lies between two neighbours there, or beyond all of them. Null only where `input` is.
 */
export function compareBeyond(name: Comparison, input: Expr, literal: LiteralExpr): Expr {
  const { type } = input
  const [least, greatest] = integerRange(type)
  const against = (op: Comparison, value: bigint): Expr =>
    callExpr(op, [input, literalExpr(exactAs(value, scaleOf(type), type)!, type)])
  if (name === 'eq') return against('gt', greatest)
  if (name === 'ne') return against('lte', greatest)
  const floor = floorAt(
    BigInt(literal.value as number | bigint),
    scaleOf(literal.type),
    scaleOf(type),
  )
  const below = name === 'lt' || name === 'lte'
  if (floor < least) return against(below ? 'lt' : 'gte', least)
  if (floor > greatest) return against(below ? 'lte' : 'gt', greatest)
  return against(below ? 'lte' : 'gt', floor)
}

function floorAt(unscaled: bigint, from: number, to: number): bigint {
  if (to >= from) return unscaled * 10n ** BigInt(to - from)
  const divisor = 10n ** BigInt(from - to)
  const quotient = unscaled / divisor
  return unscaled < 0n && quotient * divisor !== unscaled ? quotient - 1n : quotient
}
