import { batch } from '../../arrow/batch.ts'
import type { Scalar } from '../../arrow/scalar.ts'
import { substitute } from '../expr-walk.ts'
import { type Aggregate, type LogicalPlan, values } from '../logical-plan.ts'
import { type KnownRows, metadataAnswer } from '../metadata-answer.ts'
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
  const totals: KnownRows = {
    rows: partitions.reduce((rows, partition) => rows + partition.rows, 0),
    known: partitions.map(statisticsOf),
  }
  const answers: Scalar[] = []
  for (const of of plan.aggregates) {
    const input = of.input && substitute(of.input, inputs?.columns ?? [])
    const answer = metadataAnswer({ ...of, input }, totals)
    if (answer === undefined) return plan
    answers.push(answer)
  }
  return valuesOf(plan, answers)
}

function valuesOf({ schema }: Aggregate, answers: readonly Scalar[]): LogicalPlan {
  const columns = answers.map((value, position) =>
    scalarVector(value, schema.fields[position]!.type),
  )
  return values(schema, [batch(schema, columns, 1)], 'metadata')
}
