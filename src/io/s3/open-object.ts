import type { Readable } from 'node:stream'
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3'
import type { ByteSource } from '../object-store.ts'
import { retrying } from '../retry.ts'
import { UnpackedSource, unpackedBytes } from './gzip-body.ts'
import { readBody } from './read-body.ts'
import { type Bucket, receive } from './s3-bucket.ts'
import { failureOf, s3Error, verdictOf } from './s3-failure.ts'
import { type FetchRange, Piece, S3Source } from './s3-source.ts'

type Answer = GetObjectCommandOutput & { readonly Body: Readable }

/** Bytes that opened objects of a bucket hold. */
const held = new WeakMap<Bucket, number>()

/** What the first answer tells of an object; its body is on its way into `piece`. */
interface Opening {
  readonly byteLength: number
  readonly etag: string | undefined
  /** Bytes of the object once it is unpacked; undefined when it is stored plain. */
  readonly unpacked: number | undefined
  readonly piece: Piece
  /** Settles when the body has; true when all of it came. */
  readonly whole: Promise<boolean>
}

/**
 * Opens an object with one GET: for all of it where it is small and there is room for it, else for
 * a first piece. Null when there is none.
 */
export async function openObject(
  bucket: Bucket,
  path: string,
  signal: AbortSignal | undefined,
): Promise<ByteSource | null> {
  const { limits } = bucket
  const hasRoom = (held.get(bucket) ?? 0) + limits.wholeBytes <= limits.heldBytes
  const size = hasRoom ? limits.wholeBytes : limits.pieceBytes
  const abort = new AbortController()
  const opening = await begin(bucket, { path, size, signal, abort })
  if (opening === null) return null
  const { byteLength, etag, piece, whole, unpacked } = opening
  const fetch = rangeFetcher(bucket, path, etag)
  piece.follow(whole.then((isWhole) => (isWhole ? undefined : finish(piece, fetch, abort))))
  // What is packed is held beside what it becomes.
  const bytes = piece.bytes.length + (unpacked === undefined ? 0 : byteLength + unpacked)
  hold(bucket, bytes)
  const source = new S3Source({
    byteLength,
    pieceBytes: limits.pieceBytes,
    signal,
    first: piece,
    abort,
    fetch,
    onClose: () => hold(bucket, -bytes),
  })
  return unpacked === undefined
    ? source
    : new UnpackedSource(source, { bytes: unpacked, key: path })
}

function hold(bucket: Bucket, bytes: number): void {
  held.set(bucket, (held.get(bucket) ?? 0) + bytes)
}

async function begin(
  bucket: Bucket,
  request: {
    readonly path: string
    readonly size: number
    readonly signal: AbortSignal | undefined
    readonly abort: AbortController
  },
): Promise<Opening | null> {
  const { path, signal } = request
  const { limits, place } = bucket
  try {
    return await retrying(() => firstAnswer(bucket, request), {
      policy: limits.retry,
      signal,
      verdictOf,
    })
  } catch (error) {
    const failure = failureOf(error)
    if (failure === 'missing') return null
    // A range of an object without bytes is refused.
    if (failure === 'range') return EMPTY
    throw s3Error('open', { key: path, bucket: place.bucket }, error)
  }
}

const EMPTY: Opening = {
  byteLength: 0,
  etag: undefined,
  unpacked: undefined,
  piece: new Piece(0, 0),
  whole: Promise.resolve(true),
}

/** Answers when the head of the answer is there, while its body is being taken. */
function firstAnswer(
  bucket: Bucket,
  {
    path,
    size,
    signal,
    abort,
  }: {
    readonly path: string
    readonly size: number
    readonly signal: AbortSignal | undefined
    readonly abort: AbortController
  },
): Promise<Opening> {
  return new Promise<Opening>((resolve, reject) => {
    const command = getRange(bucket, path, { from: 0, to: size - 1 })
    const take = async (answer: Answer) => {
      const length = checkedLength(answer, size)
      const unpacked = claimOf(answer, path)
      const byteLength = totalOf(answer, length)
      const piece = new Piece(0, length)
      const whole = readBody(answer.Body, piece.bytes, {
        progressMs: bucket.limits.progressMs,
        signal: abort.signal,
        onBytes: (count) => piece.advance(count),
      }).then(
        () => true,
        () => false,
      )
      resolve({ byteLength, etag: answer.ETag, unpacked, piece, whole })
      await whole
    }
    receive(bucket, command, signal, take).catch(reject)
  })
}

async function finish(piece: Piece, fetch: FetchRange, abort: AbortController): Promise<void> {
  const from = piece.filled
  await fetch(piece.bytes.subarray(from), piece.start + from, {
    signal: abort.signal,
    onBytes: (count) => piece.advance(count),
  })
}

/** Fetches ranges of one version of an object, going on where a body broke off. */
function rangeFetcher(bucket: Bucket, path: string, etag: string | undefined): FetchRange {
  const { limits, place } = bucket
  return async (target, position, { signal, onBytes }) => {
    let filled = 0
    const tried = async () => {
      const from = position + filled
      const rest = target.subarray(filled)
      if (rest.length === 0) return
      const command = getRange(bucket, path, { from, to: position + target.length - 1, etag })
      await receive(bucket, command, signal, async (answer) => {
        if (checkedLength(answer, rest.length) !== rest.length) {
          answer.Body.destroy()
          throw new Error(`the answer has not the ${rest.length} bytes that were asked for`)
        }
        await readBody(answer.Body, rest, {
          progressMs: limits.progressMs,
          signal,
          onBytes: (count) => {
            filled += count
            onBytes(count)
          },
        })
      })
    }
    try {
      await retrying(tried, { policy: limits.retry, signal, verdictOf })
    } catch (error) {
      throw s3Error('read', { key: path, bucket: place.bucket }, error)
    }
  }
}

function getRange(
  { sdk, place, quotedEtags }: Bucket,
  Key: string,
  { from, to, etag }: { from: number; to: number; etag?: string | undefined },
): object {
  const bare = etag?.replace(/^"(.*)"$/, '$1')
  return new sdk.GetObjectCommand({
    Bucket: place.bucket,
    Key,
    Range: `bytes=${from}-${to}`,
    ...(bare === undefined ? {} : { IfMatch: quotedEtags ? `"${bare}"` : bare }),
  })
}

/** Bytes of the body. A server that knows no ranges sends more than was asked for. */
function checkedLength({ ContentLength, Body }: Answer, asked: number): number {
  if (ContentLength !== undefined && ContentLength <= asked) return ContentLength
  Body.destroy()
  throw new Error(
    ContentLength === undefined
      ? 'the answer has no Content-Length'
      : `the answer has ${ContentLength} bytes where ${asked} were asked for`,
  )
}

function claimOf(answer: Answer, key: string): number | undefined {
  try {
    return unpackedBytes(answer, key)
  } catch (error) {
    answer.Body.destroy()
    throw error
  }
}

function totalOf({ ContentRange }: Answer, length: number): number {
  const total = /\/(\d+)$/.exec(ContentRange ?? '')?.[1]
  return total === undefined ? length : Number(total)
}
