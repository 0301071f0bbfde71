import type { TailEntry } from './model/head.ts'
import { instantText, printObject, type StoredObject } from './stored-json.ts'

export const TXID = /^[0-9a-z-]{8,64}$/
export const SHA256 = /^[0-9a-f]{64}$/

/** A commit as a head names it. */
export function printTailEntry(entry: TailEntry): string {
  const { extra, timestamp, ...fields } = entry
  return printObject([...Object.entries(fields), ['timestamp', instantText(timestamp)]], extra)
}

/** Throws DATA naming the key and the field. */
export function readTailEntry(of: StoredObject): TailEntry {
  const entry = {
    version: of.whole('version', 1),
    txid: of.text('txid', TXID),
    timestamp: of.instant('timestamp'),
    operation: of.text('operation'),
    rows: of.whole('rows'),
    bytes: of.whole('bytes'),
    recordBytes: of.whole('recordBytes', 1),
    recordSha256: of.text('recordSha256', SHA256),
  }
  return { ...entry, extra: of.extra() }
}
