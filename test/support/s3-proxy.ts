import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as it passed, and what came back. */
export interface PassedRequest {
  readonly method: string
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
  readonly status: number
}

export interface S3Proxy {
  /** What stands in for the server's own endpoint. */
  readonly endpoint: string
  /** Requests that were answered, in the order of their ends. */
  readonly log: PassedRequest[]
  close(): Promise<void>
}

/** A request that has come and was not passed on yet. */
export type ComingRequest = Pick<PassedRequest, 'method' | 'path'>

/**
 * Passes requests on to an S3 server as they are, signatures included, and notes them; each once `before`
 * is done with it.
 */
export async function s3Proxy(
  target: string,
  before: (coming: ComingRequest) => Promise<void> = async () => {},
): Promise<S3Proxy> {
  const log: PassedRequest[] = []
  const { hostname, port } = new URL(target)
  const agent = new http.Agent({ keepAlive: true, maxSockets: 512 })
  const server = http.createServer(async (request, answer) => {
    const { method = '', url: path = '', headers } = request
    await before({ method, path })
    const onward = http.request({ hostname, port, method, path, headers, agent }, (found) => {
      const status = found.statusCode ?? 0
      answer.writeHead(status, found.headers)
      found.pipe(answer)
      found.on('end', () => log.push({ method, path, headers, status }))
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    agent.destroy()
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, log, close }
}
