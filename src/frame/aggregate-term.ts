import { clip, invalid } from '../error.ts'
import { PAIRED } from '../plan/aggregate-signatures.ts'
import type { AggregateOptions } from '../plan/expr.ts'
import type { AggregateName } from '../plan/function.ts'
import type { Term } from '../plan/term.ts'
import { listed, orderTerm } from './window-over.ts'

const VALUES_MAX = 1000

/**
 * The aggregate `name` of `input`, with what its method was given. Throws INVALID.
 *
 * @param termOf The term of an expression or a literal; throws INVALID for what is neither.
 */
export function aggregateTerm(
  name: AggregateName,
  input: Term,
  args: readonly unknown[],
  termOf: (value: unknown, where: string) => Term,
): Term {
  const head = { kind: 'aggregate', name, input } as const
  if (PAIRED.has(name)) return { ...head, more: [termOf(args[0], name)] }
  switch (name) {
    case 'quantile':
    case 'quantileDisc':
    case 'approxQuantile':
      return { ...head, options: { at: part(args[0], name) } }
    case 'approxTopK':
      return { ...head, options: { count: count(args[0], name) } }
    case 'listAgg': {
      const { options, keys } = listOptions(args, (value) => termOf(value, name))
      return { ...head, options, ...(keys.length > 0 && { more: keys }) }
    }
    default:
      return head
  }
}

function part(at: unknown, name: string): number {
  if (typeof at === 'number' && at >= 0 && at <= 1) return at
  throw invalid(`${name} needs a number from 0 to 1, e.g. 0.9, got ${clip(String(at))}`)
}

function count(of: unknown, name: string): number {
  if (typeof of === 'number' && Number.isInteger(of) && of >= 1 && of <= VALUES_MAX) return of
  throw invalid(
    `${name} needs a whole number of values from 1 to ${VALUES_MAX}, got ${clip(String(of))}`,
  )
}

function listOptions(
  [separator = ',', given = {}]: readonly unknown[],
  termOf: (value: unknown) => Term,
): { options: AggregateOptions; keys: readonly Term[] } {
  if (typeof separator !== 'string') throw invalid('listAgg: the separator has to be a text')
  if (typeof given !== 'object' || given === null) throw invalid('listAgg: expected options')
  const wrong = Object.keys(given).find((name) => name !== 'distinct' && name !== 'orderBy')
  if (wrong !== undefined) {
    throw invalid(`listAgg: unknown option "${clip(wrong)}"; options: distinct, orderBy`)
  }
  const { distinct = false, orderBy } = given as Readonly<Record<string, unknown>>
  if (typeof distinct !== 'boolean') throw invalid('listAgg: distinct has to be true or false')
  const order = listed(orderBy).map((key) => orderTerm(key, termOf))
  const orders = order.map(({ descending, nulls }) => ({ descending, nulls }))
  return { options: { separator, distinct, orders }, keys: order.map(({ term }) => term) }
}
