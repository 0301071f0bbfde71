import { scalarAt, scalarText } from '../../arrow/scalar.ts'
import type { Vector } from '../../arrow/vector.ts'
import { clip, type ErrorFacts, GraupelError, invalid } from '../../error.ts'
import { printExpr } from '../../plan/print-expr.ts'
import type { Rule } from './rules.ts'

/** Where a row comes from: its number in what was given, or a line of a file. */
export type RowPlace = { readonly row: number } | { readonly file: string; readonly line: number }

/** The values of a rule's columns in a row. */
export interface RuleValues {
  readonly rule: Rule
  /** The rule's columns. */
  readonly vectors: readonly Vector[]
  readonly row: number
}

/** INVALID: a row that a rule does not take. */
export function violation(of: RuleValues, place: RowPlace | undefined): GraupelError {
  return invalid(`${placeText(place)}${violationText(of)}`, { ...place, ...violationFacts(of) })
}

/** CONFLICT: a row that a key does not take beside what others have committed meanwhile. */
export function keyConflict(of: RuleValues, table: string): GraupelError {
  return new GraupelError(
    'CONFLICT',
    `table "${table}": others have committed a row meanwhile: ${violationText(of)}; nothing was committed`,
    { table, ...violationFacts(of) },
  )
}

function violationText({ rule, vectors, row }: RuleValues): string {
  const shown = rule.columns.map(({ name }, at) => {
    return `${clip(name)} ${clip(valueText(vectors[at]!, row) ?? 'null')}`
  })
  const values = shown.join(', ')
  const name = `constraint "${clip(rule.name)}"`
  if (rule.kind !== 'check') return `${name}: there is a row with ${values} already`
  return `${name}: ${clip(printExpr(rule.predicate))} is not true for ${values}`
}

function violationFacts({ rule, vectors, row }: RuleValues): ErrorFacts {
  const columns = rule.columns.map(({ name }) => name)
  const values = vectors.map((vector) => valueText(vector, row))
  const isOne = columns.length === 1
  return {
    constraint: rule.name,
    columns,
    ...(isOne ? { column: columns[0] } : {}),
    value: isOne ? values[0] : values,
  }
}

function placeText(place: RowPlace | undefined): string {
  if (place === undefined) return ''
  return 'row' in place ? `row ${place.row}: ` : `"${place.file}", line ${place.line}: `
}

function valueText(vector: Vector, row: number): string | null {
  const value = scalarAt(vector, row)
  return value === null ? null : scalarText(value, vector.type)
}
