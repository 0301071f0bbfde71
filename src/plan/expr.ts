import type { DataType } from '../arrow/data-type.ts'
import type { KeySet } from '../arrow/key-set.ts'
import type { Scalar } from '../arrow/scalar.ts'
import type { Field } from '../arrow/schema.ts'
import type { AggregateName, FunctionName, WindowName } from './function.ts'

interface Typed {
  readonly type: DataType
  /** False promises that the value is never null. */
  readonly nullable: boolean
}

/** A column of the node's input, by name. */
export interface ColumnExpr extends Typed {
  readonly kind: 'column'
  readonly name: string
}

/** A constant in the canonical form of `type` (see `Scalar`). */
export interface LiteralExpr extends Typed {
  readonly kind: 'literal'
  readonly value: Scalar
}

/** A function of `plan/function.ts`; its arguments have the types that its signature asks for. */
export interface CallExpr extends Typed {
  readonly kind: 'call'
  readonly name: FunctionName
  readonly args: readonly Expr[]
}

/** A change of type; `orNull` gives null where the value cannot be had, instead of an error. */
export interface CastExpr extends Typed {
  readonly kind: 'cast'
  readonly input: Expr
  readonly orNull: boolean
}

/** The first branch whose `when` is true; a branch is evaluated only for its own rows. */
export interface CaseExpr extends Typed {
  readonly kind: 'case'
  readonly branches: readonly { readonly when: Expr; readonly then: Expr }[]
  readonly otherwise: Expr
}

/** SQL's IN over constants of the input's type: null when not found and one of them is null. */
export interface InExpr extends Typed {
  readonly kind: 'in'
  readonly input: Expr
  readonly values: readonly Scalar[]
}

/** Whether whole numbers are among keys that were found while the query runs; null where null. */
export interface MemberExpr extends Typed {
  readonly kind: 'member'
  readonly input: Expr
  readonly keys: KeySet
}

/**
 * A function that the user wrote. It is code of this process: it runs in the thread that the query
 * was asked in, is never computed ahead, and no result that it had part in is kept for others.
 */
export interface UserFunction {
  readonly name: string
  /** Its parameters. A row with a null for one that takes none gives null, without a call. */
  readonly takes: readonly Field[]
  readonly returns: Field
  /** Whether it is called for each row with values, or for many with a list for each parameter. */
  readonly per: 'row' | 'batch'
  readonly body: (...args: readonly never[]) => unknown
}

/** A function of the user's of arguments that have the types of its parameters. */
export interface UserExpr extends Typed {
  readonly kind: 'user'
  readonly of: UserFunction
  readonly args: readonly Expr[]
}

/** An expression with its names looked up and its types settled. Frozen plain data. */
export type Expr =
  | ColumnExpr
  | LiteralExpr
  | CallExpr
  | CastExpr
  | CaseExpr
  | InExpr
  | MemberExpr
  | UserExpr

/** An output column: its name and how it is computed. */
export interface NamedExpr {
  readonly name: string
  readonly expr: Expr
}

/** What an aggregate is told besides its inputs. */
export interface AggregateOptions {
  /** Of quantiles: which part of the values lies below, 0 to 1. */
  readonly at?: number
  /** Of approxTopK: how many values. */
  readonly count?: number
  /** Of listAgg: what stands between two texts, whether each stands once, and how it is ordered. */
  readonly separator?: string
  readonly distinct?: boolean
  readonly orders?: readonly Omit<SortKey, 'expr'>[]
}

/** One aggregate over the rows of a group. `input` is null only for `count` of rows. */
export interface AggregateExpr extends Typed {
  readonly name: string
  readonly aggregate: AggregateName
  readonly input: Expr | null
  /** Its other inputs, where it has more than one. */
  readonly more?: readonly Expr[]
  readonly options?: AggregateOptions
}

export interface SortKey {
  readonly expr: Expr
  readonly descending: boolean
  readonly nulls: 'first' | 'last'
}

/**
 * The rows around a row that a function looks at, both ends included: of `rows` counted in rows, of
 * `range` in the value of the order key, the row itself being 0. Infinite is the partition's end.
 */
export interface Frame {
  readonly unit: 'rows' | 'range'
  readonly from: number
  readonly to: number
}

/** One output of a window. */
export interface WindowExpr extends Typed {
  readonly name: string
  readonly function: WindowName | AggregateName
  /** The value, for lag and lead the one that stands where there is no such row, and all of an aggregate. */
  readonly inputs: readonly Expr[]
  readonly options?: AggregateOptions
  /** Of lag and lead rows, of nth which, of ntile how many; else 0. */
  readonly count: number
  readonly ignoreNulls: boolean
  /** Null for functions of the whole partition and of the order alone. */
  readonly frame: Frame | null
}
