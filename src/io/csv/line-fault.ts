import { endsEvenly } from '../../kernel/find-lines.ts'
import { onlyPrintable } from '../../kernel/skip-lines.ts'
import { wasmOnlyPrintable } from '../../kernel/wasm/decode-number.ts'
import type { LineBuffer } from './byte-window.ts'

/** Bytes that stand only in quotes: `"`, `,` and CR. */
const QUOTED_ONLY = [34, 44, 13]

const NULL_LINE = '\\N\n'

/** What statistics say of every line of a file. */
export interface LineClaims {
  /** Its bytes, newline included, where all are equally long. */
  readonly stride: number | null
  /** ASCII without control characters. */
  readonly printable: boolean
  /** No byte that would need quotes, where there might be one. */
  readonly unquoted: boolean
  /** No null, where each line is a record. */
  readonly nullless: boolean
}

/**
 * What the `rows` lines in `lines.bytes[from .. to)` hold against `claims`, to go on after `the
 * file`; undefined if nothing.
 */
export function lineFault(
  lines: LineBuffer,
  from: number,
  to: number,
  rows: number,
  { stride, printable, unquoted, nullless }: LineClaims,
): string | undefined {
  const { bytes } = lines
  if (stride !== null && (to - from !== rows * stride || !endsEvenly(bytes, from, rows, stride))) {
    return `holds values that are not ${stride - 1} bytes long`
  }
  if (printable && !isPrintable(lines, from, to)) return 'holds bytes that are no ASCII text'
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from)
  if (unquoted && QUOTED_ONLY.some((byte) => text.includes(byte))) {
    return 'holds a quote, a comma or a carriage return, against its hints'
  }
  if (!nullless) return undefined
  const first = text.toString('latin1', 0, NULL_LINE.length)
  if (first !== NULL_LINE && !text.includes(`\n${NULL_LINE}`)) return undefined
  return 'holds a null, its statistics say that there is none'
}

function isPrintable({ address, bytes, words }: LineBuffer, from: number, to: number): boolean {
  return address === 0
    ? onlyPrintable(bytes, words, from, to)
    : wasmOnlyPrintable(address + from, address + to)
}
