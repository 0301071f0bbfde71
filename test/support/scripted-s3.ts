import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { S3Options } from '../../src/io/s3/s3-options.ts'

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
}

/** Answers one request, or breaks the connection. */
export type Step = (answer: http.ServerResponse, request: SeenRequest) => void

/** An HTTP server that answers as it is told, one step a request, and notes what it was asked. */
export async function scriptedS3(...steps: Step[]) {
  const seen: SeenRequest[] = []
  const server = http.createServer((request, answer) => {
    request.resume()
    request.on('end', () => {
      const noted = { method: request.method!, path: request.url!, headers: request.headers }
      seen.push(noted)
      const step = steps[Math.min(seen.length, steps.length) - 1]!
      step(answer, noted)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const options: S3Options = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'the-key', secretAccessKey: 'the-secret' },
  }
  const close = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { options, seen, close }
}

/** An answer of that status; an error when it has a code. */
export function status(code: number, error = '', headers: http.OutgoingHttpHeaders = {}): Step {
  const body = error === '' ? '' : `<Error><Code>${error}</Code></Error>`
  return (answer, { method }) => {
    answer.writeHead(code, { etag: '"tag"', 'content-length': body.length, ...headers })
    answer.end(method === 'HEAD' ? '' : body)
  }
}

/** A body of which only the first `sent` bytes come; then the connection breaks, or sticks. */
export function body(bytes: string, sent = bytes.length, end: 'break' | 'stick' = 'break'): Step {
  return (answer) => {
    answer.writeHead(200, { etag: '"tag"', 'content-length': bytes.length })
    answer.write(bytes.slice(0, sent), () => {
      if (sent === bytes.length) answer.end()
      else if (end === 'break') setTimeout(() => answer.destroy(), 30)
    })
  }
}

/** The range that was asked for, of `bytes`; `sent` of its bytes come. */
export function range(bytes: string, sent = bytes.length): Step {
  return (answer, { headers }) => {
    const [, from = 0, to = 0] = /bytes=(\d+)-(\d+)/.exec(headers.range ?? '')?.map(Number) ?? []
    const part = bytes.slice(from, to + 1)
    answer.writeHead(206, {
      etag: '"tag"',
      'content-length': part.length,
      'content-range': `bytes ${from}-${from + part.length - 1}/${bytes.length}`,
    })
    answer.write(part.slice(0, sent), () => {
      if (sent >= part.length) answer.end()
      else setTimeout(() => answer.destroy(), 30)
    })
  }
}

export const reset: Step = (answer) => answer.destroy()
export const silence: Step = () => {}
