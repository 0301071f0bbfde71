import { corrupt, GraupelError } from '../error.ts'
import { constraintFields, readConstraints } from './constraints-json.ts'
import { foldFolder } from './folder-name.ts'
import {
  checkFormerSchemas,
  formerSchemaFields,
  printColumn,
  readColumn,
  readFormerSchemas,
} from './head-columns-json.ts'
import { LOG_FILE, markFields, readMarks } from './head-marks-json.ts'
import type { Head, Segment, TableState } from './model/head.ts'
import { pendingFields, readPending } from './pending-json.ts'
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
import { printTailEntry, readTailEntry, SHA256, TXID } from './tail-entry-json.ts'

const FORMAT = 'graupel-table'
const STATES: readonly TableState[] = ['live', 'dropped', 'initializing', 'aborted', 'purged']
export const HEAD_BYTES_MAX = 1 << 20

/** The head as stored. Throws LIMIT when it is larger than a head may be. */
export function printHead(head: Head): Uint8Array {
  const text = printObject(
    [
      ['format', FORMAT],
      ...protocolFields(head),
      ['tableId', head.tableId],
      ['state', head.state],
      ['version', head.version],
      ['revision', head.revision],
      ['txid', head.txid],
      ['timestamp', instantText(head.timestamp)],
      ['created', instantText(head.created)],
      ['creationTxid', head.creationTxid],
      ['columns', printList(head.columns.map(printColumn))],
      ...formerSchemaFields(head),
      ['nextColumnId', head.nextColumnId],
      ['clusterBy', head.clusterBy],
      ...(head.clusterKeys === undefined ? [] : ([['clusterKeys', head.clusterKeys]] as const)),
      ...constraintFields(head),
      ['partitionRows', head.partitionRows],
      ['nextId', head.nextId],
      ['partitions', head.partitions],
      ['rows', head.rows],
      ['retainedFrom', head.retainedFrom],
      ...markFields(head),
      ...pendingFields(head.pending),
      ['segments', printList(head.segments.map(printSegment))],
      ['tail', printList(head.tail.map(printTailEntry))],
    ],
    head.extra,
  )
  const body = sealed(text)
  if (body.length <= HEAD_BYTES_MAX) return body
  throw new GraupelError(
    'LIMIT',
    `the table's head would have ${body.length} bytes, more than ${HEAD_BYTES_MAX}: use fewer or shorter columns`,
    { bytes: body.length, columns: head.columns.length },
  )
}

/** Throws DATA naming the key, or INVALID when a newer version of this library is needed. */
export function parseHead(bytes: Uint8Array, key: string): Head {
  const of = parseSealed(bytes, key, HEAD_BYTES_MAX)
  const protocol = readProtocol(of, FORMAT, key)
  const head = {
    ...protocol,
    tableId: of.text('tableId'),
    state: readState(of),
    version: of.whole('version'),
    revision: of.whole('revision'),
    txid: of.text('txid', TXID),
    timestamp: of.instant('timestamp'),
    created: of.instant('created'),
    creationTxid: of.text('creationTxid', TXID),
    columns: of.objects('columns').map(readColumn),
    ...readFormerSchemas(of),
    nextColumnId: of.whole('nextColumnId', 1),
    clusterBy: of.wholes('clusterBy', 1),
    ...readClusterKeys(of),
    ...readConstraints(of),
    partitionRows: of.whole('partitionRows', 1),
    nextId: of.whole('nextId', 1),
    partitions: of.whole('partitions'),
    rows: of.whole('rows'),
    retainedFrom: of.whole('retainedFrom'),
    ...readMarks(of),
    pending: readPending(of),
    segments: of.objects('segments').map(readSegment),
    tail: of.objects('tail').map(readTailEntry),
  }
  checkColumns(head, key)
  checkFormerSchemas(head, key)
  checkLineage(head, key)
  checkMarks(head, key)
  return { ...head, extra: of.extra() }
}

function readClusterKeys(of: StoredObject): Pick<Head, 'clusterKeys'> {
  if (!of.has('clusterKeys')) return {}
  const keys = of.json('clusterKeys')
  const isList = Array.isArray(keys) && keys.length === of.wholes('clusterBy', 1).length
  return isList ? { clusterKeys: keys } : of.fail('clusterKeys', 'one for each of clusterBy', keys)
}

function readState(of: StoredObject): TableState {
  const state = of.text('state')
  const found = STATES.find((candidate) => candidate === state)
  return found ?? of.fail('state', `one of ${STATES.join(', ')}`, state)
}

function printSegment(segment: Segment): string {
  const { extra, timestampFrom, timestampTo, ...fields } = segment
  return printObject(
    [
      ...Object.entries(fields),
      ['timestampFrom', instantText(timestampFrom)],
      ['timestampTo', instantText(timestampTo)],
    ],
    extra,
  )
}

function readSegment(of: StoredObject): Segment {
  const segment = {
    from: of.whole('from', 1),
    to: of.whole('to', 1),
    file: of.text('file', LOG_FILE),
    bytes: of.whole('bytes', 1),
    sha256: of.text('sha256', SHA256),
    timestampFrom: of.instant('timestampFrom'),
    timestampTo: of.instant('timestampTo'),
  }
  return { ...segment, extra: of.extra() }
}

function checkColumns(
  head: Pick<
    Head,
    'columns' | 'dropped' | 'nextColumnId' | 'clusterBy' | 'constraints' | 'identities'
  >,
  key: string,
) {
  const ids = new Set<number>()
  const names = new Set<string>()
  const folders = new Set<string>()
  for (const { id, name, folder } of [...head.columns, ...head.dropped]) {
    const isLive = ids.size < head.columns.length
    const twice = ids.has(id) || (isLive && names.has(name)) || folders.has(foldFolder(folder))
    if (twice || id >= head.nextColumnId) {
      throw corrupt(`"${key}": column ${id} shares its id, name or folder with another`, {
        key,
        id,
      })
    }
    ids.add(id)
    names.add(name)
    folders.add(foldFolder(folder))
  }
  const live = new Set(head.columns.map(({ id }) => id))
  const named = [
    ...head.clusterBy,
    ...head.constraints.flatMap(({ columns }) => columns),
    ...head.identities.map(({ column }) => column),
  ]
  const stranger = named.find((id) => !live.has(id))
  if (stranger === undefined) return
  throw corrupt(`"${key}": column ${stranger} is named, and is none`, { key })
}

function checkMarks(head: Omit<Head, 'extra'>, key: string): void {
  const { version, retainedFrom, fence, nextId, pending } = head
  const prepared = pending?.prepared?.entry.version ?? version + 1
  if (prepared !== version + 1) {
    throw corrupt(`"${key}": what is pending on version ${version} is version ${prepared}`, { key })
  }
  const trimmedTo = head.trimmed?.version ?? 0
  if (trimmedTo > retainedFrom) {
    throw corrupt(`"${key}": the log of version ${retainedFrom} is trimmed to ${trimmedTo}`, {
      key,
    })
  }
  const kept = head.state === 'purged' ? version + 1 : version
  if (retainedFrom <= kept && fence <= nextId) return
  throw corrupt(
    `"${key}": retainedFrom ${retainedFrom} and fence ${fence} pass version ${version} and nextId ${nextId}`,
    { key },
  )
}

/** Segments, then the tail, must lead up to the version without a gap. */
function checkLineage(head: Pick<Head, 'segments' | 'tail' | 'version'>, key: string): void {
  const spans = [
    ...head.segments,
    ...head.tail.map(({ version }) => ({ from: version, to: version })),
  ]
  let next = spans[0]?.from ?? head.version + 1
  for (const { from, to } of spans) {
    if (from !== next || to < from) {
      throw corrupt(`"${key}": its log jumps to version ${from} where ${next} is due`, { key })
    }
    next = to + 1
  }
  const open = head.version > 0 && head.tail.length === 0
  if (next === head.version + 1 && !open) return
  throw corrupt(`"${key}": its log ends at version ${next - 1}, not at ${head.version}`, { key })
}
