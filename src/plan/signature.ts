import type { DataType } from '../arrow/data-type.ts'
import type { Expr } from './expr.ts'
import type { AggregateName, FunctionName } from './function.ts'

export interface Signature {
  readonly args: readonly Expr[]
  readonly type: DataType
  readonly nullable: boolean
}

export function signature(_name: FunctionName, args: readonly Expr[]): Signature {
  return { args, type: args[0]!.type, nullable: true }
}
export function aggregateSignature(_name: AggregateName, input: Expr | null): Omit<Signature, 'args'> {
  return { type: input!.type, nullable: true }
}
