import { invalid } from '../error.ts'
import type { Expr, ListMethods, StructMethods } from './expr.ts'
import type { CallMaker } from './text-methods.ts'
import type { Untyped } from './type-tag.ts'

/** The methods over `call`, which applies a function to the list column. */
export function listMethods(call: CallMaker): ListMethods<Untyped> {
  return Object.freeze({
    get: (position: number | Expr<Untyped>) => call('listGet', position),
    length: () => call('listLength'),
    contains: (value: unknown) => call('listContains', value),
    cosineSimilarity: (other: unknown) => call('listCosine', vector(other, 'cosineSimilarity')),
    distance: (other: unknown) => call('listDistance', vector(other, 'distance')),
    dot: (other: unknown) => call('listDot', vector(other, 'dot')),
  })
}

/** A list of numbers as the constant that its functions take; anything else as it is. */
function vector(other: unknown, where: string): unknown {
  if (!Array.isArray(other) && !ArrayBuffer.isView(other)) return other
  const numbers = [...(other as Iterable<unknown>)]
  const wrong = numbers.findIndex((value) => typeof value !== 'number' || !Number.isFinite(value))
  if (wrong < 0) return JSON.stringify(numbers)
  throw invalid(`${where}: ${String(numbers[wrong])} at ${wrong} is no number`, { position: wrong })
}

/** The methods over `call`, which applies a function to the struct column. */
export function structMethods(call: CallMaker): StructMethods<Untyped> {
  return Object.freeze({ field: (name: string) => call('structGet', name) })
}
