import { clip, GraupelError, throwIfAborted } from '../../error.ts'
import { type Compression, compressionOf } from './decompress.ts'
import type { ImportFile } from './import-file.ts'

const TIMEOUT_MS = 30_000

interface HttpOptions {
  readonly compression?: Compression | undefined
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * A file that a server gives by GET. It is asked once beforehand for what it says of the file; the
 * name leaves out what follows `?`, which may be a secret. Throws NOT_FOUND for 404 and 410,
 * UNAVAILABLE for other answers, a broken connection, and `timeoutMs` without a byte.
 */
export async function httpFile(text: string, options: HttpOptions): Promise<ImportFile> {
  const url = new URL(text)
  const name = `${url.origin}${url.pathname}`
  const answer = await ask('HEAD', url, name, options)
  // A server that knows no HEAD may still give the file.
  const told = answer.ok ? Number(answer.headers.get('content-length') ?? Number.NaN) : Number.NaN
  await answer.body?.cancel()
  const unpacks = answer.headers.has('content-encoding')
  return {
    name,
    byteLength: Number.isSafeInteger(told) && !unpacks ? told : undefined,
    packed: unpacks ? 'none' : compressionOf(url.pathname, options.compression),
    chunks: () => bodyOf(url, name, options),
  }
}

async function* bodyOf(url: URL, name: string, options: HttpOptions): AsyncGenerator<Uint8Array> {
  const { timeoutMs = TIMEOUT_MS, signal } = options
  const answer = await ask('GET', url, name, options)
  if (!answer.ok) {
    await answer.body?.cancel()
    throw refused(name, answer.status)
  }
  const reader = answer.body!.getReader()
  let bytes = 0
  try {
    for (;;) {
      throwIfAborted(signal)
      const { done, value } = await within(reader.read(), timeoutMs, name)
      if (done) break
      bytes += value.length
      yield value
    }
  } catch (cause) {
    throwIfAborted(signal)
    throw cause instanceof GraupelError ? cause : unavailable(name, cause)
  } finally {
    await reader.cancel().catch(() => {})
  }
  const told = answer.headers.get('content-length')
  if (told === null || answer.headers.has('content-encoding') || Number(told) === bytes) return
  throw unavailable(name, new Error(`the answer ended after ${bytes} of ${told} bytes`))
}

async function ask(
  method: 'HEAD' | 'GET',
  url: URL,
  name: string,
  { timeoutMs = TIMEOUT_MS, signal }: HttpOptions,
): Promise<Response> {
  throwIfAborted(signal)
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), timeoutMs)
  try {
    // Bytes as they are stored: the ledger goes by their hash.
    const headers = { 'accept-encoding': 'identity' }
    const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
    // Once the head is there, `bodyOf` watches the time; the caller's signal still ends the body.
    const answer = await fetch(url, { method, headers, signal: either })
    const gone = answer.status === 404 || answer.status === 410
    if (!gone) return answer
    await answer.body?.cancel()
    throw refused(name, answer.status)
  } catch (cause) {
    throwIfAborted(signal)
    throw cause instanceof GraupelError ? cause : unavailable(name, cause)
  } finally {
    clearTimeout(timer)
  }
}

async function within<T>(work: Promise<T>, timeoutMs: number, name: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no byte for ${timeoutMs} ms`)
    timer = setTimeout(() => reject(unavailable(name, error)), timeoutMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function refused(name: string, status: number): GraupelError {
  const code = status === 404 || status === 410 ? 'NOT_FOUND' : 'UNAVAILABLE'
  return new GraupelError(code, `"${clip(name)}": the server answers ${status}`, {
    file: name,
    status,
  })
}

function unavailable(name: string, cause: unknown): GraupelError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const reason = inner instanceof Error ? inner.message : String(inner)
  return new GraupelError(
    'UNAVAILABLE',
    `"${clip(name)}" cannot be read: ${reason}`,
    { file: name },
    { cause },
  )
}
