import { fieldNames } from '../arrow/schema.ts'
import { unreachable } from '../error.ts'
import type { AggregateExpr, NamedExpr } from './expr.ts'
import { inputsOf, type LogicalPlan, type Scan, type Window } from './logical-plan.ts'
import { printAggregate, printExpr, printName, printSortKey, printWindow } from './print-expr.ts'
import { prunedReasons, scanFigures } from './scan-figures.ts'

export { planToJson } from './plan-json.ts'
export { printExpr } from './print-expr.ts'

const NAMES_MAX = 12
const REASONS_MAX = 4
const TEXT_MAX = 400

export interface PrintOptions {
  /** Text to append to a node's line, e.g. what it took when it was run. */
  readonly annotate?: (node: LogicalPlan) => string | undefined
}

/**
 * `plan` as a tree for people, one node a line, inputs below. Scans tell what they read of what
 * there is: `columns 4/5  partitions 12/96  bytes 1234`, and below that why partitions are left out.
 */
export function printPlan(plan: LogicalPlan, options: PrintOptions = {}): string {
  const lines: string[] = []
  const open: { node: LogicalPlan; head: string; rest: string }[] = [
    { node: plan, head: '', rest: '' },
  ]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, head, rest } = next
    const note = options.annotate?.(node)
    lines.push(head + nodeText(node) + (note === undefined || note === '' ? '' : `  ${note}`))
    const inputs = inputsOf(node)
    if (node.kind === 'scan') for (const line of prunedLines(node)) lines.push(`${rest}   ${line}`)
    for (let position = inputs.length - 1; position >= 0; position--) {
      const last = position === inputs.length - 1
      open.push({
        node: inputs[position]!,
        head: `${rest}${last ? '└─ ' : '├─ '}`,
        rest: `${rest}${last ? '   ' : '│  '}`,
      })
    }
  }
  return lines.join('\n')
}

/** The line of one node in `printPlan`. */
export function nodeText(node: LogicalPlan): string {
  switch (node.kind) {
    case 'scan':
      return scanText(node)
    case 'values': {
      const rows = node.batches.reduce((sum, { length }) => sum + length, 0)
      return `Values ${node.origin}  rows ${rows}  columns ${namesText(fieldNames(node.schema))}`
    }
    case 'filter':
      return `Filter ${cut(printExpr(node.predicate))}`
    case 'project':
      return `Project ${listText(node.columns, namedText)}`
    case 'aggregate':
      return aggregateText(node.keys, node.aggregates)
    case 'join': {
      const keys = node.leftKeys.map((left, position) => {
        const [a, b] = [printExpr(left), printExpr(node.rightKeys[position]!)]
        return a === b ? a : `${a} = ${b}`
      })
      return `Join ${node.how}${keys.length === 0 ? '' : ` on ${listText(keys, (key) => key)}`}`
    }
    case 'sort':
      return `Sort ${listText(node.keys, printSortKey)}`
    case 'top-k':
      return `TopK ${node.count}${offsetText(node.offset)} by ${listText(node.keys, printSortKey)}`
    case 'limit':
      return `Limit ${node.count}${offsetText(node.offset)}`
    case 'union':
      return `Union of ${node.inputs.length}`
    case 'sample': {
      const { size, seed } = node
      const text = 'rows' in size ? `${size.rows} rows` : `chances ${size.from} to ${size.to}`
      return `Sample ${text} seed ${seed}`
    }
    case 'explode':
      return `Explode ${printName(node.name)}${node.empty === 'kept' ? ' keeping empty lists' : ''}`
    case 'window':
      return windowText(node)
    default:
      return unreachable(node)
  }
}

function scanText(scan: Scan): string {
  const { table, predicate, limit } = scan
  const figures = scanFigures(scan)
  const parts = [
    `Scan ${cut(table.name)} @${table.version}`,
    `columns ${figures.columnsRead.length}/${figures.columns}`,
  ]
  if (figures.partitions !== null) {
    parts.push(`partitions ${figures.partitionsRead}/${figures.partitions}`)
    parts.push(`bytes ${figures.bytesExact ? '' : 'at least '}${figures.bytes}`)
  }
  if (predicate !== null) parts.push(`filter ${cut(printExpr(predicate))}`)
  if (limit !== null) parts.push(`limit ${limit}`)
  return parts.join('  ')
}

function prunedLines(scan: Scan): string[] {
  const reasons = prunedReasons(scan)
  if (reasons.length === 0) return []
  const texts = reasons.slice(0, REASONS_MAX).map(([reason, count]) => `${cut(reason)} (${count})`)
  const others = reasons.slice(REASONS_MAX).reduce((sum, [, count]) => sum + count, 0)
  if (others > 0) texts.push(`other reasons (${others})`)
  return [`pruned ${scan.partitions?.pruned.size}: ${texts.join(', ')}`]
}

function aggregateText(keys: readonly NamedExpr[], aggregates: readonly AggregateExpr[]): string {
  if (aggregates.length === 0) return `Distinct ${listText(keys, namedText)}`
  const by = keys.length === 0 ? '' : ` by ${listText(keys, namedText)}:`
  return `Aggregate${by} ${listText(aggregates, aggregateItem)}`
}

function windowText({ partitionBy, orderBy, outputs }: Window): string {
  const by = partitionBy.length === 0 ? '' : ` by ${listText(partitionBy, printExpr)}`
  const order = orderBy.length === 0 ? '' : ` ordered by ${listText(orderBy, printSortKey)}`
  const items = listText(outputs, (of) => `${printName(of.name)} = ${printWindow(of)}`)
  return `Window${by}${order}: ${items}`
}

function aggregateItem(of: AggregateExpr): string {
  return `${printName(of.name)} = ${printAggregate(of)}`
}

function namedText({ name, expr }: NamedExpr): string {
  const same = expr.kind === 'column' && expr.name === name
  return same ? printName(name) : `${printName(name)} = ${printExpr(expr)}`
}

function listText<T>(items: readonly T[], text: (item: T) => string): string {
  const shown = items.slice(0, NAMES_MAX).map((item) => cut(text(item)))
  if (items.length > NAMES_MAX) shown.push(`... ${items.length - NAMES_MAX} more`)
  return shown.join(', ')
}

const namesText = (names: readonly string[]): string => listText(names, printName)
const offsetText = (offset: number): string => (offset === 0 ? '' : ` offset ${offset}`)

function cut(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 3)}...`
}
