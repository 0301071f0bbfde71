import { invalid } from '../error.ts'
import { colourStyle, isColourful, plainStyle, terminalWidth } from '../io/terminal.ts'
import type { ActionOptions, ShowOptions } from './action-options.ts'
import { allBatches, checkOptions, countFrame, headOf, limited } from './actions.ts'
import type { FrameState } from './frame-state.ts'
import { glimpseText } from './glimpse-text.ts'
import { tableHtml } from './table-html.ts'
import { tableMarkdown } from './table-markdown.ts'
import { type TableTextOptions, tableText } from './table-text.ts'

const NOTEBOOK_WIDTH = 120
const HTML_ROWS = 20
const GLIMPSE_ROWS = 40

/** The first `count` rows as a boxed table under a line that names what they are. */
export async function shownText(
  state: FrameState,
  count: number,
  options: ShowOptions,
): Promise<string> {
  const text = textOptions(options, 'show')
  const { title, batches } = await head(state, rowCount(count, 'show'), options)
  return `${title}\n${tableText(state.plan.schema, batches, text)}\n`
}

/** A line for each column of the frame under a line that names it. */
export async function glimpsedText(state: FrameState, options: ShowOptions): Promise<string> {
  const text = textOptions(options, 'glimpse')
  const { title, batches } = await head(state, GLIMPSE_ROWS, options)
  return `${title}\n${glimpseText(state.plan.schema, batches, text)}\n`
}

/** Prints what `shownText` and `glimpsedText` answer to standard output. */
export function print(text: string): void {
  process.stdout.write(text)
}

/** The first `count` rows as a table of Markdown; a line below says so when there are more. */
export async function frameMarkdown(
  state: FrameState,
  count: number,
  options: ActionOptions,
): Promise<string> {
  checkOptions(options, ['signal', 'onProgress'], 'toMarkdown')
  const found = await head(state, rowCount(count, 'toMarkdown'), options)
  const table = tableMarkdown(state.plan.schema, found.batches)
  return found.isComplete ? table : `${table}\n${found.extent}\n`
}

/** The first `count` rows as an HTML table, its caption says what they are. */
export async function frameHtml(
  state: FrameState,
  count: number,
  options: ActionOptions,
): Promise<string> {
  checkOptions(options, ['signal', 'onProgress'], 'toHTML')
  const { title, batches } = await head(state, rowCount(count, 'toHTML'), options)
  return tableHtml(title, state.plan.schema, batches)
}

/** What notebooks show of a frame: its first rows, as text and as HTML. */
export async function notebookBundle(state: FrameState): Promise<Record<string, string>> {
  const { title, batches } = await head(state, HTML_ROWS, {})
  const text = tableText(state.plan.schema, batches, { width: NOTEBOOK_WIDTH })
  return {
    'text/plain': `${title}\n${text}\n`,
    'text/html': tableHtml(title, state.plan.schema, batches),
  }
}

function textOptions(options: ShowOptions, where: string): TableTextOptions {
  checkOptions(options, ['signal', 'onProgress', 'width', 'color'], where)
  const { width = terminalWidth(), color = isColourful() } = options
  if (!Number.isSafeInteger(width) || width < 1) {
    throw invalid(`${where}: width has to be a whole number from 1 on, got ${width}`, { width })
  }
  if (typeof color !== 'boolean') {
    throw invalid(`${where}: color has to be true or false, got ${color}`, { color })
  }
  return { width, style: color ? colourStyle : plainStyle }
}

function rowCount(count: number, where: string): number {
  if (Number.isSafeInteger(count) && count >= 0) return count
  throw invalid(`${where}: the number of rows has to be a whole number, got ${count}`)
}

async function head(state: FrameState, count: number, options: ActionOptions) {
  const { signal, onProgress } = options
  const batches = await allBatches(limited(state, count + 1), { signal, onProgress })
  const found = batches.reduce((sum, { length }) => sum + length, 0)
  const isComplete = found <= count
  const shown = { batches: headOf(batches, count), isComplete }
  const columns = plural(state.plan.schema.fields.length, 'column')
  const { plan } = state
  if (plan.kind !== 'scan') {
    const rows = isComplete ? plural(found, 'row') : `first ${plural(count, 'row')}`
    const extent = `${rows} × ${columns}`
    return { ...shown, extent, title: extent }
  }
  // Of a whole table the metadata tell the number of rows.
  const total = isComplete ? found : await countFrame(state, { signal })
  const rows = isComplete ? plural(total, 'row') : `${number(count)} of ${plural(total, 'row')}`
  const version = plan.table.version < 0 ? '' : ` · version ${plan.table.version}`
  const extent = `${rows} × ${columns}${version}`
  return { ...shown, extent, title: `${plan.table.name} · ${extent}` }
}

const number = (value: number): string => value.toLocaleString('en-US')
const plural = (count: number, word: string): string =>
  `${number(count)} ${word}${count === 1 ? '' : 's'}`
