import { clip, GraupelError, invalid, nameNotFound } from '../error.ts'
import { newUuid } from '../io/clock-and-ids.ts'
import type { Head, StreamOffset } from './model/head.ts'
import { assertVersion } from './moment-version.ts'
import type { SharedTable } from './shared-table.ts'
import { assertLive } from './table-head.ts'
import { assertRetained } from './table-partitions.ts'

const STREAMS_MAX = 256
const CHARACTERS_MAX = 120

/** Changes of a table that are to be consumed: those after version `from` up to version `to`. */
export interface StreamSpan {
  readonly id: string
  readonly from: number
  readonly to: number
}

/**
 * The span that the stream `name` is at: the one that somebody has begun and not ended, or all that
 * came since. It is written down before anybody consumes it, so that whoever does it again does the
 * very same. Undefined when there is nothing new. Makes the stream, from version `start` on, when
 * there is none. Throws LIMIT when there are 256 streams, NOT_FOUND and EXPIRED for where it starts.
 */
export async function beginSpan(
  table: SharedTable,
  name: string,
  start: () => Promise<number>,
): Promise<StreamSpan | undefined> {
  const { streams } = (await table.read()).head
  const first = streams.some((stream) => stream.name === name) ? 0 : await start()
  let span: StreamSpan | undefined
  await table.edit((head) => {
    assertLive(head, table.name)
    const known = head.streams.find((stream) => stream.name === name)
    const stream = known ?? newStream(head, table.name, { name, start: first })
    const { id, version: from } = stream
    const to = stream.next ?? head.version
    span = to > from ? { id, from, to } : undefined
    if (span === undefined) return known === undefined ? replaced(head, stream) : undefined
    return stream.next === null ? replaced(head, { ...stream, next: to }) : undefined
  })
  return span
}

/** Writes down that a span is consumed, unless somebody did. */
export async function endSpan(table: SharedTable, { id, from, to }: StreamSpan): Promise<void> {
  await table.edit((head) => {
    const stream = head.streams.find((of) => of.id === id)
    if (stream?.version !== from || stream.next !== to) return undefined
    return replaced(head, { ...stream, version: to, next: null })
  })
}

/** Takes a stream away. Throws NOT_FOUND with the nearest name. */
export async function dropStream(table: SharedTable, name: string): Promise<void> {
  const { streams } = (await table.read()).head
  if (!streams.some((stream) => stream.name === name)) {
    throw nameNotFound(
      'stream',
      String(name),
      streams.map((stream) => stream.name),
    )
  }
  await table.edit((head) => {
    const left = head.streams.filter((stream) => stream.name !== name)
    return left.length === head.streams.length ? undefined : { streams: left }
  })
}

/** Throws INVALID for text that cannot name a stream. */
export function assertStreamName(name: unknown): asserts name is string {
  const isText = typeof name === 'string' && name !== '' && name.isWellFormed()
  if (isText && name.length <= CHARACTERS_MAX) return
  throw invalid(`stream: a name is text of 1 to ${CHARACTERS_MAX} characters`, { stream: name })
}

function newStream(
  head: Head,
  table: string,
  { name, start }: { readonly name: string; readonly start: number },
): StreamOffset {
  assertVersion(head, table, start)
  if (start > 0) assertRetained(head, start)
  if (head.streams.length >= STREAMS_MAX) {
    throw new GraupelError('LIMIT', `table "${clip(table)}" has ${STREAMS_MAX} streams already`, {
      table,
    })
  }
  return { name, id: newUuid(), version: start, next: null }
}

function replaced({ streams }: Head, stream: StreamOffset): Pick<Head, 'streams'> {
  return { streams: [...streams.filter(({ name }) => name !== stream.name), stream] }
}
