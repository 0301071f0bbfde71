import type { AnyFrame } from '../frame/data-frame.ts'
import type { Lake } from '../frame/lake.ts'
import type { OnProgress } from '../io/progress.ts'

/** How a command answers: text for people, or JSON for programs. */
export interface OutputOptions {
  readonly json?: boolean | undefined
}

interface ProgressOptions {
  readonly onProgress?: OnProgress | undefined
}

/** Prints a line to standard output. */
export function printLine(text: string): void {
  process.stdout.write(`${text}\n`)
}

/**
 * JSON of a value. A bigint is a number where that is exact and its digits as text elsewhere, bytes
 * are base64, a number that JSON has not (NaN, infinities) is its name as text.
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, jsonValue, indent) ?? 'null'
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') {
    return BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))
      ? Number(value)
      : String(value)
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return value
}

/** Prints records: as one JSON array, or as a boxed table; `empty` is said when there are none. */
export async function printRecords(
  lake: Lake,
  records: readonly Record<string, unknown>[],
  { json, empty }: OutputOptions & { readonly empty: string },
): Promise<void> {
  if (json === true) printLine(jsonText(records, 2))
  else if (records.length === 0) printLine(empty)
  else await lake.from(records).show(records.length)
}

/** Prints a frame: every row as a line of JSON, or the first `rows` as a boxed table. */
export async function printFrame(
  frame: AnyFrame,
  { json, rows, onProgress }: OutputOptions & ProgressOptions & { readonly rows: number },
): Promise<void> {
  if (json !== true) return frame.show(rows, { onProgress })
  for (const row of await frame.toArray({ temporal: 'iso', onProgress })) printLine(jsonText(row))
}
