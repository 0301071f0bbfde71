import type { DataType } from '../arrow/data-type.ts'
import { isExact, isNested } from '../arrow/data-type.ts'
import { parseScalar, type Scalar, scalarText } from '../arrow/scalar.ts'
import { isTableFolder } from './folder-name.ts'
import type { ColumnPartition } from './model/partition-set.ts'
import { type FileReference, fileText } from './model/table.ts'

/**
 * The statistics of a column file as text, as they stand in `metadata.csv` and in commit records:
 * null where there is nothing to say.
 */
export interface StatisticsText {
  readonly file: string
  readonly rows: string
  readonly nulls: string
  readonly nans: string
  readonly min: string | null
  readonly max: string | null
  readonly sum: string | null
  readonly distinct: string
  readonly flags: string
  readonly width: string | null
  readonly longest: string
  readonly bytes: string
  readonly crc32: string
}

/** Names of the fields, in the order in which they are stored. */
export const STATISTICS_FIELDS = [
  'file',
  'rows',
  'nulls',
  'nans',
  'min',
  'max',
  'sum',
  'distinct',
  'flags',
  'width',
  'longest',
  'bytes',
  'crc32',
] as const satisfies readonly (keyof StatisticsText)[]

/** Why a text is no statistic: the field, and what it should be. */
export class StatisticsProblem {
  readonly field: string
  readonly expected: string

  constructor(field: string, expected: string) {
    this.field = field
    this.expected = expected
  }
}

/** Bytes of a file that stands in the metadata, at most. */
export const INLINE_TEXT_MAX = 64 << 10

/**
 * `statistics` with the whole text of the file that they are of. Throws a StatisticsProblem for a
 * text that is not as long as they say. What is in it is checked when it is decoded.
 */
export function withText(statistics: ColumnPartition, text: unknown): ColumnPartition {
  const { bytes } = statistics
  const isText = typeof text === 'string' && text.isWellFormed()
  if (isText && bytes <= INLINE_TEXT_MAX && Buffer.byteLength(text) === bytes) {
    return { ...statistics, text }
  }
  throw new StatisticsProblem('text', `text of the ${bytes} bytes, at most ${INLINE_TEXT_MAX}`)
}

/** Letters: plain, ascii, ascending (`u`p), descending (`v`), inexact min, max, distinct. */
const FLAGS = /^p?a?[uv]?l?h?e?$/

export function printStatistics(of: ColumnPartition, type: DataType): StatisticsText {
  return {
    file: fileText(of.file),
    rows: String(of.rows),
    nulls: String(of.nulls),
    nans: String(of.nans),
    min: boundText(of.min, type),
    max: boundText(of.max, type),
    sum: of.sum === null ? null : String(of.sum),
    distinct: String(of.distinct),
    flags: flagsText(of),
    width: of.hints.width === null ? null : String(of.hints.width),
    longest: String(of.hints.longest),
    bytes: String(of.bytes),
    crc32: of.crc32.toString(16).padStart(8, '0'),
  }
}

/** The inverse of `printStatistics`. Throws a StatisticsProblem for what it cannot have written. */
export function parseStatistics(text: StatisticsText, type: DataType): ColumnPartition {
  if (!FLAGS.test(text.flags)) throw new StatisticsProblem('flags', 'letters of "pauvlhe" in order')
  const has = (letter: string) => text.flags.includes(letter)
  if (!/^[0-9a-f]{8}$/.test(text.crc32)) throw new StatisticsProblem('crc32', '8 hex digits')
  const rows = whole('rows', text.rows)
  const statistics: ColumnPartition = {
    file: fileReference(text.file),
    rows,
    nulls: whole('nulls', text.nulls),
    nans: whole('nans', text.nans),
    min: bound('min', text.min, type),
    max: bound('max', text.max, type),
    minExact: !has('l'),
    maxExact: !has('h'),
    sum: readSum(text.sum, type),
    distinct: whole('distinct', text.distinct),
    distinctExact: !has('e'),
    bytes: whole('bytes', text.bytes),
    crc32: Number.parseInt(text.crc32, 16),
    hints: {
      width: text.width === null ? null : whole('width', text.width),
      longest: whole('longest', text.longest),
      plain: has('p'),
      ascii: has('a'),
      order: has('u') ? 'ascending' : has('v') ? 'descending' : null,
    },
  }
  if (statistics.nulls + statistics.nans > rows) {
    throw new StatisticsProblem('nulls', `at most the ${rows} rows, NaNs included`)
  }
  return statistics
}

/** A number, or `number@namespace/database/Table`: folders only, so that nothing else is named. */
function fileReference(text: string): FileReference {
  const at = text.indexOf('@')
  const number = whole('file', at < 0 ? text : text.slice(0, at))
  if (number < 1) throw new StatisticsProblem('file', 'at least 1')
  if (at < 0) return number
  const folder = text.slice(at + 1)
  if (isTableFolder(folder)) return { folder, number }
  throw new StatisticsProblem('file', 'a number, or number@namespace/database/Table')
}

function flagsText({ hints, minExact, maxExact, distinctExact }: ColumnPartition): string {
  const order = hints.order === 'ascending' ? 'u' : hints.order === 'descending' ? 'v' : ''
  const known = `${hints.plain ? 'p' : ''}${hints.ascii ? 'a' : ''}${order}`
  return `${known}${minExact ? '' : 'l'}${maxExact ? '' : 'h'}${distinctExact ? '' : 'e'}`
}

function boundText(value: Scalar, type: DataType): string | null {
  return value === null ? null : scalarText(value, type)
}

/** Bounds of JSON, lists and structs are plain text: a long one is cut, and need not be JSON. */
function bound(field: string, text: string | null, type: DataType): Scalar {
  if (text === null || type.name === 'utf8' || type.name === 'json' || isNested(type)) return text
  try {
    const value = parseScalar(text, type)
    if (scalarText(value, type) === text) return value
  } catch {
    // Told below, with the field's name.
  }
  throw new StatisticsProblem(field, `a value of type ${type.name}`)
}

function readSum(text: string | null, type: DataType): bigint | null {
  if (text === null) return null
  if (!isExact(type) || !/^(?:0|-?[1-9]\d{0,60})$/.test(text)) {
    throw new StatisticsProblem('sum', 'a whole number, for an exact type')
  }
  return BigInt(text)
}

function whole(field: string, text: string): number {
  const value = /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value)) return value
  throw new StatisticsProblem(field, 'a whole number')
}
