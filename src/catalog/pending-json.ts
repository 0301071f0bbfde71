import { markFields, readMarks, tableFolder } from './head-marks-json.ts'
import type { Pending, PreparedCommit } from './model/head.ts'
import { JsonText, printObject, type StoredObject } from './stored-json.ts'
import { printTailEntry, readTailEntry, TXID } from './tail-entry-json.ts'

type Fields = readonly (readonly [name: string, value: unknown])[]

/** The field of a head that tells of a transaction over several tables; none without one. */
export function pendingFields(pending: Pending | null): Fields {
  if (pending === null) return []
  const { txid, primary, prepared } = pending
  const fields: Fields = [
    ['txid', txid],
    ['primary', { folder: primary.folder, tableId: primary.tableId, version: primary.version }],
    ...(prepared === null ? [] : ([['prepared', printPrepared(prepared)]] as const)),
  ]
  return [['pending', new JsonText(printObject(fields, []))]]
}

/** The inverse of `pendingFields`. Throws DATA naming the key and the field. */
export function readPending(head: StoredObject): Pending | null {
  if (!head.has('pending')) return null
  const of = head.object('pending')
  const primary = of.object('primary')
  return {
    txid: of.text('txid', TXID),
    primary: {
      folder: tableFolder(primary),
      tableId: primary.text('tableId'),
      version: primary.whole('version', 1),
    },
    prepared: of.has('prepared') ? readPrepared(of.object('prepared')) : null,
  }
}

function printPrepared({ entry, nextId, partitions, rows, ...marks }: PreparedCommit): JsonText {
  const fields: Fields = [
    ['entry', new JsonText(printTailEntry(entry))],
    ['nextId', nextId],
    ['partitions', partitions],
    ['rows', rows],
    ...markFields({
      ...marks,
      compression: 'none',
      tags: [],
      pins: [],
      streams: [],
      trimmed: null,
    }),
  ]
  return new JsonText(printObject(fields, []))
}

function readPrepared(of: StoredObject): PreparedCommit {
  const { fence, burned, apps, lastLoad } = readMarks(of)
  return {
    entry: readTailEntry(of.object('entry')),
    nextId: of.whole('nextId', 1),
    partitions: of.whole('partitions'),
    rows: of.whole('rows'),
    fence,
    burned,
    apps,
    lastLoad,
  }
}
