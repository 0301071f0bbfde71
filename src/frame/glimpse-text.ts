import type { Batch } from '../arrow/batch.ts'
import { typeText } from '../arrow/data-type.ts'
import type { Schema } from '../arrow/schema.ts'
import { plainStyle } from '../io/terminal.ts'
import { cellText, printable, type TableTextOptions } from './table-text.ts'
import { cellsOf, clippedToCells } from './text-cells.ts'

const NAME_MAX = 30

/** A line for each column: its name, its type, and its first values until the line is full. */
export function glimpseText(
  schema: Schema,
  batches: readonly Batch[],
  { width, style = plainStyle }: TableTextOptions,
): string {
  const names = schema.fields.map(({ name }) => clippedToCells(printable(name), NAME_MAX))
  const types = schema.fields.map(({ type, nullable }) => typeText(type) + (nullable ? '?' : ''))
  const nameCells = widest(names)
  const typeCells = widest(types)
  const left = Math.max(1, width - nameCells - typeCells - 4)
  const lines = schema.fields.map((_, position) => {
    const values = clippedToCells(valuesText(batches, position), left)
    const name = style('name', names[position]!) + blanks(names[position]!, nameCells)
    const type = style('type', types[position]!) + blanks(types[position]!, typeCells)
    return `${name}  ${type}  ${values}`.trimEnd()
  })
  return lines.join('\n')
}

const widest = (texts: readonly string[]): number =>
  texts.reduce((most, text) => Math.max(most, cellsOf(text)), 0)

const blanks = (text: string, cells: number): string => ' '.repeat(cells - cellsOf(text))

function valuesText(batches: readonly Batch[], position: number): string {
  const texts: string[] = []
  for (const { columns, length } of batches) {
    for (let row = 0; row < length; row++) texts.push(cellText(columns[position]!, row))
  }
  return texts.join(', ')
}
