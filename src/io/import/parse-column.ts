import { type DataType, integerRange, layoutOf, typeText } from '../../arrow/data-type.ts'
import { parseScalar, type Scalar } from '../../arrow/scalar.ts'
import type { Field } from '../../arrow/schema.ts'
import { SAFE, textAt, type Utf8Vector, type Vector } from '../../arrow/vector.ts'
import { GraupelError } from '../../error.ts'
import { TextSink } from '../../kernel/text.ts'
import { type CsvDialect, shownText } from './csv-options.ts'
import type { CsvRecords, RecordFault } from './csv-records.ts'
import { clockAt, dateAt, decimalAt, floatAt, stampAt, wholeAt } from './text-number.ts'

/** Told of each row whose field is not what the column takes. */
export type OnBadRow = (row: number, fault: RecordFault) => void

/**
 * The fields at `position` of all records as a vector of the field's type. Rows that cannot be
 * one are told to `onBadRow`, once each, and hold 0, '' or null.
 */
export function parseColumn(
  records: CsvRecords,
  position: number,
  field: Field,
  dialect: CsvDialect,
  onBadRow: OnBadRow,
): Vector {
  const cells = textCells(records, position, field.type, dialect)
  const bad = (row: number, reason: 'type' | 'null'): void => {
    const value = shownText(cells.bytes.subarray(cells.starts[row]!, cells.ends[row]!))
    const message =
      reason === 'null'
        ? `null in column "${field.name}", which takes none`
        : `"${value}" in column "${field.name}" is not a ${typeText(field.type)}`
    const offset = records.offsetOf(row)
    onBadRow(row, { offset, reason, message, column: position, value })
  }
  if (!field.nullable && cells.validity !== null) {
    for (let row = 0; row < cells.length; row++) if (cells.validity[row] === 0) bad(row, 'null')
  }
  return typedVector(cells, field.type, (row) => bad(row, 'type'))
}

type Refuse = (row: number) => void

/** The column as text, sharing the records' bytes. */
function textCells(
  { count, width, text, starts, ends, quoted }: CsvRecords,
  position: number,
  type: DataType,
  { nullTexts }: CsvDialect,
): Utf8Vector {
  const longest = nullTexts.reduce((most, { length }) => Math.max(most, length), -1)
  const emptyIsValue = type.name === 'utf8' || type.name === 'binary'
  const cellStarts = new Int32Array(count)
  const cellEnds = new Int32Array(count)
  let validity: Uint8Array | null = null
  for (let row = 0, at = position; row < count; row++, at += width) {
    const start = starts[at]!
    const end = ends[at]!
    cellStarts[row] = start
    cellEnds[row] = end
    if (end - start > longest) continue
    const isText = quoted !== null && quoted[at] === 1 && (emptyIsValue || end > start)
    if (!isText && isNullText(text, start, end, nullTexts)) {
      validity ??= new Uint8Array(count).fill(1)
      validity[row] = 0
      cellEnds[row] = start
    }
  }
  const head = { type, length: count, validity, layout: 'utf8' } as const
  return { ...head, bytes: text, starts: cellStarts, ends: cellEnds }
}

/** Whether `bytes[start .. end)` is one of the texts that stand for null. */
export function isNullText(
  bytes: Uint8Array,
  start: number,
  end: number,
  nullTexts: readonly Uint8Array[],
): boolean {
  for (const text of nullTexts) {
    if (text.length !== end - start) continue
    let at = 0
    while (at < text.length && text[at] === bytes[start + at]) at++
    if (at === text.length) return true
  }
  return false
}

function typedVector(cells: Utf8Vector, type: DataType, refuse: Refuse): Vector {
  switch (type.name) {
    case 'utf8':
      return cells
    case 'json':
      for (let row = 0; row < cells.length; row++) {
        if (isValid(cells, row) && scalarOf(cells, row, type) === undefined) refuse(row)
      }
      return cells
    case 'list':
    case 'struct':
      return nestedVector(cells, type, refuse)
    case 'binary':
      return binaryVector(cells, type, refuse)
    case 'bool':
      return boolVector(cells, type, refuse)
    case 'float32':
    case 'float64':
      return floatVector(cells, type, refuse)
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
      return smallVector(cells, type, refuse, wholeAt)
    case 'date':
      return smallVector(cells, type, refuse, dateAt)
    case 'int64':
    case 'uint32':
      return wideVector(cells, type, refuse, wholeAt)
    case 'decimal': {
      const { scale } = type
      return wideVector(cells, type, refuse, (bytes, start, end) =>
        decimalAt(bytes, start, end, scale),
      )
    }
    case 'time':
      return wideVector(cells, type, refuse, (bytes, start, end) =>
        clockAt(bytes, start, end, 1_000_000),
      )
    case 'timestamp': {
      const perSecond = type.unit === 'ms' ? 1_000 : 1_000_000
      return wideVector(cells, type, refuse, (bytes, start, end) =>
        stampAt(bytes, start, end, perSecond),
      )
    }
  }
}

function isValid({ validity }: Utf8Vector, row: number): boolean {
  return validity === null || validity[row] === 1
}

/** The slow and complete way to read a value; undefined when the text is none of the type. */
function scalarOf(cells: Utf8Vector, row: number, type: DataType): Scalar | undefined {
  try {
    return parseScalar(textAt(cells, row), type)
  } catch (error) {
    if (error instanceof GraupelError) return undefined
    throw error
  }
}

/** The one text of each list or struct, whatever the spaces and forms in the file. */
function nestedVector(cells: Utf8Vector, type: DataType, refuse: Refuse): Vector {
  const sink = new TextSink(cells.length, cells.length * 16)
  for (let row = 0; row < cells.length; row++) {
    const value = isValid(cells, row) ? scalarOf(cells, row, type) : ''
    if (value === undefined) refuse(row)
    else sink.appendString(value as string)
    sink.endRow()
  }
  const { bytes, starts, ends } = sink
  return {
    layout: 'utf8',
    type,
    length: cells.length,
    validity: cells.validity,
    bytes,
    starts,
    ends,
  }
}

function boolVector(cells: Utf8Vector, type: DataType, refuse: Refuse): Vector {
  const { length, validity } = cells
  const values = new Uint8Array(length)
  for (let row = 0; row < length; row++) {
    if (!isValid(cells, row)) continue
    const value = scalarOf(cells, row, type)
    if (value === undefined) refuse(row)
    else values[row] = value === true ? 1 : 0
  }
  return { layout: 'bool', type, length, validity, values }
}

function binaryVector(cells: Utf8Vector, type: DataType, refuse: Refuse): Vector {
  const { length, validity, starts } = cells
  const bytes = new Uint8Array(Math.max(0, ...boundsOf(cells)))
  const ends = new Int32Array(length)
  for (let row = 0; row < length; row++) {
    ends[row] = starts[row]!
    if (!isValid(cells, row)) continue
    const value = scalarOf(cells, row, type)
    if (value === undefined) refuse(row)
    else {
      // The bytes take half the room that their digits had.
      bytes.set(value as Uint8Array, starts[row]!)
      ends[row] = starts[row]! + (value as Uint8Array).length
    }
  }
  return { layout: 'utf8', type, length, validity, bytes, starts, ends }
}

/** The end of the last cell; cells stand in the order of their rows. */
function boundsOf({ ends, length }: Utf8Vector): number[] {
  return length === 0 ? [] : [ends[length - 1]!]
}

function floatVector(cells: Utf8Vector, type: DataType, refuse: Refuse): Vector {
  const { length, validity, bytes, starts, ends } = cells
  const values = new Float64Array(length)
  const single = type.name === 'float32'
  for (let row = 0; row < length; row++) {
    if (validity !== null && validity[row] === 0) continue
    let value = floatAt(bytes, starts[row]!, ends[row]!)
    if (Number.isNaN(value)) {
      const scalar = scalarOf(cells, row, type)
      if (scalar === undefined) {
        refuse(row)
        continue
      }
      value = scalar as number
    }
    values[row] = single ? Math.fround(value) : value
  }
  return { layout: 'f64', type, length, validity, values }
}

type NumberAt = (bytes: Uint8Array, start: number, end: number) => number

function smallVector(
  cells: Utf8Vector,
  type: DataType,
  refuse: Refuse,
  numberAt: NumberAt,
): Vector {
  const { length, validity, bytes, starts, ends } = cells
  const values = new Int32Array(length)
  const [least, greatest] = integerRange(type).map(Number) as [number, number]
  for (let row = 0; row < length; row++) {
    if (validity !== null && validity[row] === 0) continue
    const value = numberAt(bytes, starts[row]!, ends[row]!)
    if (value >= least && value <= greatest) values[row] = value
    else {
      const scalar = scalarOf(cells, row, type)
      if (scalar === undefined) refuse(row)
      else values[row] = Number(scalar)
    }
  }
  return { layout: 'i32', type, length, validity, values }
}

function wideVector(cells: Utf8Vector, type: DataType, refuse: Refuse, numberAt: NumberAt): Vector {
  if (layoutOf(type) !== 'f64') throw new Error(`${type.name} is not held as float64`)
  const { length, validity, bytes, starts, ends } = cells
  const values = new Float64Array(length)
  const [least, greatest] = integerRange(type).map(Number) as [number, number]
  let wide: Map<number, bigint> | null = null
  for (let row = 0; row < length; row++) {
    if (validity !== null && validity[row] === 0) continue
    const value = numberAt(bytes, starts[row]!, ends[row]!)
    if (value >= least && value <= greatest) {
      values[row] = value
      continue
    }
    const scalar = scalarOf(cells, row, type) as bigint | undefined
    if (scalar === undefined) refuse(row)
    else if (scalar >= -SAFE && scalar <= SAFE) values[row] = Number(scalar)
    else {
      wide ??= new Map()
      wide.set(row, scalar)
    }
  }
  if (wide === null) return { layout: 'f64', type, length, validity, values }
  const all = Array.from(values, (value, row) => wide.get(row) ?? BigInt(value))
  return { layout: 'big', type, length, validity, values: all }
}
