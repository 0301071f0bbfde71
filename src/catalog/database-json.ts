import { corrupt, GraupelError } from '../error.ts'
import { foldFolder, isFolderName } from './folder-name.ts'
import type { DatabaseCell, DroppedEntry, TableEntry, ViewEntry } from './model/database.ts'
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
const ID = /^[0-9a-f-]{36}$/

/** The database as stored. Throws LIMIT when it holds too many tables and views. */
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
      ...(of.recent.length === 0 ? [] : [['recent', of.recent] as const]),
      ['tables', printList(of.tables.map((entry) => printEntry(entry, [])))],
      [
        'dropped',
        printList(
          of.dropped.map((entry) =>
            printEntry(entry, [['droppedAt', instantText(entry.droppedAt)]]),
          ),
        ),
      ],
      ...(of.views.length === 0 ? [] : [['views', printList(of.views.map(printView))] as const]),
    ],
    of.extra,
  )
  const body = sealed(text)
  if (body.length <= BYTES_MAX) return body
  throw new GraupelError('LIMIT', `database "${of.name}" holds too many tables and views`, {
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
    recent: of.has('recent') ? of.texts('recent') : [],
    tables: of.objects('tables').map((entry): TableEntry => {
      const fields = entryFields(entry)
      return { ...fields, extra: entry.extra() }
    }),
    dropped: of.objects('dropped').map((entry): DroppedEntry => {
      const fields = { ...entryFields(entry), droppedAt: entry.instant('droppedAt') }
      return { ...fields, extra: entry.extra() }
    }),
    views: of.has('views') ? of.objects('views').map(parseView) : [],
  }
  if (new Set(cell.views.map(({ name }) => name)).size < cell.views.length) {
    throw corrupt(`"${key}": two views share a name`, { key })
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

/** A view as it stands in a database. */
export function printView({ id, name, sources, plan, extra }: ViewEntry): string {
  const read = sources.map((of) =>
    printObject(
      [
        ['id', of.id],
        ['of', of.of],
        ['database', of.database],
        ['name', of.name],
      ],
      [],
    ),
  )
  const fields = [
    ['id', id],
    ['name', name],
    ['sources', printList(read)],
    ['plan', plan],
  ] as const
  return printObject(fields, extra)
}

function parseView(of: StoredObject): ViewEntry {
  const fields = {
    id: of.text('id', ID),
    name: of.text('name'),
    sources: of.objects('sources').map((source) => ({
      id: source.text('id'),
      of: source.text('of', /^(table|view)$/) as 'table' | 'view',
      database: source.text('database'),
      name: source.text('name'),
    })),
    plan: of.json('plan'),
  }
  return { ...fields, extra: of.extra() }
}

function entryFields(of: StoredObject) {
  const folder = of.text('folder')
  if (!isFolderName(folder)) of.fail('folder', 'the name of a folder', folder)
  return { id: of.text('id', ID), name: of.text('name'), folder }
}
