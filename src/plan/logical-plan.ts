import type { Batch } from '../arrow/batch.ts'
import { isNested, typesEqual, typeText } from '../arrow/data-type.ts'
import { type Field, field, fieldNamed, fieldNames, type Schema, schema } from '../arrow/schema.ts'
import type { PartitionSet } from '../catalog/model/partition-set.ts'
import { type Column, type TableSnapshot, tableSchema } from '../catalog/model/table.ts'
import { clip, invalid, unreachable } from '../error.ts'
import type { AggregateExpr, Expr, NamedExpr, SortKey, WindowExpr } from './expr.ts'

/**
 * What a query means, as plain frozen data. A node knows its inputs and the schema it yields; it
 * does not know how it will be run. Nodes are made only by the constructors on this page.
 */
export type LogicalPlan =
  | Scan
  | Values
  | Filter
  | Project
  | Aggregate
  | Join
  | Sort
  | TopK
  | Limit
  | Union
  | Window
  | Sample
  | Explode

interface Node {
  readonly schema: Schema
}

/** Rows of a table at one version, partitions ascending, rows of a partition in file order. */
export interface Scan extends Node {
  readonly kind: 'scan'
  readonly table: TableSnapshot
  /** The columns that are read, in output order; a subset of the table's. */
  readonly columns: readonly Column[]
  /** Only rows for which this is true are yielded. Over the table's columns, not only those read. */
  readonly predicate: Expr | null
  /** At most this many rows are needed; the scan may yield more. */
  readonly limit: number | null
  /** Null until the catalog has been asked. */
  readonly partitions: ScanPartitions | null
}

/** What a scan will open, and why not the rest. */
export interface ScanPartitions {
  /** All live partitions, with statistics of the columns that the predicate and the aggregates name. */
  readonly all: PartitionSet
  /** Ids of those that are read, ascending. */
  readonly kept: readonly number[]
  /** Why the others are not: partition id -> the conjunct or limit that excludes it, as text. */
  readonly pruned: ReadonlyMap<number, string>
}

/** Rows in memory. */
export interface Values extends Node {
  readonly kind: 'values'
  /** For people: `rows`, `arrow`, `metadata`. */
  readonly origin: string
  readonly batches: readonly Batch[]
}

/** The rows of `input` for which `predicate` is true. Null counts as false. */
export interface Filter extends Node {
  readonly kind: 'filter'
  readonly input: LogicalPlan
  readonly predicate: Expr
}

/** Exactly `columns`, computed from each row of `input`. */
export interface Project extends Node {
  readonly kind: 'project'
  readonly input: LogicalPlan
  readonly columns: readonly NamedExpr[]
}

/**
 * One row per distinct tuple of `keys` (null equals null), keys first, then `aggregates`, groups
 * in order of first appearance. Without keys one row, also over no rows. Without aggregates: distinct.
 */
export interface Aggregate extends Node {
  readonly kind: 'aggregate'
  readonly input: LogicalPlan
  readonly keys: readonly NamedExpr[]
  readonly aggregates: readonly AggregateExpr[]
}

export type JoinHow = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'cross'

/**
 * Rows whose keys are equal and not null. Yields the left columns, then (but for semi and anti)
 * the right ones under `rightNames`. The side that may be missing becomes nullable.
 */
export interface Join extends Node {
  readonly kind: 'join'
  readonly how: JoinHow
  readonly left: LogicalPlan
  readonly right: LogicalPlan
  readonly leftKeys: readonly Expr[]
  readonly rightKeys: readonly Expr[]
  readonly rightNames: readonly string[]
}

/** All rows of `input`, stably ordered by `keys`. */
export interface Sort extends Node {
  readonly kind: 'sort'
  readonly input: LogicalPlan
  readonly keys: readonly SortKey[]
}

/** Rows `offset` to `offset + count` of `input` ordered by `keys`: a sort that keeps only those. */
export interface TopK extends Node {
  readonly kind: 'top-k'
  readonly input: LogicalPlan
  readonly keys: readonly SortKey[]
  readonly count: number
  readonly offset: number
}

/** Rows `offset` to `offset + count` of `input`, in its order. */
export interface Limit extends Node {
  readonly kind: 'limit'
  readonly input: LogicalPlan
  readonly count: number
  readonly offset: number
}

/** All rows of all inputs, one input after another; names are the first input's. */
export interface Union extends Node {
  readonly kind: 'union'
  readonly inputs: readonly LogicalPlan[]
}

/**
 * All rows of `input` in its order, with a column per output, each computed from the rows that are
 * equal in `partitionBy` (null equals null), ordered by `orderBy` and among equals as they came.
 */
export interface Window extends Node {
  readonly kind: 'window'
  readonly input: LogicalPlan
  readonly partitionBy: readonly Expr[]
  readonly orderBy: readonly SortKey[]
  readonly outputs: readonly WindowExpr[]
}

/** Some rows of `input` in its order, chosen by their numbers and `seed`, not by their values. */
export interface Sample extends Node {
  readonly kind: 'sample'
  readonly input: LogicalPlan
  readonly size: SampleSize
  readonly seed: number
}

/** A row for each value in the list of column `name`, with that value in its place. */
export interface Explode extends Node {
  readonly kind: 'explode'
  readonly input: LogicalPlan
  readonly name: string
  /** Whether a row whose list is null or empty is left out, or stays with a null. */
  readonly empty: 'dropped' | 'kept'
}

/** Rows whose chances, evenly spread from 0 to 1, are in a range (its end excluded), or how many. */
export type SampleSize = Share | { readonly rows: number }

export interface Share {
  readonly from: number
  readonly to: number
}

export function scan(table: TableSnapshot, options: Partial<ScanOptions> = {}): Scan {
  const { columns = table.columns, predicate = null, limit = null, partitions = null } = options
  const head = { kind: 'scan', table, columns, predicate, limit, partitions } as const
  return Object.freeze({ ...head, schema: tableSchema(columns) })
}

export type ScanOptions = Pick<Scan, 'columns' | 'predicate' | 'limit' | 'partitions'>

/** The same scan with some of its options replaced. */
export function withScan(of: Scan, options: Partial<ScanOptions>): Scan {
  return scan(of.table, { ...of, ...options })
}

export function values(of: Schema, batches: readonly Batch[], origin: string): Values {
  return Object.freeze({ kind: 'values', schema: of, batches, origin })
}

/** Throws INVALID unless `predicate` is bool. */
export function filter(input: LogicalPlan, predicate: Expr): Filter {
  if (predicate.type.name !== 'bool') {
    throw invalid(`a filter needs a bool, got ${typeText(predicate.type)}`, {
      type: typeText(predicate.type),
    })
  }
  return Object.freeze({ kind: 'filter', input, predicate, schema: input.schema })
}

const fieldOf = ({ name, expr }: NamedExpr): Field => field(name, expr.type, expr.nullable)

/** Throws INVALID when two columns have one name. */
export function project(input: LogicalPlan, columns: readonly NamedExpr[]): Project {
  return Object.freeze({ kind: 'project', input, columns, schema: schema(columns.map(fieldOf)) })
}

export function aggregate(
  input: LogicalPlan,
  keys: readonly NamedExpr[],
  aggregates: readonly AggregateExpr[],
): Aggregate {
  const fields = aggregates.map(({ name, type, nullable }) => field(name, type, nullable))
  const of = schema([...keys.map(fieldOf), ...fields])
  return Object.freeze({ kind: 'aggregate', input, keys, aggregates, schema: of })
}

/** Throws INVALID when the keys do not pair up in type, or names clash. */
export function join(left: LogicalPlan, right: LogicalPlan, on: JoinOptions): Join {
  const { how, leftKeys, rightKeys, rightNames } = on
  for (const [position, key] of leftKeys.entries()) {
    const other = rightKeys[position]!
    if (!typesEqual(key.type, other.type)) {
      throw invalid(`join keys differ: ${typeText(key.type)} and ${typeText(other.type)}`)
    }
  }
  const leftMissing = how === 'right' || how === 'full'
  const rightMissing = how === 'left' || how === 'full'
  const fields = left.schema.fields.map((of) => field(of.name, of.type, of.nullable || leftMissing))
  if (how !== 'semi' && how !== 'anti') {
    for (const [position, of] of right.schema.fields.entries()) {
      fields.push(field(rightNames[position]!, of.type, of.nullable || rightMissing))
    }
  }
  const head = { kind: 'join', how, left, right, leftKeys, rightKeys, rightNames } as const
  return Object.freeze({ ...head, schema: schema(fields) })
}

export type JoinOptions = Pick<Join, 'how' | 'leftKeys' | 'rightKeys' | 'rightNames'>

/** Throws INVALID for a key whose values have no order. */
export function sort(input: LogicalPlan, keys: readonly SortKey[]): Sort {
  for (const { expr } of keys) {
    if (isNested(expr.type)) throw invalid(`sort: a ${typeText(expr.type)} has no order`)
  }
  return Object.freeze({ kind: 'sort', input, keys, schema: input.schema })
}

export function topK(input: LogicalPlan, keys: readonly SortKey[], slice: Slice): TopK {
  return Object.freeze({ kind: 'top-k', input, keys, ...checked(slice), schema: input.schema })
}

/** Throws INVALID unless count and offset are whole numbers of at least 0. */
export function limit(input: LogicalPlan, slice: Slice): Limit {
  return Object.freeze({ kind: 'limit', input, ...checked(slice), schema: input.schema })
}

/** Rows `offset` to `offset + count`. */
export interface Slice {
  readonly count: number
  readonly offset: number
}

function checked({ count, offset }: Slice): Slice {
  for (const [name, value] of [
    ['count', count],
    ['offset', offset],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw invalid(`limit: ${name} must be a whole number of at least 0, got ${value}`)
    }
  }
  return { count, offset }
}

/** Throws INVALID unless the inputs have as many columns, of the same types, at least one input. */
export function union(inputs: readonly LogicalPlan[]): Union {
  const first = inputs[0]
  if (first === undefined) throw invalid('union of nothing')
  const fields = first.schema.fields.map((of, position) => {
    const others = inputs.map(({ schema: { fields } }) => fields[position])
    for (const [index, other] of others.entries()) {
      if (other === undefined || !typesEqual(of.type, other.type)) {
        const found = other === undefined ? 'nothing' : typeText(other.type)
        throw invalid(
          `union: column "${of.name}" is ${typeText(of.type)}, but ${found} in input ${index + 1}`,
        )
      }
    }
    return field(
      of.name,
      of.type,
      others.some((other) => other?.nullable === true),
    )
  })
  for (const input of inputs) {
    if (input.schema.fields.length !== fields.length) {
      throw invalid(`union: ${fields.length} columns and ${fieldNames(input.schema).length}`)
    }
  }
  return Object.freeze({ kind: 'union', inputs, schema: schema(fields) })
}

/** Throws INVALID when an output is called as a column of `input` or another output. */
export function window(input: LogicalPlan, options: WindowOptions): Window {
  const { partitionBy, orderBy, outputs } = options
  const added = outputs.map(({ name, type, nullable }) => field(name, type, nullable))
  const of = schema([...input.schema.fields, ...added])
  return Object.freeze({ kind: 'window', input, partitionBy, orderBy, outputs, schema: of })
}

export type WindowOptions = Pick<Window, 'partitionBy' | 'orderBy' | 'outputs'>

export function sample(input: LogicalPlan, { size, seed }: Pick<Sample, 'size' | 'seed'>): Sample {
  return Object.freeze({ kind: 'sample', input, size, seed, schema: input.schema })
}

/** Throws INVALID unless the column holds lists, NOT_FOUND when there is none. */
export function explode(input: LogicalPlan, { name, empty }: ExplodeOptions): Explode {
  const { type } = fieldNamed(input.schema, name)
  if (type.name !== 'list') {
    throw invalid(`explode needs a list, column "${clip(name)}" is ${typeText(type)}`, {
      column: name,
    })
  }
  const fields = input.schema.fields.map((of) =>
    of.name === name ? field(name, type.of, true) : of,
  )
  return Object.freeze({ kind: 'explode', input, name, empty, schema: schema(fields) })
}

export type ExplodeOptions = Pick<Explode, 'name' | 'empty'>

export function inputsOf(plan: LogicalPlan): readonly LogicalPlan[] {
  switch (plan.kind) {
    case 'scan':
    case 'values':
      return []
    case 'join':
      return [plan.left, plan.right]
    case 'union':
      return plan.inputs
    default:
      return [plan.input]
  }
}

/** `plan` with each input replaced by `rewrite(input)`; the same object when nothing changed. */
export function mapInputs(
  plan: LogicalPlan,
  rewrite: (input: LogicalPlan) => LogicalPlan,
): LogicalPlan {
  const before = inputsOf(plan)
  const after = before.map(rewrite)
  if (after.every((input, position) => input === before[position])) return plan
  const input = after[0]!
  switch (plan.kind) {
    case 'scan':
    case 'values':
      return plan
    case 'filter':
      return filter(input, plan.predicate)
    case 'project':
      return project(input, plan.columns)
    case 'aggregate':
      return aggregate(input, plan.keys, plan.aggregates)
    case 'join':
      return join(input, after[1]!, plan)
    case 'sort':
      return sort(input, plan.keys)
    case 'top-k':
      return topK(input, plan.keys, plan)
    case 'limit':
      return limit(input, plan)
    case 'union':
      return union(after)
    case 'window':
      return window(input, plan)
    case 'sample':
      return sample(input, plan)
    case 'explode':
      return explode(input, plan)
    default:
      return unreachable(plan)
  }
}
