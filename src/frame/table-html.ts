import type { Batch } from '../arrow/batch.ts'
import { isNumeric, typeText } from '../arrow/data-type.ts'
import { scalarAt } from '../arrow/scalar.ts'
import type { Schema } from '../arrow/schema.ts'
import { escaped } from './escape-html.ts'
import { cellText } from './table-text.ts'

/** Rows as an HTML table under its title. Everything in it is escaped. */
export function tableHtml(title: string, schema: Schema, batches: readonly Batch[]): string {
  const head = schema.fields.map(
    ({ name, type, nullable }) =>
      `<th>${escaped(name)}<br><small>${escaped(typeText(type))}${nullable ? '?' : ''}</small></th>`,
  )
  const rows: string[] = []
  for (const { columns, length } of batches) {
    for (let row = 0; row < length; row++) {
      const cells = columns.map((column) => {
        const text = escaped(cellText(column, row))
        // An attribute, because style sheets of notebooks and mail do not reach here.
        const place = isNumeric(column.type) ? ' align="right"' : ''
        return `<td${place}>${scalarAt(column, row) === null ? `<em>${text}</em>` : text}</td>`
      })
      rows.push(`<tr>${cells.join('')}</tr>`)
    }
  }
  return (
    `<table><caption>${escaped(title)}</caption>` +
    `<thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`
  )
}
