import { sha256Hex } from '../io/checksum.ts'
import type { CommitRecord } from './model/commit-record.ts'
import type { Head } from './model/head.ts'
import type { Problem } from './model/problem.ts'
import { parseRecord, recordFile } from './record-json.ts'
import { storedColumns } from './schema-at.ts'
import type { SharedTable } from './shared-table.ts'
import { columnTypes } from './table-partitions.ts'

/** A table's log as it is. */
export interface Lineage {
  /** One record a version, of a trimmed one what is left of it. */
  readonly records: readonly CommitRecord[]
  /**
   * What brings the partitions of all versions that can be read: every record, or the base of a
   * trimmed log and the records after it.
   */
  readonly changes: readonly CommitRecord[]
}

/**
 * Reads all of a table's log anew and notes where the chain is broken: versions, parents, hashes,
 * times, and what the head says of them.
 */
export async function verifyLineage(
  table: SharedTable,
  head: Head,
  problems: Problem[],
): Promise<Lineage> {
  const types = columnTypes(storedColumns(head))
  const lines = await table.log.lines(head, { from: 1, to: head.version }, { remembered: false })
  const records: CommitRecord[] = []
  let parent = { version: 0, txid: head.creationTxid, sha256: '' }
  let timestamp = head.created
  const inTail = new Map(head.tail.map((entry) => [entry.version, entry]))
  for (const { bytes, version } of lines) {
    const key = `${table.folder}/_table/log/${version}`
    const record = parseRecord(bytes, key, types)
    const found = record.parent
    const isTrimmed = record.trimmedFrom !== undefined
    const note = (message: string) => problems.push({ key: recordFile(record), message })
    if (record.version !== version) note(`is of version ${record.version}, not ${version}`)
    if (isTrimmed && version > (head.trimmed?.version ?? 0)) note('was trimmed, and is needed')
    if (!isTrimmed && (found.version !== parent.version || found.txid !== parent.txid)) {
      note(`follows "${found.txid}", not "${parent.txid}"`)
    }
    if (!isTrimmed && found.sha256 !== parent.sha256)
      note(`follows another record of version ${parent.version}`)
    if (record.timestamp <= timestamp && version > 1) note('is not younger than the one before')
    const entry = inTail.get(version)
    if (entry !== undefined && (entry.txid !== record.txid || entry.rows !== record.rows)) {
      note('is not what the head says')
    }
    const whole = bytes.at(-1) === 10 ? bytes : Buffer.concat([bytes, Buffer.of(10)])
    parent = { version, txid: record.txid, sha256: record.trimmedFrom ?? sha256Hex(whole) }
    timestamp = record.timestamp
    records.push(record)
  }
  if (head.trimmed === null) return { records, changes: records }
  const span = { from: 1, to: head.version }
  return { records, changes: await table.log.changes(head, span, types) }
}
