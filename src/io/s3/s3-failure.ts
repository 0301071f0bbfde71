import { clip, GraupelError } from '../../error.ts'
import type { Verdict } from '../retry.ts'

/** What an answer that is no success means, whoever asked. */
export type Failure =
  | 'missing' // no such key
  | 'unchanged' // it is still what the request knows of
  | 'precondition' // a condition of the request does not hold
  | 'conflict' // another request was under way: nothing was done
  | 'range' // the object ends before the range
  | 'refused' // it will be refused again: keys, rights, bucket, region, arguments
  | 'overloaded' // the store asks for patience
  | 'unsent' // no connection: nothing can have been done
  | 'unclear' // it may have been done

const UNSENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])
const OVERLOADED = new Set(['SlowDown', 'Throttling', 'ThrottlingException', 'TooManyRequests'])
const HINTS = new Map([
  ['NoSuchBucket', 'there is no such bucket: make it first, or check region and endpoint'],
  ['AccessDenied', 'the keys have no right to it: see the policies in docs/s3.md'],
  ['InvalidAccessKeyId', 'the store does not know the access key'],
  ['SignatureDoesNotMatch', 'the secret key does not belong to the access key'],
  ['ExpiredToken', 'the session has expired: sign in again'],
  ['InvalidToken', 'the session token is not valid: sign in again'],
  ['PermanentRedirect', 'the bucket is in another region: set `region`'],
  ['AuthorizationHeaderMalformed', 'the bucket is in another region: set `region`'],
  ['CredentialsProviderError', 'no keys were found: set `credentials` or AWS_ACCESS_KEY_ID'],
  ['MissingRegion', 'no region was found: set `region` or AWS_REGION'],
])

/** Finds out what an error of the S3 client or of the network means. */
export function failureOf(error: unknown): Failure {
  const name = nameOf(error)
  const status = statusOf(error)
  if (name === 'NoSuchBucket' || name === 'CredentialsProviderError') return 'refused'
  if (name === 'MissingRegion') return 'refused'
  if (OVERLOADED.has(name) || status === 429) return 'overloaded'
  // The client has corrected its clock by then.
  if (name === 'RequestTimeTooSkewed') return 'conflict'
  if (status === 304) return 'unchanged'
  if (status === 404) return 'missing'
  if (status === 412) return 'precondition'
  if (status === 409) return 'conflict'
  if (status === 416) return 'range'
  if (name === 'RequestTimeout' || status === 408) return 'unclear'
  if (status === 503) return 'unclear'
  if (status !== undefined && status >= 300 && status < 500) return 'refused'
  if (UNSENT.has(codeOf(error)) || isConnectTimeout(error)) return 'unsent'
  return 'unclear'
}

/** What to do about an error of a request that may be sent any number of times. */
export function verdictOf(error: unknown): Verdict {
  if (error instanceof GraupelError) return error.code === 'UNAVAILABLE' ? 'again' : 'stop'
  const failure = failureOf(error)
  if (failure === 'overloaded' || statusOf(error) === 503) return 'later'
  return failure === 'unclear' || failure === 'unsent' || failure === 'conflict' ? 'again' : 'stop'
}

/**
 * The error for the caller: INVALID with a hint where asking again is of no use, else UNAVAILABLE.
 * What the client knows of keys and headers stays behind.
 */
export function s3Error(
  operation: string,
  at: { readonly key: string; readonly bucket: string },
  error: unknown,
): GraupelError {
  if (error instanceof GraupelError) return error
  const name = nameOf(error)
  const status = statusOf(error)
  const refused = failureOf(error) === 'refused'
  const hint = HINTS.get(name) ?? (status === 403 ? HINTS.get('AccessDenied') : undefined)
  const found = [status, name === 'Error' ? '' : name, codeOf(error)].filter(Boolean).join(' ')
  const reason = hint ?? (status === undefined && error instanceof Error ? error.message : '')
  const message = `bucket "${at.bucket}" could not ${operation} "${clip(at.key)}": ${found}`
  const cause = new Error(`${found} ${requestIdOf(error)}`.trim())
  return new GraupelError(
    refused ? 'INVALID' : 'UNAVAILABLE',
    reason === '' ? message : `${message} (${clipped(reason)})`,
    { operation, key: at.key, bucket: at.bucket, ...(status === undefined ? {} : { status }) },
    { cause },
  )
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if (error.message === 'Region is missing') return 'MissingRegion'
  return error.name
}

function statusOf(error: unknown): number | undefined {
  const status = metadataOf(error)?.httpStatusCode
  return typeof status === 'number' ? status : undefined
}

const requestIdOf = (error: unknown) => {
  const id = metadataOf(error)?.requestId
  return typeof id === 'string' ? `request ${id}` : ''
}

function metadataOf(error: unknown) {
  return (error as { $metadata?: { httpStatusCode?: unknown; requestId?: unknown } } | null)
    ?.$metadata
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

function isConnectTimeout(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== 'TimeoutError') return false
  return /connect|establish/i.test(error.message)
}

const clipped = (reason: string) => (reason.length <= 200 ? reason : `${reason.slice(0, 197)}...`)
