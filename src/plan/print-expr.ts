import type { Expr } from './expr.ts'
export function printExpr(expr: Expr): string { return expr.kind }
