import type { Readable } from 'node:stream'
import type { GetObjectCommandOutput, S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import { invalid, throwIfAborted } from '../../error.ts'
import type { BucketPlace, S3Limits, S3Options } from './s3-options.ts'
import { endpointOf, isAws } from './s3-options.ts'
import { Slots } from './slots.ts'

const BODY_BYTES_PER_MS = 256

type Sdk = typeof import('@aws-sdk/client-s3')

/** What is common to the requests of a bucket. Each is sent once; who asks decides on another. */
export interface Bucket {
  readonly sdk: Sdk
  readonly client: S3Client
  readonly place: BucketPlace
  readonly limits: S3Limits
  readonly slots: Slots
  readonly quotedEtags: boolean
  /** Names bucket and server, without keys. */
  readonly url: string
}

/**
 * A client for the bucket; nothing is sent. Throws INVALID for an endpoint that is none, and for a
 * client that sends requests again on its own: a swap must not be.
 */
export async function openBucket(
  place: BucketPlace,
  options: S3Options,
  limits: S3Limits,
): Promise<Bucket> {
  const endpoint = endpointOf(options)
  const sdk = await import('@aws-sdk/client-s3')
  const client = options.client ?? new sdk.S3Client(clientConfig(options, endpoint, limits))
  if ((await client.config.maxAttempts()) !== 1) {
    throw invalid('the S3 client has to be made with `maxAttempts: 1`: requests are retried here')
  }
  return {
    sdk,
    client,
    place,
    limits,
    slots: new Slots(limits.requests),
    quotedEtags: options.quotedEtags === true,
    url: await urlOf(place, client, options.client === undefined ? endpoint : undefined),
  }
}

/** `s3://bucket/prefix`; on another server its address comes first, as names repeat. */
async function urlOf(
  { bucket, prefix }: BucketPlace,
  client: S3Client,
  told: URL | undefined,
): Promise<string> {
  const path = prefix === '' ? bucket : `${bucket}/${prefix}`
  const own = told === undefined ? await client.config.endpoint?.() : undefined
  const port = own?.port === undefined ? '' : `:${own.port}`
  const address = told?.href ?? (own && `${own.protocol}//${own.hostname}${port}${own.path}`)
  if (address === undefined || isAws(new URL(address))) return `s3://${path}`
  return `s3+${address.replace(/\/$/, '')}/${path}`
}

function clientConfig(
  options: S3Options,
  endpoint: URL | undefined,
  limits: S3Limits,
): S3ClientConfig {
  const agent = { keepAlive: true, maxSockets: limits.requests * 2 }
  const fallback = isAws(endpoint) ? undefined : 'us-east-1'
  const region =
    options.region ??
    (process.env['AWS_REGION'] ? undefined : process.env['AWS_DEFAULT_REGION'] || fallback)
  const checksums = isAws(endpoint) ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED'
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint: endpoint.href }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    forcePathStyle: !isAws(endpoint),
    maxAttempts: 1,
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    requestHandler: {
      connectionTimeout: limits.connectMs,
      requestTimeout: limits.requestMs,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  }
}

interface Sending {
  readonly signal?: AbortSignal | undefined
  /** Of the request's body. */
  readonly bytes?: number
}

/**
 * Sends one request whose answer is small and bounds the whole of it in time, also where the
 * client waits for a body that never ends.
 */
export async function send<Answer>(
  bucket: Bucket,
  command: object,
  { signal, bytes = 0 }: Sending = {},
): Promise<Answer> {
  return bucket.slots.run(() => {
    const ms = bucket.limits.requestMs + bytes / BODY_BYTES_PER_MS
    return within(ms, signal, (abortSignal) => answerOf<Answer>(bucket, command, abortSignal, ms))
  }, signal)
}

/**
 * Sends a GET and hands its body over while a place is held; the body must be consumed or
 * destroyed by `consume`.
 */
export async function receive<T>(
  bucket: Bucket,
  command: object,
  signal: AbortSignal | undefined,
  consume: (answer: GetObjectCommandOutput & { readonly Body: Readable }) => Promise<T>,
): Promise<T> {
  return bucket.slots.run(async () => {
    const { requestMs } = bucket.limits
    const answer = await within(requestMs, signal, (abortSignal) =>
      answerOf<GetObjectCommandOutput>(bucket, command, abortSignal, requestMs),
    )
    return consume(answer as GetObjectCommandOutput & { Body: Readable })
  }, signal)
}

function answerOf<Answer>(
  { client }: Bucket,
  command: object,
  abortSignal: AbortSignal,
  ms: number,
): Promise<Answer> {
  const options = { abortSignal, requestTimeout: Math.ceil(ms) }
  return client.send(command as never, options) as unknown as Promise<Answer>
}

/** `work` with a signal of its own that fires with the caller's, and when time is up. */
async function within<T>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  throwIfAborted(signal)
  const own = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let giveUp: (() => void) | undefined
  const stopped = new Promise<never>((_, reject) => {
    const stop = (reason: Error) => {
      own.abort()
      reject(reason)
    }
    giveUp = () => stop(new Error('aborted by the caller'))
    timer = setTimeout(() => {
      stop(new Error(`no answer within ${Math.round(ms)} ms`))
    }, ms + 1000)
    signal?.addEventListener('abort', giveUp)
  })
  try {
    return await Promise.race([work(own.signal), stopped])
  } finally {
    clearTimeout(timer)
    if (giveUp !== undefined) signal?.removeEventListener('abort', giveUp)
  }
}
