import type { Schema } from '../arrow/schema.ts'
import { fieldNames } from '../arrow/schema.ts'
import { nameNotFound } from '../error.ts'
import type { Expr } from './expr.ts'
import { expr } from './lazy-expr.ts'
import type { Untyped } from './type-tag.ts'

/** The columns of a frame as expressions: the `o` of `o => o.amount`. */
export type Accessor<S> = 0 extends 1 & S ? Untyped : { readonly [K in keyof S]: Expr<S[K]> }

/**
 * An object with an expression per column of `schema`. Reading any other name throws NOT_FOUND
 * with the nearest one. Every name works, `__proto__` and `then` included.
 *
 * @param nameOf What the expression calls the column.
 */
export function accessor(
  schema: Schema,
  nameOf: (name: string) => string = (name) => name,
): Accessor<Untyped> {
  const columnOf = (name: string | symbol) => {
    if (typeof name === 'symbol') return undefined
    if (!schema.positions.has(name)) throw nameNotFound('column', name, fieldNames(schema))
    return expr({ kind: 'column', name: nameOf(name) })
  }
  return new Proxy(Object.create(null), {
    get: (_, name) => columnOf(name),
    has: (_, name) => typeof name === 'string' && schema.positions.has(name),
    ownKeys: () => fieldNames(schema),
    getOwnPropertyDescriptor: (_, name) =>
      typeof name === 'string' && schema.positions.has(name)
        ? { value: columnOf(name), enumerable: true, configurable: true, writable: false }
        : undefined,
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  })
}
