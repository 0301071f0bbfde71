import { typeText } from '../arrow/data-type.ts'
import { unreachable } from '../error.ts'
import type { NamedExpr } from './expr.ts'
import { inputsOf, type LogicalPlan } from './logical-plan.ts'
import { printExpr, printSortKey, printWindow } from './print-expr.ts'
import { prunedReasons, scanFigures } from './scan-figures.ts'

/** Data that `JSON.stringify` writes as it is. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

/**
 * `plan` as plain data for programs: per node its `kind`, its `schema`, what is particular to it,
 * and its `inputs`. Expressions stand as text. Names are values here and never keys.
 */
export function planToJson(plan: LogicalPlan): Json {
  return {
    kind: plan.kind,
    ...particulars(plan),
    schema: plan.schema.fields.map(({ name, type, nullable }) => ({
      name,
      type: typeText(type),
      nullable,
    })),
    inputs: inputsOf(plan).map(planToJson),
  }
}

type Particulars = { readonly [key: string]: Json }

function particulars(plan: LogicalPlan): Particulars {
  switch (plan.kind) {
    case 'scan': {
      const { columnsRead, ...figures } = scanFigures(plan)
      return {
        table: plan.table.name,
        version: plan.table.version,
        predicate: plan.predicate === null ? null : printExpr(plan.predicate),
        limit: plan.limit,
        columnsRead,
        ...figures,
        pruned: prunedReasons(plan).map(([reason, partitions]) => ({ reason, partitions })),
      }
    }
    case 'values':
      return {
        origin: plan.origin,
        rows: plan.batches.reduce((sum, { length }) => sum + length, 0),
      }
    case 'filter':
      return { predicate: printExpr(plan.predicate) }
    case 'project':
      return { columns: plan.columns.map(namedJson) }
    case 'aggregate':
      return {
        keys: plan.keys.map(namedJson),
        aggregates: plan.aggregates.map(({ name, aggregate, input, more = [], options }) => ({
          name,
          aggregate,
          input: input === null ? null : printExpr(input),
          ...(more.length > 0 && { more: more.map(printExpr) }),
          ...(options !== undefined && { options: JSON.stringify(options) }),
        })),
      }
    case 'join':
      return {
        how: plan.how,
        on: plan.leftKeys.map((left, position) => ({
          left: printExpr(left),
          right: printExpr(plan.rightKeys[position]!),
        })),
      }
    case 'sort':
      return { keys: plan.keys.map(printSortKey) }
    case 'top-k':
      return { count: plan.count, offset: plan.offset, keys: plan.keys.map(printSortKey) }
    case 'limit':
      return { count: plan.count, offset: plan.offset }
    case 'union':
      return {}
    case 'sample':
      return { ...plan.size, seed: plan.seed }
    case 'explode':
      return { column: plan.name, empty: plan.empty }
    case 'window':
      return {
        partitionBy: plan.partitionBy.map(printExpr),
        orderBy: plan.orderBy.map(printSortKey),
        outputs: plan.outputs.map((of) => ({ name: of.name, function: printWindow(of) })),
      }
    default:
      return unreachable(plan)
  }
}

const namedJson = ({ name, expr }: NamedExpr) => ({
  name,
  expr: printExpr(expr),
})
