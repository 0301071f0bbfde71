import { corrupt, GraupelError } from '../error.ts'
import { foldFolder, isFolderName } from './folder-name.ts'
import type { DatabaseCell, DroppedEntry, TableEntry } from './model/database.ts'
import { sealed } from './seal.ts'
import {
  instantText,
  parseSealed,
  printList,
  printObject,
  protocolFields,
  readProtocol,
  type StoredObject,
} from './stored-json.ts'
import { TXID } from './tail-entry-json.ts'

const FORMAT = 'graupel-database'
const BYTES_MAX = 16 << 20

/** The database as stored. Throws LIMIT when it holds too many tables. */
export function printDatabase(of: DatabaseCell): Uint8Array {
  const text = printObject(
    [
      ['format', FORMAT],
      ...protocolFields(of),
      ['databaseId', of.databaseId],
      ['namespace', of.namespace],
      ['name', of.name],
      ['revision', of.revision],
      ['txid', of.txid],
      ['tables', printList(of.tables.map((entry) => printEntry(entry, [])))],
      [
        'dropped',
        printList(
          of.dropped.map((entry) =>
            printEntry(entry, [['droppedAt', instantText(entry.droppedAt)]]),
          ),
        ),
      ],
    ],
    of.extra,
  )
  const body = sealed(text)
  if (body.length <= BYTES_MAX) return body
  throw new GraupelError('LIMIT', `database "${of.name}" holds too many tables`, {
    bytes: body.length,
  })
}

/** Throws DATA naming the key, or INVALID when a newer version of this library is needed. */
export function parseDatabase(bytes: Uint8Array, key: string): DatabaseCell {
  const of = parseSealed(bytes, key, BYTES_MAX)
  const cell = {
    ...readProtocol(of, FORMAT, key),
    databaseId: of.text('databaseId'),
    namespace: of.text('namespace'),
    name: of.text('name'),
    revision: of.whole('revision', 1),
    txid: of.text('txid', TXID),
    tables: of.objects('tables').map((entry): TableEntry => {
      const fields = entryFields(entry)
      return { ...fields, extra: entry.extra() }
    }),
    dropped: of.objects('dropped').map((entry): DroppedEntry => {
      const fields = { ...entryFields(entry), droppedAt: entry.instant('droppedAt') }
      return { ...fields, extra: entry.extra() }
    }),
  }
  const names = new Set(cell.tables.map(({ name }) => name))
  const all = [...cell.tables, ...cell.dropped]
  const folders = new Set(all.map(({ folder }) => foldFolder(folder)))
  if (names.size === cell.tables.length && folders.size === all.length) {
    return { ...cell, extra: of.extra() }
  }
  throw corrupt(`"${key}": two tables share a name or a folder`, { key })
}

/** `namespace/database` of a stored database of any version. Throws DATA naming the key. */
export function databasePathOf(bytes: Uint8Array, key: string): string {
  const of = parseSealed(bytes, key, BYTES_MAX)
  return `${of.text('namespace')}/${of.text('name')}`
}

function printEntry(
  { id, name, folder, extra }: TableEntry,
  more: readonly (readonly [string, unknown])[],
): string {
  return printObject([['id', id], ['name', name], ['folder', folder], ...more], extra)
}

function entryFields(of: StoredObject) {
  const folder = of.text('folder')
  if (!isFolderName(folder)) of.fail('folder', 'the name of a folder', folder)
  return { id: of.text('id', /^[0-9a-f-]{36}$/), name: of.text('name'), folder }
}
