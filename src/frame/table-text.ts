import type { Batch } from '../arrow/batch.ts'
import { isNumeric, typeText } from '../arrow/data-type.ts'
import { scalarAt, scalarText } from '../arrow/scalar.ts'
import type { Field, Schema } from '../arrow/schema.ts'
import type { Vector } from '../arrow/vector.ts'
import { plainStyle, type TextRole, type TextStyle } from '../io/terminal.ts'
import { cellsOf, clippedToCells } from './text-cells.ts'

interface TextColumn {
  readonly head: readonly string[]
  readonly cells: readonly string[]
  /** Rows that are null, which a text may look like. */
  readonly nulls: ReadonlySet<number>
  readonly alignRight: boolean
}

/** How a table is printed. */
export interface TableTextOptions {
  /** Cells of a line. */
  readonly width: number
  readonly style?: TextStyle
}

const CELL_MAX = 80
const CELL_MIN = 12
/** A cell's border and the blanks beside its text. */
const FRAME = 3

/**
 * Rows as a boxed table: names and types on top, numbers to the right, null as `null`. Cells are
 * clipped and middle columns left out (`…`) until a line takes at most `width` cells of a terminal.
 */
export function tableText(
  schema: Schema,
  batches: readonly Batch[],
  options: TableTextOptions,
): string {
  const { width, style = plainStyle } = options
  const all = schema.fields.map((field, position) =>
    textColumn(
      field,
      batches.map(({ columns }) => columns[position]!),
    ),
  )
  const columns = fitted(all, width)
  const widths = columns.map((column) => widthOf(column) - FRAME)
  const rule = (left: string, middle: string, right: string) =>
    style('frame', left + widths.map((cells) => '─'.repeat(cells + 2)).join(middle) + right)
  const bar = style('frame', '│')
  const line = (cellOf: (column: TextColumn) => Cell) => {
    const cells = columns.map(
      (column, at) => ` ${padded(cellOf(column), widths[at]!, column.alignRight, style)} `,
    )
    return bar + cells.join(bar) + bar
  }
  const rowCount = batches.reduce((sum, { length }) => sum + length, 0)
  return [
    rule('┌', '┬', '┐'),
    line(({ head }) => ({ text: head[0]!, role: 'name' })),
    line(({ head }) => ({ text: head[1]!, role: 'type' })),
    rule('├', '┼', '┤'),
    ...Array.from({ length: rowCount }, (_, row) =>
      line(({ cells, nulls }) => ({ text: cells[row]!, role: nulls.has(row) ? 'null' : null })),
    ),
    rule('└', '┴', '┘'),
  ].join('\n')
}

interface Cell {
  readonly text: string
  readonly role: TextRole | null
}

function textColumn(field: Field, vectors: readonly Vector[]): TextColumn {
  const { name, type, nullable } = field
  const cells: string[] = []
  const nulls = new Set<number>()
  for (const vector of vectors) {
    for (let row = 0; row < vector.length; row++) {
      if (scalarAt(vector, row) === null) nulls.add(cells.length)
      cells.push(cellText(vector, row))
    }
  }
  return {
    head: [printable(name), typeText(type) + (nullable ? '?' : '')],
    cells,
    nulls,
    alignRight: isNumeric(type),
  }
}

/** The value at `row` for people: a timestamp with a blank, and without a fraction of zeros. */
export function cellText(vector: Vector, row: number): string {
  const value = scalarAt(vector, row)
  if (value === null) return 'null'
  if (vector.type.name === 'float32' && typeof value === 'number') return float32Text(value)
  const text = scalarText(value, vector.type)
  if (vector.type.name !== 'timestamp') return printable(text)
  return text.replace('T', ' ').replace(/\.0+(?=Z?$)/, '')
}

/** The shortest text that is this float32: 22.9, and not 22.899999618530273. */
function float32Text(value: number): string {
  if (Object.is(value, -0)) return '-0'
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(value)
}

/** `text` without characters that move the cursor or speak to the terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    const plain = JSON.stringify(character).slice(1, -1)
    if (plain !== character) return plain
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

function padded(
  { text, role }: Cell,
  width: number,
  alignRight: TextColumn['alignRight'],
  style: TextStyle,
): string {
  const blanks = ' '.repeat(Math.max(0, width - cellsOf(text)))
  const shown = role === null ? text : style(role, text)
  return alignRight ? blanks + shown : shown + blanks
}

function clipped(column: TextColumn, width: number): TextColumn {
  const clip = (text: string) => clippedToCells(text, width)
  return { ...column, head: column.head.map(clip), cells: column.cells.map(clip) }
}

const widthOf = ({ head, cells }: TextColumn): number =>
  [...head, ...cells].reduce((most, text) => Math.max(most, cellsOf(text)), 0) + FRAME

/** Columns that fit: first long cells are clipped, then columns of the middle are left out. */
function fitted(all: readonly TextColumn[], width: number): readonly TextColumn[] {
  const total = (columns: readonly TextColumn[]) =>
    columns.reduce((sum, column) => sum + widthOf(column), 1)
  let columns = all.map((column) => clipped(column, CELL_MAX))
  for (
    let cell = CELL_MAX / 2;
    cell >= CELL_MIN && total(columns) > width;
    cell = Math.floor(cell / 2)
  ) {
    columns = all.map((column) => clipped(column, cell))
  }
  if (total(columns) <= width || columns.length <= 2) return columns
  const gap: TextColumn = {
    head: ['…', '…'],
    cells: columns[0]!.cells.map(() => '…'),
    nulls: new Set(),
    alignRight: false,
  }
  const left = columns.slice(0, Math.ceil(columns.length / 2))
  const right = columns.slice(left.length)
  while (left.length + right.length > 2 && total([...left, gap, ...right]) > width) {
    if (right.length >= left.length) right.shift()
    else left.pop()
  }
  return [...left, gap, ...right]
}
