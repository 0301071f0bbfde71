import { type Decimal, type Expr, lit } from 'graupel'

/** The price of a line item after its discount, which most queries sum. */
export function discounted(line: {
  readonly l_extendedprice: Expr<Decimal>
  readonly l_discount: Expr<Decimal>
}): Expr<Decimal> {
  return line.l_extendedprice.mul(lit(1).sub(line.l_discount))
}
