import type { S3Client } from '@aws-sdk/client-s3'
import { clip, invalid } from '../../error.ts'
import type { RetryPolicy } from '../retry.ts'
import { assertKey } from '../store-key.ts'

/** Keys that sign requests. The secret never appears in a message. */
export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** How a bucket is reached. What is not told comes from the environment, as for other AWS tools. */
export interface S3Options {
  /** Region of the bucket, such as `eu-central-1`. */
  readonly region?: string | undefined
  /** URL of an S3-compatible server, such as `https://s3.example.org`; AWS without it. */
  readonly endpoint?: string | undefined
  /** Keys, or a function that gives them; the default chain of AWS without them. */
  readonly credentials?: S3Credentials | (() => Promise<S3Credentials>) | undefined
  /** A client of one's own, which must have `maxAttempts: 1`; then the three above are not used. */
  readonly client?: S3Client | undefined
  /** Sends the ETag in `If-Match` in quotes, for servers that want them. */
  readonly quotedEtags?: boolean | undefined
}

/** Bounds that tests make smaller. All times in milliseconds. */
export interface S3Limits {
  readonly connectMs: number
  /** To the head of an answer, beside what the body of the request takes. */
  readonly requestMs: number
  /** Without a byte of an answer's body. */
  readonly progressMs: number
  /** Requests at once. */
  readonly requests: number
  /** Bytes of an object that are fetched in one request at most. */
  readonly wholeBytes: number
  /** Bytes of a request beyond that. */
  readonly pieceBytes: number
  /** Bytes of opened objects held at once, before objects are read in pieces. */
  readonly heldBytes: number
  readonly retry: RetryPolicy
}

export const S3_LIMITS: S3Limits = {
  connectMs: 5_000,
  requestMs: 20_000,
  progressMs: 20_000,
  requests: 256,
  wholeBytes: 64 << 20,
  pieceBytes: 8 << 20,
  heldBytes: 512 << 20,
  retry: { attemptsMax: 10, deadlineMs: 60_000, pauseMs: 50, pauseMsMax: 10_000 },
}

/** A bucket and the keys' common beginning in it: '' or without a `/` at its end. */
export interface BucketPlace {
  readonly bucket: string
  readonly prefix: string
}

/** Takes `s3://bucket/prefix` apart. Throws INVALID for anything else, without showing secrets. */
export function parseS3Url(url: string): BucketPlace {
  const [, authority = '', path = ''] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(url) ?? []
  if (authority.includes('@') || authority.includes(':')) {
    throw invalid('the "s3:" URL holds more than a bucket before its "/": give keys by options')
  }
  if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i.test(authority)) {
    throw invalid(`"${clip(url)}" has no bucket: use "s3://bucket/prefix"`, { url: clip(url) })
  }
  if (/[?#]/.test(path)) {
    throw invalid(`"${clip(authority)}": an "s3:" URL takes no "?" or "#"; use options`)
  }
  const prefix = path.replace(/\/$/, '')
  if (prefix !== '') assertKey(prefix)
  return { bucket: authority, prefix }
}

/** The endpoint that options or environment name; undefined for AWS itself. */
export function endpointOf(
  options: S3Options,
  environment: NodeJS.ProcessEnv = process.env,
): URL | undefined {
  const ignored = environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true'
  const configured =
    environment['AWS_ENDPOINT_URL_S3'] || environment['AWS_ENDPOINT_URL'] || undefined
  const text = options.endpoint ?? (ignored ? undefined : configured)
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url?.username === '' && url.password === '' && url.search === ''
  if (url === undefined || !isPlain || !/^https?:$/.test(url.protocol)) {
    throw invalid('the S3 endpoint has to be an http or https URL without keys in it')
  }
  return url
}

/** Whether a host is AWS's own, which differs from others in checksums and addresses. */
export function isAws(endpoint: URL | undefined): boolean {
  return endpoint === undefined || /\.amazonaws\.com(\.cn)?$/.test(endpoint.hostname)
}
