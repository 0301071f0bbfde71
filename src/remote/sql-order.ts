import { isFloat } from '../arrow/data-type.ts'
import type { SortKey } from '../plan/expr.ts'

/** A column of a query that its rows are ordered by. */
export interface OrderKey {
  readonly column: string
  readonly direction: string
}

export const orderColumns = (order: readonly OrderKey[] | null): string[] =>
  (order ?? []).map(({ column }) => column)

export function orderBy(order: readonly OrderKey[] | null): string {
  if (order === null || order.length === 0) return ''
  return ` ORDER BY ${order.map(({ column, direction }) => `${column} ${direction}`).join(',')}`
}

export const directionOf = ({ descending, nulls }: SortKey): string =>
  `${descending ? 'DESC' : 'ASC'} NULLS ${nulls.toUpperCase()}`

/** ClickHouse puts NaN where nulls go: whether a float is NaN is a key of its own. */
export function orderParts({ expr }: SortKey, sql: string): string[] {
  return isFloat(expr.type) ? [`isNaN(${sql})`, `if(isNaN(${sql}),0,${sql})`] : [sql]
}
