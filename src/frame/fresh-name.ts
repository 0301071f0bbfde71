import type { Schema } from '../arrow/schema.ts'

/** `name`, with underlines behind it while a column of `schemas` is called so. */
export function freshName(name: string, ...schemas: readonly Schema[]): string {
  let free = name
  while (schemas.some(({ positions }) => positions.has(free))) free += '_'
  return free
}
