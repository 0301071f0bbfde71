import { endsEvenly } from '../../kernel/find-lines.ts'
import { onlyPrintable } from '../../kernel/skip-lines.ts'
import { wasmOnlyPrintable } from '../../kernel/wasm/decode-number.ts'
import type { LineBuffer } from './byte-window.ts'

/** Bytes that stand only in quotes: `"`, `,` and CR. */
const QUOTED_ONLY = [34, 44, 13]

/** What statistics say of every line of a file. */
export interface LineClaims {
  /** Its bytes, newline included, where all are equally long. */
  readonly stride: number | null
  /** ASCII without control characters. */
  readonly printable: boolean
  /** No byte that would need quotes, where there might be one. */
  readonly unquoted: boolean
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
  { stride, printable, unquoted }: LineClaims,
): string | undefined {
  const { bytes } = lines
  if (stride !== null && (to - from !== rows * stride || !endsEvenly(bytes, from, rows, stride))) {
    return `holds values that are not ${stride - 1} bytes long`
  }
  if (printable && !isPrintable(lines, from, to)) return 'holds bytes that are no ASCII text'
  if (!unquoted) return undefined
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from)
  if (!QUOTED_ONLY.some((byte) => text.includes(byte))) return undefined
  return 'holds a quote, a comma or a carriage return, against its hints'
}

function isPrintable({ address, bytes, words }: LineBuffer, from: number, to: number): boolean {
  return address === 0
    ? onlyPrintable(bytes, words, from, to)
    : wasmOnlyPrintable(address + from, address + to)
}
