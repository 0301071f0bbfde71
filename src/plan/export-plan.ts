import { type DataType, typeText } from '../arrow/data-type.ts'
import { type Scalar, scalarAt, scalarText } from '../arrow/scalar.ts'
import type { Schema } from '../arrow/schema.ts'
import { clip, GraupelError, invalid, unreachable } from '../error.ts'
import type { AggregateExpr, Expr, NamedExpr, SortKey, WindowExpr } from './expr.ts'
import type { LogicalPlan, Scan, Values } from './logical-plan.ts'
import type { Json } from './plan-json.ts'

export const PLAN_FORMAT = 'graupel-plan'
export const PLAN_VERSION = 1
/** Rows in memory that a plan takes along. */
const VALUES_ROWS_MAX = 10_000

type JsonObject = { readonly [key: string]: Json }

/** A plan for other programs; `docs/remote.md` tells what stands in it. */
export interface PlanJson {
  readonly format: typeof PLAN_FORMAT
  readonly version: typeof PLAN_VERSION
  readonly plan: Json
}

/**
 * `plan` as JSON for other programs, which `importPlan` reads back. Names are values and never keys;
 * constants stand as the text of the storage format, so that none loses a digit. Partitions are no part
 * of it: a table at a version has those that its metadata tells.
 *
 * Throws LIMIT for more than 10,000 rows in memory.
 */
export function exportPlan(plan: LogicalPlan): PlanJson {
  return { format: PLAN_FORMAT, version: PLAN_VERSION, plan: nodeJson(plan) }
}

function nodeJson(plan: LogicalPlan): JsonObject {
  const { kind } = plan
  switch (kind) {
    case 'scan':
      return scanJson(plan)
    case 'values':
      return valuesJson(plan)
    case 'filter':
      return { kind, input: nodeJson(plan.input), predicate: exprJson(plan.predicate) }
    case 'project':
      return { kind, input: nodeJson(plan.input), columns: plan.columns.map(namedJson) }
    case 'aggregate': {
      const [keys, aggregates] = [plan.keys.map(namedJson), plan.aggregates.map(aggregateJson)]
      return { kind, input: nodeJson(plan.input), keys, aggregates }
    }
    case 'join': {
      const { how, left, right, leftKeys, rightKeys, rightNames } = plan
      const keys = { leftKeys: leftKeys.map(exprJson), rightKeys: rightKeys.map(exprJson) }
      return { kind, how, left: nodeJson(left), right: nodeJson(right), ...keys, rightNames }
    }
    case 'sort':
      return { kind, input: nodeJson(plan.input), keys: plan.keys.map(sortJson) }
    case 'top-k': {
      const { input, keys, count, offset } = plan
      return { kind, input: nodeJson(input), keys: keys.map(sortJson), count, offset }
    }
    case 'limit':
      return { kind, input: nodeJson(plan.input), count: plan.count, offset: plan.offset }
    case 'union':
      return { kind, inputs: plan.inputs.map(nodeJson) }
    case 'window': {
      const [orderBy, outputs] = [plan.orderBy.map(sortJson), plan.outputs.map(windowJson)]
      const partitionBy = plan.partitionBy.map(exprJson)
      return { kind, input: nodeJson(plan.input), partitionBy, orderBy, outputs }
    }
    case 'explode':
      return { kind, input: nodeJson(plan.input), name: plan.name, empty: plan.empty }
    case 'sample':
      return { kind, input: nodeJson(plan.input), size: { ...plan.size }, seed: plan.seed }
    default:
      return unreachable(plan)
  }
}

function scanJson({ kind, table, columns, predicate, limit }: Scan): JsonObject {
  const { name, tableId, storeUrl, folder, version, clusterBy } = table
  const held = table.columns.map(({ id, name, type, nullable, folder, ...more }) => ({
    id,
    name,
    type: typeText(type),
    nullable,
    folder,
    ...(more.header !== undefined && { header: more.header }),
    ...(more.default !== undefined && { default: scalarJson(more.default, type) }),
  }))
  return {
    kind,
    table: { name, tableId, storeUrl, folder, version, clusterBy, columns: held },
    columns: columns.map(({ id }) => id),
    predicate: predicate === null ? null : exprJson(predicate),
    limit,
  }
}

function valuesJson({ kind, origin, batches, schema }: Values): JsonObject {
  const count = batches.reduce((sum, { length }) => sum + length, 0)
  if (count > VALUES_ROWS_MAX) {
    const message = `toPlan: ${count} rows in memory, a plan takes at most ${VALUES_ROWS_MAX} along`
    throw new GraupelError('LIMIT', message, { rows: count, rowsMax: VALUES_ROWS_MAX })
  }
  const rows = batches.flatMap(({ columns, length }) =>
    Array.from({ length }, (_, row) =>
      columns.map((vector) => scalarJson(scalarAt(vector, row), vector.type)),
    ),
  )
  return { kind, origin, columns: fieldsJson(schema), rows }
}

const fieldsJson = ({ fields }: Schema): Json =>
  fields.map(({ name, type, nullable }) => ({ name, type: typeText(type), nullable }))

const scalarJson = (value: Scalar, type: DataType): Json =>
  value === null ? null : scalarText(value, type)

const namedJson = ({ name, expr }: NamedExpr) => ({ name, expr: exprJson(expr) })

const sortJson = ({ expr, descending, nulls }: SortKey) => ({
  expr: exprJson(expr),
  descending,
  nulls,
})

function exprJson(expr: Expr): JsonObject {
  const { kind } = expr
  const type = typeText(expr.type)
  switch (kind) {
    case 'column':
      return { kind, name: expr.name, type }
    case 'literal':
      return { kind, value: scalarJson(expr.value, expr.type), type }
    case 'call':
      return { kind, name: expr.name, args: expr.args.map(exprJson), type }
    case 'cast':
      return { kind, input: exprJson(expr.input), orNull: expr.orNull, type }
    case 'case': {
      const branches = expr.branches.map(({ when, then }) => ({
        when: exprJson(when),
        value: exprJson(then),
      }))
      return { kind, branches, otherwise: exprJson(expr.otherwise), type }
    }
    case 'in': {
      const values = expr.values.map((value) => scalarJson(value, expr.input.type))
      return { kind, input: exprJson(expr.input), values, type }
    }
    case 'member':
      throw invalid('toPlan: keys that are found while a query runs are no part of a plan')
    case 'user':
      throw invalid(
        `toPlan: "${clip(expr.of.name)}" is a function of your own, which no plan can hold`,
      )
    default:
      return unreachable(expr)
  }
}

function aggregateJson({ name, aggregate, input, more, options }: AggregateExpr): JsonObject {
  return {
    name,
    aggregate,
    input: input === null ? null : exprJson(input),
    ...(more && { more: more.map(exprJson) }),
    ...(options && { options: { ...options } as unknown as JsonObject }),
  }
}

/** Ends of a frame that are the partition's are null, since JSON has no infinity. */
function windowJson(of: WindowExpr): JsonObject {
  const { name, function: called, inputs, options, count, ignoreNulls, frame, type, nullable } = of
  const end = (rows: number): Json => (Number.isFinite(rows) ? rows : null)
  const held = frame && { unit: frame.unit, from: end(frame.from), to: end(frame.to) }
  return {
    name,
    function: called,
    inputs: inputs.map(exprJson),
    ...(options && { options: { ...options } as unknown as JsonObject }),
    count,
    ignoreNulls,
    frame: held,
    type: typeText(type),
    nullable,
  }
}
