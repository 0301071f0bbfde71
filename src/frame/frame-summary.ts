import { typeText } from '../arrow/data-type.ts'
import { clip } from '../error.ts'
import { inputsOf, type LogicalPlan } from '../plan/logical-plan.ts'
import type { FrameState } from './frame-state.ts'

/** A frame as `console.log` shows it: columns and steps, without running anything. */
export function frameSummary(word: string, { plan }: FrameState): string {
  const columns = plan.schema.fields.map(
    ({ name, type, nullable }) =>
      `${clip(JSON.stringify(name).slice(1, -1))}: ${typeText(type)}${nullable ? '?' : ''}`,
  )
  const shown =
    columns.length <= 12 ? columns : [...columns.slice(0, 11), `… ${columns.length - 11} more`]
  return `${word} { ${shown.join(', ')} } · ${stepsText(plan)} · await .show()`
}

/** What the plan does, first step first, along its left side. */
function stepsText(plan: LogicalPlan): string {
  const words: string[] = []
  for (let node: LogicalPlan | undefined = plan; node !== undefined; node = inputsOf(node)[0]) {
    if (node.kind === 'scan') words.push(node.table.name)
    else words.push(node.kind === 'values' ? `${node.origin} in memory` : node.kind)
  }
  return words.reverse().join(' → ')
}
