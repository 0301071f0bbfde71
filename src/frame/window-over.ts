import { clip, invalid } from '../error.ts'
import type { Frame } from '../plan/expr.ts'
import type { SortTerm, Term, WindowOver, WindowTerm } from '../plan/term.ts'

const OPTIONS = ['partitionBy', 'orderBy', 'rows', 'range', 'ignoreNulls']

type TermOf = (value: unknown) => Term

interface OverOptions {
  /** The term of an expression; throws INVALID for anything else. */
  readonly termOf: TermOf
  readonly withOrder?: 'allowed' | 'refused'
}

/**
 * `term` over the rows that `options` describes. Throws INVALID when it is neither an aggregate nor
 * a window function, and for options that make no sense.
 */
export function overTerm(
  term: Term,
  options: unknown,
  { termOf, withOrder = 'allowed' }: OverOptions,
): WindowTerm {
  const { ignoreNulls, over } = checkedRows(options, termOf)
  if (withOrder === 'refused' && (over.orderBy.length > 0 || over.frame !== null || ignoreNulls)) {
    throw invalid('over: ratioToReport is of the whole partition: give partitionBy only')
  }
  if (term.kind === 'aggregate') {
    const { name, input, more = [], options } = term
    const inputs = input === null ? [] : [input, ...more]
    const head = { kind: 'window', name, inputs, ...(options && { options }) } as const
    return { ...head, count: 0, ignoreNulls, over }
  }
  if (term.kind === 'window' && term.over === null) return { ...term, ignoreNulls, over }
  throw invalid(
    'over: goes right behind an aggregate or a window function, e.g. o.amount.sum().over(...)',
  )
}

function checkedRows(options: unknown, termOf: TermOf): { ignoreNulls: boolean; over: WindowOver } {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalid('over: expected options such as { partitionBy: o.customer, orderBy: o.day }')
  }
  const wrong = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (wrong !== undefined) {
    throw invalid(`over: unknown option "${clip(wrong)}"; options: ${OPTIONS.join(', ')}`, {
      option: wrong,
    })
  }
  const given = options as Readonly<Record<string, unknown>>
  const { ignoreNulls = false, partitionBy: by, orderBy: order } = given
  if (typeof ignoreNulls !== 'boolean') throw invalid('over: ignoreNulls has to be true or false')
  const partitionBy = listed(by).map(termOf)
  const orderBy = listed(order).map((key) => orderTerm(key, termOf))
  return { ignoreNulls, over: { partitionBy, orderBy, frame: frameOf(given) } }
}

/** An expression, or what `asc` and `desc` make of one, as a sort term. */
export function orderTerm(given: unknown, termOf: TermOf): SortTerm {
  if (typeof given !== 'object' || given === null || !('key' in given)) {
    return { term: termOf(given), descending: false, nulls: 'last' }
  }
  const { key, descending, nulls } = given as Omit<SortTerm, 'term'> & { readonly key: unknown }
  return { term: termOf(key), descending, nulls }
}

/** One or several, or none, as a list. */
export const listed = (keys: unknown): readonly unknown[] =>
  keys === undefined ? [] : Array.isArray(keys) ? keys : [keys]

function frameOf({ rows, range }: Readonly<Record<string, unknown>>): Frame | null {
  if (rows !== undefined && range !== undefined) {
    throw invalid('over: rows and range say the same thing in two ways: give one of them')
  }
  const unit = rows === undefined ? 'range' : 'rows'
  const ends = rows ?? range
  if (ends === undefined) return null
  const [from, to, ...more]: unknown[] = Array.isArray(ends) ? ends : []
  if (typeof from !== 'number' || typeof to !== 'number' || more.length > 0 || !(from <= to)) {
    throw invalid(
      `over: ${unit} has to be two numbers, e.g. [-6, 0] or [-Infinity, 0], the lesser first`,
    )
  }
  const isWhole = [from, to].every((end) => Number.isSafeInteger(end) || Math.abs(end) === Infinity)
  if (unit === 'rows' && !isWhole)
    throw invalid(`over: rows counts in whole rows, got [${from}, ${to}]`)
  if (from === Infinity || to === -Infinity)
    throw invalid(`over: ${unit} of [${from}, ${to}] has no row`)
  return { unit, from, to }
}
