import {
  type DataType,
  integerRange,
  isFloat,
  isInteger,
  layoutOf,
  typeText,
} from '../../arrow/data-type.ts'
import { parseScalar, type Scalar } from '../../arrow/scalar.ts'
import type { Field } from '../../arrow/schema.ts'
import { SAFE, textAt, type Utf8Vector, type Vector } from '../../arrow/vector.ts'
import { GraupelError } from '../../error.ts'
import { TextSink } from '../../kernel/text.ts'
import { type CsvDialect, shownText } from './csv-options.ts'
import type { CsvRecords, RecordFault } from './csv-records.ts'
import {
  type ReadNumbers,
  readDates,
  readDecimals,
  readFloats,
  readFloats32,
  readStamps,
  readTimes,
  readWholes,
} from './read-numbers.ts'

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
  const { width, text, starts, ends } = records
  const bad = (row: number, reason: 'type' | 'null'): void => {
    const at = row * width + position
    const value = shownText(text.subarray(starts[at]!, ends[at]!))
    const message =
      reason === 'null'
        ? `null in column "${field.name}", which takes none`
        : `"${value}" in column "${field.name}" is not a ${typeText(field.type)}`
    const offset = records.offsetOf(row)
    onBadRow(row, { offset, reason, message, column: position, value })
  }
  const refuse = (row: number) => bad(row, 'type')
  const numberAt = numberReader(field.type)
  const vector =
    numberAt === undefined
      ? typedVector(textCells(records, position, field.type, dialect), field.type, refuse)
      : numberVector(new NumberCells(records, position, field.type, dialect, refuse), numberAt)
  const { validity, length } = vector
  if (!field.nullable && validity !== null) {
    for (let row = 0; row < length; row++) if (validity[row] === 0) bad(row, 'null')
  }
  return vector
}

type Refuse = (row: number) => void

/** Whether field `at` of the records, which has at most as many bytes as a null text, is null. */
function isNullAt(
  { text, starts, ends, quoted }: CsvRecords,
  at: number,
  nullTexts: readonly Uint8Array[],
  emptyIsValue: boolean,
): boolean {
  const [start, end] = [starts[at]!, ends[at]!]
  const isText = quoted !== null && quoted[at] === 1 && (emptyIsValue || end > start)
  return !isText && isNullText(text, start, end, nullTexts)
}

/** The column as text, sharing the records' bytes. */
function textCells(
  records: CsvRecords,
  position: number,
  type: DataType,
  { nullTexts }: CsvDialect,
): Utf8Vector {
  const { count, width, text, starts, ends } = records
  const longest = longestOf(nullTexts)
  const emptyIsValue = type.name === 'utf8' || type.name === 'binary'
  const cellStarts = new Int32Array(count)
  const cellEnds = new Int32Array(count)
  let validity: Uint8Array | null = null
  for (let row = 0, at = position; row < count; row++, at += width) {
    const start = starts[at]!
    const end = ends[at]!
    cellStarts[row] = start
    cellEnds[row] = end
    if (end - start <= longest && isNullAt(records, at, nullTexts, emptyIsValue)) {
      validity ??= new Uint8Array(count).fill(1)
      validity[row] = 0
      cellEnds[row] = start
    }
  }
  const head = { type, length: count, validity, layout: 'utf8' } as const
  return { ...head, bytes: text, starts: cellStarts, ends: cellEnds }
}

function longestOf(nullTexts: readonly Uint8Array[]): number {
  return nullTexts.reduce((most, { length }) => Math.max(most, length), -1)
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
    default:
      throw new Error(`${type.name} is read as a number`)
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

/** Reads the common forms of values of `type` that are held as numbers; undefined for other types. */
function numberReader(type: DataType): ReadNumbers | undefined {
  switch (type.name) {
    case 'float32':
      return readFloats32
    case 'float64':
      return readFloats
    case 'date':
      return readDates
    case 'decimal': {
      const { scale } = type
      return (fields, values) => readDecimals(fields, values, scale)
    }
    case 'time':
      return readTimes
    case 'timestamp': {
      const perSecond = type.unit === 'ms' ? 1_000 : 1_000_000
      return (fields, values) => readStamps(fields, values, perSecond)
    }
    default:
      return isInteger(type) ? readWholes : undefined
  }
}

/** The fields of a column of numbers, and what of them is not read by the fast way. */
class NumberCells {
  readonly records: CsvRecords
  readonly position: number
  readonly type: DataType
  validity: Uint8Array | null = null
  readonly #nullTexts: readonly Uint8Array[]
  readonly #refuse: Refuse

  constructor(
    records: CsvRecords,
    position: number,
    type: DataType,
    { nullTexts }: CsvDialect,
    refuse: Refuse,
  ) {
    this.records = records
    this.position = position
    this.type = type
    this.#nullTexts = nullTexts
    this.#refuse = refuse
  }

  /** Whether a null text looks like a number, so that each field has to be compared first. */
  hasNumericNulls(read: ReadNumbers): boolean {
    return this.#nullTexts.some((text) => {
      const value = new Float64Array(1)
      const bounds = { starts: Int32Array.of(0), ends: Int32Array.of(text.length) }
      read({ text, ...bounds, position: 0, width: 1 }, value)
      return !Number.isNaN(value[0])
    })
  }

  isNull(at: number): boolean {
    return isNullAt(this.records, at, this.#nullTexts, false)
  }

  /** The value of field `at`, which is that of `row`, in the slow and complete way; null for none. */
  read(row: number, at: number): number | bigint | null {
    const { records, type } = this
    if (this.isNull(at)) {
      this.validity ??= new Uint8Array(records.count).fill(1)
      this.validity[row] = 0
      return null
    }
    const { text, starts, ends } = records
    try {
      return parseScalar(text.toString('utf8', starts[at]!, ends[at]!), type) as number | bigint
    } catch (error) {
      if (!(error instanceof GraupelError)) throw error
      this.#refuse(row)
      return null
    }
  }
}

function numberVector(cells: NumberCells, read: ReadNumbers): Vector {
  const { records, position, type } = cells
  const { count: length, width } = records
  const values = new Float64Array(length)
  const [least, greatest] = isFloat(type)
    ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    : (integerRange(type).map(Number) as [number, number])
  if (cells.hasNumericNulls(read)) values.fill(Number.NaN)
  else read({ ...records, position }, values)
  let wide: Map<number, bigint> | null = null
  for (let row = 0, at = position; row < length; row++, at += width) {
    const value = values[row]!
    if (value >= least && value <= greatest) continue
    values[row] = 0
    const scalar = cells.read(row, at)
    if (scalar === null) continue
    if (typeof scalar === 'number' || (scalar >= -SAFE && scalar <= SAFE)) {
      values[row] = type.name === 'float32' ? Math.fround(Number(scalar)) : Number(scalar)
    } else {
      wide ??= new Map()
      wide.set(row, scalar)
    }
  }
  const head = { type, length, validity: cells.validity }
  if (layoutOf(type) === 'i32') return { ...head, layout: 'i32', values: new Int32Array(values) }
  if (wide === null) return { ...head, layout: 'f64', values }
  const all = Array.from(values, (value, row) => wide.get(row) ?? BigInt(value))
  return { ...head, layout: 'big', values: all }
}
