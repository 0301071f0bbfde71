import type { Batch } from '../arrow/batch.ts'
import { isNumeric, typeText } from '../arrow/data-type.ts'
import { scalarAt, scalarText } from '../arrow/scalar.ts'
import type { Field, Schema } from '../arrow/schema.ts'
import type { Vector } from '../arrow/vector.ts'

interface TextColumn {
  readonly head: readonly string[]
  readonly cells: readonly string[]
  readonly alignRight: boolean
}

const CELL_MAX = 80
const CELL_MIN = 12
/** A cell's border and the blanks beside its text. */
const FRAME = 3

/**
 * Rows as a boxed table: names and types on top, numbers to the right, null as `null`. Cells are
 * clipped and middle columns left out (`…`) until a line has at most `width` characters.
 */
export function tableText(
  schema: Schema,
  batches: readonly Batch[],
  options: { readonly width: number },
): string {
  const all = schema.fields.map((field, position) =>
    textColumn(
      field,
      batches.map(({ columns }) => columns[position]!),
    ),
  )
  const columns = fitted(all, options.width)
  const widths = columns.map(({ head, cells }) => Math.max(...[...head, ...cells].map(lengthOf), 0))
  const rule = (left: string, middle: string, right: string) =>
    left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right
  const line = (cellOf: (column: TextColumn) => string) =>
    `│${columns.map((column, at) => ` ${padded(cellOf(column), widths[at]!, column)} `).join('│')}│`
  const rowCount = batches.reduce((sum, { length }) => sum + length, 0)
  return [
    rule('┌', '┬', '┐'),
    line(({ head }) => head[0]!),
    line(({ head }) => head[1]!),
    rule('├', '┼', '┤'),
    ...Array.from({ length: rowCount }, (_, row) => line(({ cells }) => cells[row]!)),
    rule('└', '┴', '┘'),
  ].join('\n')
}

function textColumn(field: Field, vectors: readonly Vector[]): TextColumn {
  const { name, type, nullable } = field
  const cells: string[] = []
  for (const vector of vectors) {
    for (let row = 0; row < vector.length; row++) cells.push(cellText(vector, row))
  }
  return {
    head: [printable(name), typeText(type) + (nullable ? '?' : '')],
    cells,
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
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    const plain = JSON.stringify(character).slice(1, -1)
    if (plain !== character) return plain
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** Code points, which is what a terminal shows of most scripts. */
function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

function padded(text: string, width: number, { alignRight }: TextColumn): string {
  const blanks = ' '.repeat(Math.max(0, width - lengthOf(text)))
  return alignRight ? blanks + text : text + blanks
}

function clipped(column: TextColumn, width: number): TextColumn {
  const clip = (text: string) =>
    lengthOf(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`
  return { ...column, head: column.head.map(clip), cells: column.cells.map(clip) }
}

const widthOf = ({ head, cells }: TextColumn): number =>
  Math.max(...head.map(lengthOf), ...cells.map(lengthOf)) + FRAME

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
