import { fieldNamed } from '../arrow/schema.ts'
import { clip, invalid } from '../error.ts'
import { filter, type LogicalPlan, limit, sample, union } from '../plan/logical-plan.ts'
import { resolveTerm } from '../plan/resolve-term.ts'
import { expr, termFrom } from './lazy-expr.ts'
import { checkedNames } from './project-verbs.ts'

/** Plans of `randomSplit`: every row is in one of them, by chances in proportion to `weights`. */
export function randomSplitPlans(
  input: LogicalPlan,
  weights: unknown,
  options: unknown,
): LogicalPlan[] {
  if (!Array.isArray(weights) || weights.length === 0 || !weights.every(isWeight)) {
    throw invalid('randomSplit: weights have to be numbers above 0, e.g. [0.8, 0.2]')
  }
  const seed = seedOf(options, 'randomSplit')
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  return weights.map((weight, position) => {
    const from = sum / total
    sum += weight
    const to = position === weights.length - 1 ? 1 : sum / total
    return sample(input, { seed, size: { from, to } })
  })
}

/** Plan of `sampleBy`: of the rows with each value of a column a share of its own, value by value. */
export function sampleByPlan(
  input: LogicalPlan,
  name: unknown,
  fractions: unknown,
  options: unknown = {},
): LogicalPlan {
  const [column] = checkedNames(input, [name], 'sampleBy')
  const seed = seedOf(options, 'sampleBy')
  if (!Array.isArray(fractions)) {
    throw invalid("sampleBy: expected pairs of a value and a fraction, e.g. [['a', 0.1], ['b', 1]]")
  }
  const { type } = fieldNamed(input.schema, column!)
  const seen = new Set<unknown>()
  const strata = fractions.map((pair: unknown) => {
    const [value, fraction] = Array.isArray(pair) ? (pair as unknown[]) : []
    if (typeof fraction !== 'number' || !(fraction >= 0 && fraction <= 1)) {
      throw invalid('sampleBy: a fraction has to be a number of 0 to 1', { value, fraction })
    }
    if (seen.has(value)) throw invalid(`sampleBy: ${clip(String(value))} is given twice`, { value })
    seen.add(value)
    const wanted = expr({ kind: 'literal', value, type: value === null ? type : null })
    const is = expr({ kind: 'column', name: column! }).eqNullSafe(wanted)
    const rows = filter(input, resolveTerm(termFrom(is, 'sampleBy'), input.schema))
    return sample(rows, { seed, size: { from: 0, to: fraction } })
  })
  return strata.length === 0 ? limit(input, { count: 0, offset: 0 }) : union(strata)
}

const isWeight = (weight: unknown): weight is number =>
  typeof weight === 'number' && weight > 0 && Number.isFinite(weight)

function seedOf(options: unknown, verb: string): number {
  const { seed = 0, ...rest } = Object(options) as Record<string, unknown>
  const wrong = Object.keys(rest)[0]
  if (wrong !== undefined) {
    throw invalid(`${verb}: unknown option "${clip(wrong)}"; options: seed`)
  }
  if (Number.isSafeInteger(seed)) return seed as number
  throw invalid(`${verb}: seed has to be a whole number`)
}
