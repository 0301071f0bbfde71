import { batch, concatBatches } from '../../arrow/batch.ts'
import { type DataType, integerRange, isFloat } from '../../arrow/data-type.ts'
import type { Scalar } from '../../arrow/scalar.ts'
import { fieldNamed } from '../../arrow/schema.ts'
import type { Partition } from '../../catalog/model/table.ts'
import type { StatisticsOf } from '../bounds.ts'
import type { AggregateExpr, NamedExpr } from '../expr.ts'
import { columnExpr, substitute } from '../expr-walk.ts'
import {
  type Aggregate,
  aggregate,
  type LogicalPlan,
  project,
  type Scan,
  union,
  values,
  withScan,
} from '../logical-plan.ts'
import { constantIn, metadataAnswer } from '../metadata-answer.ts'
import { alwaysMatches } from '../prune.ts'
import { scalarVector } from '../scalar-vector.ts'
import { keptPartitions, statisticsIn } from '../scan-statistics.ts'

const REASON = 'answered from metadata'
/** Pieces into which the partitions of an aggregate with keys may be cut, to keep their order. */
const PIECES_MAX = 64

/**
 * Answers for those partitions whose statistics say all there is to say, and reads the others.
 *
 *     Aggregate k: count(), max(x)          Aggregate k: sum(count), max(max)
 *       Scan t where p  partitions 96         Union
 *                                     ==>       Values (metadata)
 *                                               Aggregate k: count(), max(x)
 *                                                 Scan t where p  partitions 2
 *
 * Holds because every row of such a partition is proved to pass p and to have one value of each
 * key, and the count, end or sum of such parts is that of the whole. Groups keep the order of their
 * first rows, since the pieces stand in the order of partitions. Applied to count, min, max, and to
 * sums of whole numbers and decimals that cannot overflow in a part, whatever the signs. Not
 * applied when nothing is left to read, which `answerFromMetadata` does, nor when the partitions
 * would fall into too many pieces. Costs one look at each partition.
 */
export function answerPartlyFromMetadata(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'aggregate') return plan
  const inputs = plan.input.kind === 'project' ? plan.input.columns : null
  const from = plan.input.kind === 'project' ? plan.input.input : plan.input
  if (from.kind !== 'scan' || from.partitions === null || from.limit !== null) return plan
  const over = (of: NamedExpr) => ({ ...of, expr: substitute(of.expr, inputs ?? []) })
  const keys = plan.keys.map(over)
  const aggregates = plan.aggregates.map((of) => {
    return { ...of, input: of.input && substitute(of.input, inputs ?? []) }
  })
  const statisticsOf = statisticsIn(from.table, from.partitions.all)
  const kept = keptPartitions(from.partitions.all, from.partitions.kept)
  if (!aggregates.every((of) => isMergeable(of, kept, statisticsOf))) return plan
  const rows = kept.map((partition) => {
    const known = statisticsOf(partition)
    if (from.predicate !== null && !alwaysMatches(from.predicate, known)) return undefined
    return rowOf(keys, aggregates, partition, known)
  })
  if (rows.every((row) => row === undefined)) return plan
  const pieces = keys.length === 0 ? apart(kept, rows) : inOrder(kept, rows)
  if (pieces.length > PIECES_MAX) return plan
  const answered = new Set(kept.filter((_, position) => rows[position] !== undefined))
  return totalOf(
    plan,
    pieces.map((piece) => pieceOf(plan, from, piece, answered)),
  )
}

/** Partitions side by side that are all read, or the rows that stand for them. */
interface Piece {
  readonly read: readonly Partition[]
  readonly rows: readonly (readonly Scalar[])[]
}

/** The row that stands for all of `partition`; undefined when it has to be read. */
function rowOf(
  keys: readonly NamedExpr[],
  aggregates: readonly AggregateExpr[],
  { rows }: Partition,
  known: StatisticsOf,
): Scalar[] | undefined {
  if (rows === 0) return undefined
  const row: Scalar[] = []
  for (const { expr } of keys) {
    const value = constantIn(expr, known)
    if (value === undefined) return undefined
    row.push(value)
  }
  for (const of of aggregates) {
    const value = metadataAnswer(of, { rows, known: [known] })
    if (value === undefined) return undefined
    row.push(value)
  }
  return row
}

/** Without keys order does not matter. */
function apart(
  kept: readonly Partition[],
  rows: readonly (readonly Scalar[] | undefined)[],
): Piece[] {
  const read = kept.filter((_, position) => rows[position] === undefined)
  const answered = { read: [], rows: rows.filter((row) => row !== undefined) }
  return read.length === 0 ? [answered] : [answered, { read, rows: [] }]
}

function inOrder(
  kept: readonly Partition[],
  rows: readonly (readonly Scalar[] | undefined)[],
): Piece[] {
  const pieces: { read: Partition[]; rows: (readonly Scalar[])[] }[] = []
  for (const [position, partition] of kept.entries()) {
    const row = rows[position]
    const last = pieces.at(-1)
    if (row === undefined) {
      if (last !== undefined && last.rows.length === 0) last.read.push(partition)
      else pieces.push({ read: [partition], rows: [] })
    } else if (last !== undefined && last.rows.length > 0) last.rows.push(row)
    else pieces.push({ read: [], rows: [row] })
  }
  return pieces
}

function pieceOf(
  plan: Aggregate,
  from: Scan,
  { read, rows }: Piece,
  answered: ReadonlySet<Partition>,
): LogicalPlan {
  const { schema } = plan
  if (rows.length > 0) {
    const batches = rows.map((row) => {
      const columns = row.map((value, position) =>
        scalarVector(value, schema.fields[position]!.type),
      )
      return batch(schema, columns, 1)
    })
    return values(schema, [concatBatches(schema, batches)], 'metadata')
  }
  const { all, pruned } = from.partitions!
  const reasons = new Map(pruned)
  for (const { id } of answered) reasons.set(id, REASON)
  const kept = Object.freeze(read.map(({ id }) => id))
  const scan = withScan(from, { partitions: Object.freeze({ all, kept, pruned: reasons }) })
  const input = plan.input.kind === 'project' ? project(scan, plan.input.columns) : scan
  return aggregate(input, plan.keys, plan.aggregates)
}

function totalOf(plan: Aggregate, pieces: readonly LogicalPlan[]): LogicalPlan {
  const input = union(pieces)
  const named = (name: string) => columnExpr(fieldNamed(input.schema, name))
  return aggregate(
    input,
    plan.keys.map(({ name }) => ({ name, expr: named(name) })),
    plan.aggregates.map((of): AggregateExpr => {
      const again = of.aggregate === 'count' ? 'sum' : of.aggregate
      return { ...of, aggregate: again, input: named(of.name) }
    }),
  )
}

function isMergeable(
  { aggregate: name, input, type }: AggregateExpr,
  kept: readonly Partition[],
  statisticsOf: (partition: Partition) => StatisticsOf,
): boolean {
  if (name === 'count' || name === 'min' || name === 'max') return true
  if (name !== 'sum' || input?.kind !== 'column' || isFloat(type)) return false
  let most = 0n
  for (const partition of kept) {
    const known = statisticsOf(partition)(input.name)
    if (known === undefined) return false
    if (known !== 'all-null') most += largestSum(known.statistics.min, known.statistics.max, known)
  }
  return most <= integerRange(type as DataType)[1]
}

/** No part of a partition can have a sum beyond this. */
function largestSum(min: Scalar, max: Scalar, { rows }: { readonly rows: number }): bigint {
  let largest = 0n
  for (const end of [min, max]) {
    if (typeof end !== 'bigint' && !(typeof end === 'number' && Number.isInteger(end))) continue
    const size = end < 0 ? -BigInt(end) : BigInt(end)
    if (size > largest) largest = size
  }
  return largest * BigInt(rows)
}
