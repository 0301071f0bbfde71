import { GraupelError } from '../error.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'
import type { ActionOptions } from './action-options.ts'
import { checkOptions, frameToArray } from './actions.ts'
import { t } from './column-type.ts'
import type { FrameState } from './frame-state.ts'
import { freshName } from './fresh-name.ts'
import { expr } from './lazy-expr.ts'
import { checkedNames, selectPlan, withColumnsPlan } from './project-verbs.ts'
import { pivotPlan } from './reshape-verbs.ts'
import { distinctPlan, sortPlan } from './row-verbs.ts'
import { requireOptions } from './time-step.ts'

const VALUES_MAX = 1000

/** Plan of `crosstab` where it is told the values. */
export function crosstabPlan(input: LogicalPlan, options: object): LogicalPlan {
  requireOptions(options, ['index', 'on', 'values'], 'crosstab')
  const { on } = options as { readonly on?: unknown }
  return pivotPlan(input, { ...options, value: on, agg: 'count' })
}

/** Plan of `crosstab` with a column for each value that a first query finds, by its text. */
export async function foundCrosstab(state: FrameState, options: object): Promise<LogicalPlan> {
  const { index, on, ...action } = options as Readonly<Record<string, unknown>>
  checkOptions(action, ['signal', 'onProgress'], 'crosstab')
  const [column, ...keys] = checkedNames(state.plan, [on, index].flat(), 'crosstab') as [
    string,
    ...string[],
  ]
  const text = freshName('_text', state.plan.schema)
  const asText = { [text]: expr({ kind: 'column', name: column }).cast(t.utf8()) }
  const input = withColumnsPlan(state.plan, () => asText)
  const different = sortPlan(distinctPlan(selectPlan(input, [column, text]), []), [column])
  const rows = await frameToArray({ ...state, plan: different }, action as ActionOptions)
  const texts = rows.map((row) => row[text]).filter((value) => value !== null)
  const values = [...new Set(texts)]
  if (values.length > VALUES_MAX) {
    const message = `crosstab: "${column}" has ${values.length} different values, more than the ${VALUES_MAX} columns that are made`
    throw new GraupelError('LIMIT', message, { values: values.length, valuesMax: VALUES_MAX })
  }
  if (values.length === 0) return distinctPlan(selectPlan(input, keys), [])
  return pivotPlan(input, { index: keys, on: text, values, value: text, agg: 'count' })
}
