import type { DataType } from '../arrow/data-type.ts'

/**
 * An expression as the user wrote it: names not looked up, literals not typed. Frozen plain data.
 * `resolveTerm` makes an `Expr` of it over a schema.
 */
export type Term =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: unknown; readonly type: DataType | null }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Term[] }
  | {
      readonly kind: 'cast'
      readonly input: Term
      readonly type: DataType
      readonly orNull: boolean
    }
  | {
      readonly kind: 'case'
      readonly branches: readonly { readonly when: Term; readonly then: Term }[]
      readonly otherwise: Term | null
    }
  | { readonly kind: 'in'; readonly input: Term; readonly values: readonly Term[] }
  | { readonly kind: 'aggregate'; readonly name: string; readonly input: Term | null }
