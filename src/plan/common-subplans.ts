import { schemaText } from '../arrow/schema.ts'
import { estimateRows } from './estimate-rows.ts'
import { inputsOf, type LogicalPlan } from './logical-plan.ts'
import { planKey } from './plan-key.ts'

/** Rows that are likely to come out, up to which they are held for whoever asks again. */
const ROWS_MAX = 100_000

const DEAR = new Set<LogicalPlan['kind']>(['aggregate', 'join', 'top-k', 'sort'])

/**
 * The parts of a bound plan that stand in it more than once, each with a text that it shares with
 * its likes and with nothing else. Only those that take some work and are likely to give few rows.
 * Of parts within such parts nothing is said where they stand nowhere else.
 *
 * @param storeName As for `planKey`.
 */
export function commonSubplans(
  plan: LogicalPlan,
  storeName: (url: string) => string,
): ReadonlyMap<LogicalPlan, string> {
  const alike = new Map<string, LogicalPlan[]>()
  const look = (node: LogicalPlan): void => {
    if (DEAR.has(node.kind)) {
      const looks = `${node.kind} ${schemaText(node.schema)}`
      alike.set(looks, [...(alike.get(looks) ?? []), node])
    }
    for (const input of inputsOf(node)) look(input)
  }
  look(plan)
  const byKey = new Map<string, LogicalPlan[]>()
  for (const nodes of alike.values()) {
    if (nodes.length < 2) continue
    for (const node of nodes) {
      const key = planKey(node, storeName)
      if (key !== null) byKey.set(key, [...(byKey.get(key) ?? []), node])
    }
  }
  const found = new Map<LogicalPlan, string>()
  for (const [key, nodes] of byKey) {
    if (nodes.length < 2 || estimateRows(nodes[0]!) > ROWS_MAX) continue
    for (const node of nodes) found.set(node, key)
  }
  return outermost(plan, found)
}

/** `found` without parts whose every place is within another part that stands as often. */
function outermost(
  plan: LogicalPlan,
  found: ReadonlyMap<LogicalPlan, string>,
): ReadonlyMap<LogicalPlan, string> {
  if (found.size === 0) return found
  const kept = new Set<string>()
  const look = (node: LogicalPlan, isWithin: boolean): void => {
    const key = found.get(node)
    if (key !== undefined && !isWithin) kept.add(key)
    for (const input of inputsOf(node)) look(input, isWithin || key !== undefined)
  }
  look(plan, false)
  return new Map([...found].filter(([, key]) => kept.has(key)))
}
