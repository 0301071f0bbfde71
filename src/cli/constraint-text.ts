import type { ConstraintInfo } from '../frame/constraint/rules.ts'

/** A constraint on one line: `primary key (id)`, `check positive: amount > 0`. */
export function constraintText({ name, kind, columns, check }: ConstraintInfo): string {
  if (check !== null) return `check ${name}: ${check}`
  const key = `${kind === 'primaryKey' ? 'primary key' : 'unique'} (${columns.join(', ')})`
  // The names that `createTable` gives say nothing more.
  const isPlain = name === 'primaryKey' || name.startsWith('unique(')
  return isPlain ? key : `${key} "${name}"`
}
