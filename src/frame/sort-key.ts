import { clip, invalid } from '../error.ts'
import type { SortTerm, Term } from '../plan/term.ts'
import type { Expr } from './expr.ts'
import { inspectedAs } from './inspected-as.ts'
import { isExpr, termOfExpr, termText } from './lazy-expr.ts'

/** Where nulls go: last when ascending and first when descending, unless told. */
export interface SortOptions {
  readonly nulls?: 'first' | 'last'
}

/** What to order by, and in which direction. Made by `asc` and `desc`. */
export interface SortKey<K extends string = string> {
  readonly key: K | Expr<unknown>
  readonly descending: boolean
  readonly nulls: 'first' | 'last'
}

/** Ascending by a column's name or an expression. */
export function asc<const K extends string>(name: K, options?: SortOptions): SortKey<K>
export function asc(expr: Expr<unknown>, options?: SortOptions): SortKey<never>
export function asc(key: string | Expr<unknown>, options: SortOptions = {}): SortKey {
  return sortKey(key, { descending: false, nulls: nullsOf(options) ?? 'last' })
}

/** Descending by a column's name or an expression. */
export function desc<const K extends string>(name: K, options?: SortOptions): SortKey<K>
export function desc(expr: Expr<unknown>, options?: SortOptions): SortKey<never>
export function desc(key: string | Expr<unknown>, options: SortOptions = {}): SortKey {
  return sortKey(key, { descending: true, nulls: nullsOf(options) ?? 'first' })
}

function nullsOf(options: SortOptions): SortOptions['nulls'] {
  const wrong = Object.keys(Object(options)).find((name) => name !== 'nulls')
  if (wrong === undefined) return options?.nulls
  throw invalid(`sort: unknown option "${clip(wrong)}"; options: nulls`, { option: wrong })
}

function sortKey(
  key: string | Expr<unknown>,
  { descending, nulls }: Omit<SortKey, 'key'>,
): SortKey {
  if (nulls !== 'first' && nulls !== 'last') {
    throw invalid(`sort: nulls must be "first" or "last", got "${nulls}"`)
  }
  const text = () => {
    const shown = typeof key === 'string' ? JSON.stringify(key) : termText(termOfExpr(key, 'sort'))
    return `SortKey { ${clip(shown)} ${descending ? 'desc' : 'asc'}, nulls ${nulls} }`
  }
  return Object.freeze(inspectedAs({ key, descending, nulls }, text))
}

/** A name, an expression or a `SortKey` as a sort term. Throws INVALID for anything else. */
export function sortTerm(given: unknown): SortTerm {
  if (typeof given === 'string' || isExpr(given)) return { ...ASCENDING, term: termOfKey(given) }
  if (typeof given !== 'object' || given === null || !('key' in given)) {
    throw invalid('sort: expected a column name, an expression, asc(...) or desc(...)')
  }
  const { key, descending, nulls } = given as SortKey
  const term = termOfKey(key)
  return { term, descending, nulls }
}

const ASCENDING = { descending: false, nulls: 'last' } as const

const termOfKey = (key: string | Expr<unknown>): Term =>
  typeof key === 'string' ? { kind: 'column', name: key } : termOfExpr(key, 'sort')
