import type { ActionOptions } from '../../frame/action-options.ts'
import type { AnyFrame } from '../../frame/data-frame.ts'
import type { Table } from '../../frame/table.ts'
import type { Untyped } from '../../frame/type-tag.ts'
import { columnChangeText, tableDiff } from '../table-diff.ts'
import { Html, html } from './html.ts'
import { number, page, tableLink } from './pages.ts'

const ROWS_MAX = 50

/** What became of the columns and rows of a table between two of its versions. */
export async function diffPage(
  path: string,
  table: Table<Untyped>,
  span: { readonly from: number; readonly to: number },
  options: ActionOptions,
): Promise<string> {
  const of = { from: { version: span.from }, to: { version: span.to } }
  const { from, to, columns, inserted, deleted, updated, changes } = await tableDiff(
    table,
    of,
    options,
  )
  const lines = columns.map((change) => html`<li><code>${columnChangeText(change)}</code></li>`)
  const rows = inserted + deleted + updated === 0 ? html`` : await rowsOf(changes, options)
  return page(
    `${path}: version ${from} to ${to}`,
    html`<p>${number(inserted)} rows inserted · ${number(deleted)} deleted · ${number(updated)} updated · <a href="${tableLink(path)}">the table</a></p>
<h2>Columns</h2>${lines.length === 0 ? html`<p>They are the same.</p>` : html`<ul>${lines}</ul>`}
<h2>Rows</h2>${rows}`,
  )
}

/** Escaped by the frame itself. */
async function rowsOf(changes: AnyFrame, options: ActionOptions): Promise<Html> {
  return new Html(await changes.toHTML(ROWS_MAX, options))
}
