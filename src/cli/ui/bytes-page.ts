import { clip } from '../../error.ts'
import type { Lake } from '../../frame/lake.ts'
import { columnBytes, tableFacts } from '../table-facts.ts'
import { openTable } from '../table-path.ts'
import { html } from './html.ts'
import { type DatabaseListing, number, page, tableLink } from './pages.ts'

/** So many tables are asked for their metadata; each is a few small requests. */
const TABLES_MAX = 200

interface TableSize {
  readonly path: string
  readonly rows: number
  readonly partitions: number
  readonly bytes: number
  readonly largest: string
}

/** The tables of a lake by the bytes of their newest versions, and the column that has most. */
export async function bytesPage(
  lake: Lake,
  databases: readonly DatabaseListing[],
): Promise<string> {
  const paths = databases.flatMap(({ path, tables }) => tables.map((name) => `${path}/${name}`))
  const sizes: TableSize[] = []
  for (const path of paths.slice(0, TABLES_MAX)) sizes.push(await sizeOf(lake, path))
  sizes.sort((a, b) => b.bytes - a.bytes)
  const all = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  const rows = sizes.map(
    ({ path, rows, partitions, bytes, largest }) =>
      html`<tr><td><a href="${tableLink(path)}">${clip(path)}</a></td><td class="n">${number(rows)}</td><td class="n">${number(partitions)}</td><td class="n">${number(bytes)}</td><td><meter min="0" max="1" value="${(all === 0 ? 0 : bytes / all).toFixed(4)}"></meter></td><td>${largest}</td></tr>`,
  )
  const more = paths.length - sizes.length
  return page(
    'Where the bytes are',
    html`<p>${number(all)} bytes in the newest versions of ${sizes.length} tables${more > 0 ? `; ${more} more are not looked at` : ''}</p>
<table><thead><tr><th>table</th><th class="n">rows</th><th class="n">partitions</th><th class="n">bytes</th><th>share</th><th>largest column</th></tr></thead><tbody>${rows}</tbody></table>`,
  )
}

async function sizeOf(lake: Lake, path: string): Promise<TableSize> {
  const facts = await tableFacts(await openTable(lake, path))
  const { partitions } = facts.set
  const columns = facts.snapshot.columns.map((column) => {
    return { name: column.name, bytes: columnBytes(facts, column) }
  })
  const bytes = columns.reduce((sum, column) => sum + column.bytes, 0)
  const { name, bytes: most } = columns.reduce((a, b) => (b.bytes > a.bytes ? b : a))
  return {
    path,
    rows: partitions.reduce((sum, { rows }) => sum + rows, 0),
    partitions: partitions.length,
    bytes,
    largest: bytes === 0 ? '' : `${clip(name)}, ${Math.round((most / bytes) * 100)} %`,
  }
}
