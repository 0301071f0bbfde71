import { isUtf8 } from 'node:buffer'
import { invalid } from '../../error.ts'
import type { OnProgress } from '../progress.ts'

/** How a CSV text is written. */
export interface CsvFormat {
  /** Whether the first row of each file names its columns; true when not given. */
  readonly header?: boolean
  /** One ASCII character; `,` when not given. */
  readonly delimiter?: string
  /** One ASCII character, or null where nothing is quoted; `"` when not given. */
  readonly quote?: string | null
  /** Unquoted texts that stand for null; '' and `\N` when not given. */
  readonly nullValues?: readonly string[]
}

export interface CsvReadOptions extends CsvFormat {
  readonly signal?: AbortSignal | undefined
  /** Told after each block of about 1 MiB. */
  readonly onProgress?: OnProgress | undefined
}

/** `CsvFormat` as bytes. */
export interface CsvDialect {
  readonly header: boolean
  readonly delimiter: number
  /** -1 where nothing is quoted. */
  readonly quote: number
  readonly nullTexts: readonly Buffer[]
}

/** Checks a format and fills in its defaults. Throws INVALID naming the option. */
export function csvDialect(format: CsvFormat): CsvDialect {
  const delimiter = asciiByte('delimiter', format.delimiter ?? ',')
  const quote = format.quote === null ? -1 : asciiByte('quote', format.quote ?? '"')
  if (delimiter === quote) throw invalid('delimiter and quote are one character', { quote })
  const { header = true, nullValues = ['', '\\N'] } = format
  if (typeof header !== 'boolean') {
    throw invalid(`header has to be true or false, got ${JSON.stringify(header)}`, { header })
  }
  if (!Array.isArray(nullValues) || nullValues.some((text) => typeof text !== 'string')) {
    throw invalid("nullValues has to be a list of texts such as ['NA']", { nullValues })
  }
  return { header, delimiter, quote, nullTexts: nullValues.map((text) => Buffer.from(text)) }
}

function asciiByte(option: string, text: string): number {
  const code = typeof text === 'string' ? text.charCodeAt(0) : Number.NaN
  if (
    Number.isNaN(code) ||
    text.length !== 1 ||
    code > 127 ||
    code === 10 ||
    code === 13 ||
    code === 0
  ) {
    throw invalid(`${option} ${JSON.stringify(text)} has to be one ASCII character`, {
      [option]: text,
    })
  }
  return code
}

/** The names of a header, with `column_1` and so on by position for those that have none. */
export function namedColumns(header: readonly string[]): string[] {
  return header.map((name, position) => (name === '' ? `column_${position + 1}` : name))
}

/** `bytes` as text for a message, with a mark in place of what is no UTF-8. */
export function shownText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 400)).toString(isUtf8(bytes) ? 'utf8' : 'latin1')
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`
}
