import { typeText } from '../../arrow/data-type.ts'
import { type Scalar, scalarText } from '../../arrow/scalar.ts'
import type { HistoryEntry } from '../../catalog/model/commit-record.ts'
import type { Column } from '../../catalog/model/table.ts'
import { clip } from '../../error.ts'
import { columnBytes, partitionBytes, type TableFacts } from '../table-facts.ts'
import { type Html, html } from './html.ts'
import { rangeChart } from './range-chart.ts'

const VERSIONS_MAX = 200

/** A database and the names of its tables. */
export interface DatabaseListing {
  readonly path: string
  readonly tables: readonly string[]
}

/** The link of what became of a table's rows between two versions, from any page. */
export const diffLink = (path: string, from: number, to: number): string =>
  `diff?${new URLSearchParams({ path, from: String(from), to: String(to) })}`

/** The link of a table, from any page. */
export const tableLink = (path: string, column?: string): string =>
  `table?${new URLSearchParams({ path, ...(column === undefined ? {} : { column }) })}`

/** What a page has around its content. */
export function page(title: string, content: Html): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<link rel="stylesheet" href="style.css"></head>
<body><nav><a href="./">tables</a><a href="bytes">bytes</a><a href="profiles">profiles</a></nav><h1>${title}</h1>${content}</body></html>
`.text
}

/** The databases and tables of a lake. */
export function lakePage(url: string, databases: readonly DatabaseListing[]): string {
  const lists = databases.map(({ path, tables }) => {
    const items = tables.map(
      (name) => html`<li><a href="${tableLink(`${path}/${name}`)}">${clip(name)}</a></li>`,
    )
    return html`<section><h2>${path}</h2><ul>${items}</ul></section>`
  })
  return page(url, databases.length === 0 ? html`<p>There is no database.</p>` : html`${lists}`)
}

/** A table's columns, its partitions as ranges of `chosen`, and its versions. */
export function tablePage(
  path: string,
  facts: TableFacts,
  { chosen, history }: { readonly chosen: Column; readonly history: readonly HistoryEntry[] },
): string {
  const { set, snapshot } = facts
  const rows = set.partitions.reduce((sum, partition) => sum + partition.rows, 0)
  const bytes = snapshot.columns.reduce((sum, column) => sum + columnBytes(facts, column), 0)
  const clustered =
    snapshot.clusterBy.length === 0 ? '' : ` · sorted by ${snapshot.clusterBy.join(', ')}`
  return page(
    path,
    html`<p>${number(rows)} rows · ${number(set.partitions.length)} partitions · ${number(bytes)} bytes · version ${snapshot.version}${clustered}</p>
<h2>Columns</h2>
<table><thead><tr><th>name</th><th>type</th><th>least</th><th>greatest</th><th class="n">nulls</th><th class="n">bytes</th><th>share</th></tr></thead>
<tbody>${snapshot.columns.map((column) => columnRow(path, facts, column, bytes))}</tbody></table>
<h2>Partitions over ${clip(chosen.name)}</h2>${rangeChart(facts, chosen)}
<h2>Bytes by partition</h2>${partitionTable(facts)}
<h2>Versions</h2>${versionTable(path, history)}`,
  )
}

function columnRow(path: string, facts: TableFacts, column: Column, allBytes: number): Html {
  const known = [...(facts.set.statistics.get(column.id)?.values() ?? [])]
  const least = extreme(
    known.map(({ min }) => min),
    column,
    -1,
  )
  const most = extreme(
    known.map(({ max }) => max),
    column,
    1,
  )
  const nulls = known.reduce((sum, statistics) => sum + statistics.nulls, 0)
  const bytes = columnBytes(facts, column)
  const share = allBytes === 0 ? 0 : bytes / allBytes
  return html`<tr><td><a href="${tableLink(path, column.name)}">${clip(column.name)}</a></td>
<td>${typeText(column.type)}${column.nullable ? '?' : ''}</td><td>${least}</td><td>${most}</td>
<td class="n">${number(nulls)}</td><td class="n">${number(bytes)}</td>
<td><meter min="0" max="1" value="${share.toFixed(4)}"></meter></td></tr>`
}

/** The least or greatest bound, by `direction`, as text. */
function extreme(bounds: readonly Scalar[], { type }: Column, direction: 1 | -1): string {
  let found: Scalar = null
  for (const bound of bounds) {
    if (bound === null) continue
    if (found === null || (bound > found ? 1 : -1) === direction) found = bound
  }
  return found === null ? '' : clip(scalarText(found, type))
}

function partitionTable(facts: TableFacts): Html {
  const all = facts.set.partitions.map(({ id, rows }) => {
    return { id, rows, bytes: partitionBytes(facts, id) }
  })
  const most = all.reduce((largest, { bytes }) => Math.max(largest, bytes), 1)
  const rows = all
    .slice(0, VERSIONS_MAX)
    .map(
      ({ id, rows, bytes }) =>
        html`<tr><td>${id}</td><td class="n">${number(rows)}</td><td class="n">${number(bytes)}</td><td><meter min="0" max="1" value="${(bytes / most).toFixed(4)}"></meter></td></tr>`,
    )
  return html`<table><thead><tr><th>partition</th><th class="n">rows</th><th class="n">bytes</th><th>of the largest</th></tr></thead><tbody>${rows}</tbody></table>`
}

function versionTable(path: string, history: readonly HistoryEntry[]): Html {
  const rows = history
    .slice(0, VERSIONS_MAX)
    .map(
      ({ version, timestamp, operation, rows, bytes }) =>
        html`<tr><td class="n">${version}</td><td>${timestamp.toISOString()}</td><td>${operation}</td><td class="n">${number(rows)}</td><td class="n">${number(bytes)}</td><td>${changesLink(path, version)}</td></tr>`,
    )
  return html`<table><thead><tr><th class="n">version</th><th>when</th><th>what</th><th class="n">rows</th><th class="n">bytes</th><th></th></tr></thead><tbody>${rows}</tbody></table>`
}

/** A table begins as version 0, before which there is nothing. */
function changesLink(path: string, version: number): Html {
  if (version < 1) return html``
  return html`<a href="${diffLink(path, version - 1, version)}">what changed</a>`
}

/** A whole number with its thousands apart. */
export const number = (value: number): string => value.toLocaleString('en-US')
