import type { Batch } from '../arrow/batch.ts'
import { isNumeric } from '../arrow/data-type.ts'
import { scalarAt } from '../arrow/scalar.ts'
import type { Schema } from '../arrow/schema.ts'
import { cellText, printable } from './table-text.ts'

/** Rows as a table of GitHub's Markdown, with every character that it would take for markup escaped. */
export function tableMarkdown(schema: Schema, batches: readonly Batch[]): string {
  const heads = schema.fields.map(({ name }) => plainMarkdown(printable(name)))
  const places = schema.fields.map(({ type }) => (isNumeric(type) ? '---:' : '---'))
  const lines = [lineOf(heads), lineOf(places)]
  for (const { columns, length } of batches) {
    for (let row = 0; row < length; row++) {
      const cells = columns.map((column) => {
        const text = plainMarkdown(cellText(column, row))
        return scalarAt(column, row) === null ? `*${text}*` : text
      })
      lines.push(lineOf(cells))
    }
  }
  return `${lines.join('\n')}\n`
}

const lineOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const plainMarkdown = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_{}[\]#|~]/g, (character) => `\\${character}`)
