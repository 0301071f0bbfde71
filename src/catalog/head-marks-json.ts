import { isTableFolder } from './folder-name.ts'
import type {
  AppMark,
  Compression,
  Head,
  IdRange,
  Pin,
  StreamOffset,
  Tag,
  TrimmedLog,
} from './model/head.ts'
import { instantText, printList, printObject, type StoredObject } from './stored-json.ts'
import { SHA256 } from './tail-entry-json.ts'

type Marks = Pick<
  Head,
  'compression' | 'fence' | 'burned' | 'tags' | 'pins' | 'streams' | 'apps' | 'lastLoad' | 'trimmed'
>
type Fields = readonly (readonly [name: string, value: unknown])[]

export const COMPRESSIONS: readonly Compression[] = ['gzip', 'none']

const APP_CHARACTERS_MAX = 200
const STREAM_ID = /^[0-9a-f-]{36}$/
/** Names of objects of the log. */
export const LOG_FILE: RegExp = /^(?:trimmed-)?[0-9]{20}-[0-9a-z-]{8,100}\.jsonl?$/

/** The fields of a head that are left out while there is nothing to say. */
export function markFields(head: Marks): Fields {
  const list = <T>(name: string, items: readonly T[], fieldsOf: (item: T) => Fields): Fields =>
    items.length === 0
      ? []
      : [[name, printList(items.map((item) => printObject(fieldsOf(item), [])))]]
  return [
    ...(head.compression === 'none' ? [] : ([['compression', head.compression]] as const)),
    ...(head.fence === 1 ? [] : ([['fence', head.fence]] as const)),
    ...list('burned', head.burned, (of) => [
      ['from', of.from],
      ['to', of.to],
    ]),
    ...list('tags', head.tags, (of) => [
      ['name', of.name],
      ['version', of.version],
      ['created', instantText(of.created)],
    ]),
    ...list('pins', head.pins, (of) => [
      ['clone', of.clone],
      ['folder', of.folder],
      ['version', of.version],
      ['created', instantText(of.created)],
    ]),
    ...list('streams', head.streams, (of) => [
      ['name', of.name],
      ['id', of.id],
      ['version', of.version],
      ...(of.next === null ? [] : ([['next', of.next]] as const)),
    ]),
    ...list('apps', head.apps, (of) => [
      ['app', of.app],
      ['sequence', of.sequence],
    ]),
    ...(head.lastLoad === 0 ? [] : ([['lastLoad', head.lastLoad]] as const)),
    ...(head.trimmed === null ? [] : ([['trimmed', printTrimmedLog(head.trimmed)]] as const)),
  ]
}

function printTrimmedLog({ version, files }: TrimmedLog): unknown {
  const list = files.map(({ file, bytes, sha256 }) => ({ file, bytes, sha256 }))
  return { version, files: list }
}

function readTrimmedLog(of: StoredObject): TrimmedLog {
  return {
    version: of.whole('version'),
    files: of.objects('files').map((item) => ({
      file: item.text('file', LOG_FILE),
      bytes: item.whole('bytes', 1),
      sha256: item.text('sha256', SHA256),
    })),
  }
}

/** The inverse of `markFields`. Throws DATA naming the key and the field. */
export function readMarks(of: StoredObject): Marks {
  const list = <T>(name: string, read: (item: StoredObject) => T): T[] =>
    of.has(name) ? of.objects(name).map(read) : []
  return {
    compression: of.has('compression') ? readCompression(of) : 'none',
    fence: of.has('fence') ? of.whole('fence', 1) : 1,
    burned: list('burned', readRange),
    tags: list(
      'tags',
      (item): Tag => ({
        name: item.text('name'),
        version: item.whole('version'),
        created: item.instant('created'),
      }),
    ),
    pins: list(
      'pins',
      (item): Pin => ({
        clone: item.text('clone'),
        folder: tableFolder(item),
        version: item.whole('version'),
        created: item.instant('created'),
      }),
    ),
    streams: list(
      'streams',
      (item): StreamOffset => ({
        name: item.text('name'),
        id: item.text('id', STREAM_ID),
        version: item.whole('version'),
        next: item.has('next') ? item.whole('next', 1) : null,
      }),
    ),
    apps: list(
      'apps',
      (item): AppMark => ({
        app: item.text('app'),
        sequence: item.whole('sequence'),
      }),
    ),
    lastLoad: of.has('lastLoad') ? of.whole('lastLoad') : 0,
    trimmed: of.has('trimmed') ? readTrimmedLog(of.object('trimmed')) : null,
  }
}

function readCompression(of: StoredObject): Compression {
  const found = of.text('compression')
  const known = COMPRESSIONS.find((candidate) => candidate === found)
  return known ?? of.fail('compression', `one of ${COMPRESSIONS.join(', ')}`, found)
}

/** Whether `name` can be an application's: 1 to 200 characters of well-formed text. */
export function isAppName(name: unknown): name is string {
  if (typeof name !== 'string') return false
  return name !== '' && name.length <= APP_CHARACTERS_MAX && name.isWellFormed()
}

function readRange(item: StoredObject): IdRange {
  const from = item.whole('from', 1)
  const to = item.whole('to', 1)
  if (to < from) item.fail('to', `at least ${from}`, to)
  return { from, to }
}

/** The key of a table's folder: below the root of the store, and never inside a table. */
export function tableFolder(item: StoredObject): string {
  const key = item.text('folder')
  if (isTableFolder(key)) return key
  return item.fail('folder', '"namespace/database/Table"', key)
}
