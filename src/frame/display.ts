import type { Batch } from '../arrow/batch.ts'
import { typeText } from '../arrow/data-type.ts'
import type { Schema } from '../arrow/schema.ts'
import { clip, invalid } from '../error.ts'
import { inputsOf, type LogicalPlan } from '../plan/logical-plan.ts'
import type { ShowOptions } from './action-options.ts'
import { allBatches, checkOptions, countFrame, headOf, limited } from './actions.ts'
import { escaped } from './escape-html.ts'
import type { FrameState } from './frame-state.ts'
import { cellText, tableText } from './table-text.ts'

const WIDTH = 120
const HTML_ROWS = 20

/** The first `count` rows as a boxed table under a line that names what they are. */
export async function shownText(
  state: FrameState,
  count: number,
  options: ShowOptions & { readonly width: number },
): Promise<string> {
  checkOptions(options, ['signal', 'onProgress', 'width'], 'show')
  const { title, batches } = await head(state, count, options)
  return `${title}\n${tableText(state.plan.schema, batches, options)}\n`
}

/** Prints what `shownText` answers to standard output. */
export async function showFrame(
  state: FrameState,
  count: number,
  options: ShowOptions,
): Promise<void> {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw invalid(`show: the number of rows has to be a whole number, got ${count}`)
  }
  const width = options?.width ?? process.stdout.columns ?? WIDTH
  if (!Number.isSafeInteger(width) || width < 1) {
    throw invalid(`show: width has to be a whole number from 1 on, got ${width}`, { width })
  }
  process.stdout.write(await shownText(state, count, { ...options, width }))
}

async function head(state: FrameState, count: number, options: ShowOptions) {
  const { signal, onProgress } = options
  const batches = await allBatches(limited(state, count + 1), { signal, onProgress })
  const found = batches.reduce((sum, { length }) => sum + length, 0)
  const complete = found <= count
  const shown = headOf(batches, count)
  const columns = plural(state.plan.schema.fields.length, 'column')
  const { plan } = state
  if (plan.kind !== 'scan') {
    const rows = complete ? plural(found, 'row') : `first ${plural(count, 'row')}`
    return { title: `${rows} × ${columns}`, batches: shown }
  }
  // Of a whole table the metadata tell the number of rows.
  const total = complete ? found : await countFrame(state, { signal })
  const rows = complete ? plural(total, 'row') : `${number(count)} of ${plural(total, 'row')}`
  const version = plan.table.version < 0 ? '' : ` · version ${plan.table.version}`
  return { title: `${plan.table.name} · ${rows} × ${columns}${version}`, batches: shown }
}

const number = (value: number): string => value.toLocaleString('en-US')
const plural = (count: number, word: string): string =>
  `${number(count)} ${word}${count === 1 ? '' : 's'}`

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

/** What notebooks show of a frame: its first rows, as text and as HTML. */
export async function notebookBundle(state: FrameState): Promise<Record<string, string>> {
  const { title, batches } = await head(state, HTML_ROWS, {})
  const text = tableText(state.plan.schema, batches, { width: WIDTH })
  return {
    'text/plain': `${title}\n${text}\n`,
    'text/html': tableHtml(title, state.plan.schema, batches),
  }
}

function tableHtml(title: string, schema: Schema, batches: readonly Batch[]): string {
  const head = schema.fields.map(
    ({ name, type, nullable }) =>
      `<th>${escaped(name)}<br><small>${escaped(typeText(type))}${nullable ? '?' : ''}</small></th>`,
  )
  const rows: string[] = []
  for (const { columns, length } of batches) {
    for (let row = 0; row < length; row++) {
      const cells = columns.map((column) => `<td>${escaped(cellText(column, row))}</td>`)
      rows.push(`<tr>${cells.join('')}</tr>`)
    }
  }
  return (
    `<table><caption>${escaped(title)}</caption>` +
    `<thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`
  )
}
