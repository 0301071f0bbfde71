import { type DataType, typeText } from '../arrow/data-type.ts'
import { fieldNamed } from '../arrow/schema.ts'
import { clip, invalid } from '../error.ts'
import type { NamedTerm } from '../plan/aggregate-terms.ts'
import { columnExpr } from '../plan/expr-walk.ts'
import { type LogicalPlan, project } from '../plan/logical-plan.ts'
import { resolveTerm } from '../plan/resolve-term.ts'
import type { Term, WindowOver } from '../plan/term.ts'
import { mapTerm, someTerm } from '../plan/term-walk.ts'
import { windowTerms } from '../plan/window-terms.ts'
import { outputTerms } from './outputs.ts'
import { dropNullsPlan } from './project-verbs.ts'
import {
  closedOf,
  fixedMicros,
  requireOptions,
  requirePartsOf,
  stepOf,
  timeColumn,
} from './time-step.ts'

/** The groups of `rolling`: what to compute, and from which rows around each row. */
export interface Rolling {
  readonly plan: LogicalPlan
  readonly keys: readonly string[]
  readonly over: WindowOver
}

/** Throws INVALID for no time, and for a period in months or years, which have no one length. */
export function rollingRows(input: LogicalPlan, name: unknown, options: unknown): Rolling {
  const verb = 'rolling'
  const given = Object(options) as Record<string, unknown>
  requireOptions(given, ['period', 'closed', 'by'], verb)
  const time = timeColumn(input, name, { by: given['by'], verb })
  const step = stepOf(given['period'], { option: 'period', verb })
  requirePartsOf(time, [step], verb)
  const micros = fixedMicros(step)
  if (micros === undefined) {
    throw invalid(`rolling: a ${step.unit} has no one length; say the period in weeks or shorter`)
  }
  const closed = closedOf(given['closed'] ?? 'right', verb)
  const unit = unitMicros(time.type)
  if (micros % unit !== 0n) {
    throw invalid(`rolling: "${clip(time.column)}" is ${typeText(time.type)}, which is not so fine`)
  }
  const length = Number(micros / unit)
  const from = closed === 'left' || closed === 'both' ? -length : 1 - length
  const to = closed === 'right' || closed === 'both' ? 0 : -1
  if (from > to) throw invalid(`rolling: ${String(given['period'])} without its ends is nothing`)
  // Frames count dates in days, timestamps in milliseconds.
  const scale = time.type.name === 'timestamp' && time.type.unit === 'us' ? 1000 : 1
  const column = (of: string): Term => ({ kind: 'column', name: of })
  const over: WindowOver = {
    partitionBy: time.keys.map(column),
    orderBy: [{ term: column(time.column), descending: false, nulls: 'last' }],
    frame: { unit: 'range', from: from / scale, to: to / scale },
  }
  const plan = dropNullsPlan(input, [time.column])
  return { plan, keys: [...time.keys, time.column], over }
}

/** Plan of `rolling(...).agg(...)`: each aggregate as a window that moves. */
export function rollingPlan({ plan, keys, over }: Rolling, callback: unknown): LogicalPlan {
  const outputs = outputTerms(callback, plan.schema, 'agg').map(({ name, term }): NamedTerm => {
    return { name, term: mapTerm(term, (part) => overRows(part, keys, over)) }
  })
  const { input, outputs: outer } = windowTerms(plan, outputs)
  const own = keys.map((name) => ({ name, expr: columnExpr(fieldNamed(plan.schema, name)) }))
  const made = outer.map(({ name, term }) => ({ name, expr: resolveTerm(term, input.schema) }))
  return project(input, [...own, ...made])
}

function overRows(part: Term, keys: readonly string[], over: WindowOver): Term | undefined {
  if (part.kind === 'column' && !keys.includes(part.name)) {
    throw invalid(
      `"${clip(part.name)}" must be the time, in by, or inside an aggregate such as .sum() or .first()`,
      { column: part.name },
    )
  }
  if (part.kind === 'window') throw invalid(`rolling: ${part.name} is a window of its own`)
  if (part.kind !== 'aggregate') return undefined
  const { name, input, more = [], options } = part
  const inputs = input === null ? [] : [input, ...more]
  if (inputs.some((of) => someTerm(of, ({ kind }) => kind === 'aggregate'))) {
    throw invalid(`${name}() holds another aggregate: compute the inner one before`)
  }
  const head = { kind: 'window', name, inputs, ...(options && { options }) } as const
  return { ...head, count: 0, ignoreNulls: false, over }
}

/** Microseconds of the least distance between two values. */
function unitMicros(type: DataType): bigint {
  if (type.name === 'timestamp') return type.unit === 'us' ? 1n : 1000n
  return 86_400_000_000n
}
