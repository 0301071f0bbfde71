import type { Expr, ListMethods, StructMethods } from './expr.ts'
import type { CallMaker } from './text-methods.ts'
import type { Untyped } from './type-tag.ts'

/** The methods over `call`, which applies a function to the list column. */
export function listMethods(call: CallMaker): ListMethods<Untyped> {
  return Object.freeze({
    get: (position: number | Expr<Untyped>) => call('listGet', position),
    length: () => call('listLength'),
    contains: (value: unknown) => call('listContains', value),
  })
}

/** The methods over `call`, which applies a function to the struct column. */
export function structMethods(call: CallMaker): StructMethods<Untyped> {
  return Object.freeze({ field: (name: string) => call('structGet', name) })
}
