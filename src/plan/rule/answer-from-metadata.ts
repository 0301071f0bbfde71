import { batch } from '../../arrow/batch.ts'
import { type DataType, integerRange, isExact, isFloat, isNumeric } from '../../arrow/data-type.ts'
import { compareScalars, type Scalar } from '../../arrow/scalar.ts'
import type { ColumnStatistics } from '../../arrow/statistics.ts'
import type { StatisticsOf } from '../bounds.ts'
import type { AggregateExpr } from '../expr.ts'
import { substitute } from '../expr-walk.ts'
import { type Aggregate, type LogicalPlan, values } from '../logical-plan.ts'
import { scalarVector } from '../scalar-vector.ts'
import { keptPartitions, statisticsIn } from '../scan-statistics.ts'

/**
 * Answers totals from the statistics of partitions, and reads no row.
 *
 *     Aggregate count(), max(x)     ==>     Values (metadata)
 *       Scan t
 *
 * Holds because the statistics that are used are exact: rows, nulls, least, greatest and sum of
 * each partition that the scan keeps, where the scan has no predicate (or none any more). Applied
 * to count, min, max, and sum of whole numbers and decimals, all or nothing. Not applied to a
 * column of floats with NaN or a bound of 0 (which may stand for -0), to a bound of long text that
 * is cut, nor to a sum that overflows, which is for the engine to report. Costs one look at each
 * partition.
 */
export function answerFromMetadata(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'aggregate' || plan.keys.length > 0) return plan
  const inputs = plan.input.kind === 'project' ? plan.input : null
  const from = inputs === null ? plan.input : inputs.input
  if (from.kind !== 'scan' || from.partitions === null) return plan
  if (from.predicate !== null || from.limit !== null) return plan
  const { all, kept } = from.partitions
  const partitions = keptPartitions(all, kept)
  const statisticsOf = statisticsIn(from.table, all)
  const totals: Totals = {
    rows: partitions.reduce((rows, partition) => rows + partition.rows, 0),
    known: partitions.map(statisticsOf),
  }
  const answers: Scalar[] = []
  for (const of of plan.aggregates) {
    const input = of.input && substitute(of.input, inputs?.columns ?? [])
    const answer = answerOf({ ...of, input }, totals)
    if (answer === undefined) return plan
    answers.push(answer)
  }
  return valuesOf(plan, answers)
}

interface Totals {
  readonly rows: number
  /** Per kept partition. */
  readonly known: readonly StatisticsOf[]
}

function valuesOf({ schema }: Aggregate, answers: readonly Scalar[]): LogicalPlan {
  const columns = answers.map((value, position) =>
    scalarVector(value, schema.fields[position]!.type),
  )
  return values(schema, [batch(schema, columns, 1)], 'metadata')
}

function answerOf(of: AggregateExpr, totals: Totals): Scalar | undefined {
  const { aggregate, input, type } = of
  if (input === null) return aggregate === 'count' ? BigInt(totals.rows) : undefined
  if (input.kind !== 'column') return undefined
  const parts: ColumnStatistics[] = []
  for (const statisticsOf of totals.known) {
    const known = statisticsOf(input.name)
    if (known === undefined) return undefined
    if (known !== 'all-null' && known.statistics.rows !== known.rows) return undefined
    if (known !== 'all-null') parts.push(known.statistics)
  }
  switch (aggregate) {
    case 'count':
      return parts.reduce((count, { rows, nulls }) => count + BigInt(rows - nulls), 0n)
    case 'min':
    case 'max':
      return endOf(parts, aggregate, type)
    case 'sum':
      return sumOf(parts, input.type, type)
    default:
      return undefined
  }
}

function endOf(
  parts: readonly ColumnStatistics[],
  aggregate: 'min' | 'max',
  type: DataType,
): Scalar | undefined {
  let end: Scalar = null
  for (const of of parts) {
    if (of.nans > 0) return undefined
    if (of.rows === of.nulls) continue
    const value = of[aggregate]
    if (value === null) return undefined
    if (!(aggregate === 'min' ? of.minExact : of.maxExact)) return undefined
    const order = end === null ? 0 : compareScalars(value, end)
    if (end === null || (aggregate === 'min' ? order < 0 : order > 0)) end = value
  }
  return isFloat(type) && end === 0 ? undefined : end
}

function sumOf(
  parts: readonly ColumnStatistics[],
  from: DataType,
  type: DataType,
): Scalar | undefined {
  if (!isNumeric(from) || !isExact(from)) return undefined
  let total: bigint | null = null
  for (const { sum, rows, nulls } of parts) {
    if (rows === nulls) continue
    if (sum === null) return undefined
    total = (total ?? 0n) + sum
  }
  const [least, greatest] = integerRange(type)
  return total !== null && (total < least || total > greatest) ? undefined : total
}
