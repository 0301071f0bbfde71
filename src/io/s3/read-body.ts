import type { Readable } from 'node:stream'

export interface BodyOptions {
  /** Milliseconds without a byte after which the body is given up. */
  readonly progressMs: number
  readonly signal?: AbortSignal | undefined
  /** Called with each number of bytes that has been put into the target. */
  readonly onBytes?: ((count: number) => void) | undefined
}

/**
 * Fills `target` with a body that must have exactly its length. Whatever happens, the body is at
 * its end or destroyed afterwards, so that its connection is free. Throws a plain error when the
 * body is shorter, longer, broken off or stuck.
 */
export function readBody(body: Readable, target: Uint8Array, options: BodyOptions): Promise<void> {
  const { progressMs, signal, onBytes } = options
  return new Promise<void>((resolve, reject) => {
    let filled = 0
    let isSettled = false
    let timer: NodeJS.Timeout
    const settle = (error?: Error) => {
      isSettled = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      if (error === undefined) return resolve()
      body.destroy()
      reject(error)
    }
    const onAbort = () => settle(new Error('aborted by the caller'))
    const isStuck = () => settle(new Error(`no byte of the body for ${progressMs} ms`))
    const cut = () => new Error(`the body ended after ${filled} of ${target.length} bytes`)
    timer = setTimeout(isStuck, progressMs)
    body.on('data', (chunk: Uint8Array) => {
      // The target may be another's by then.
      if (isSettled) return
      if (filled + chunk.length > target.length) {
        return settle(new Error(`the body is longer than ${target.length} bytes`))
      }
      target.set(chunk, filled)
      filled += chunk.length
      timer.refresh()
      onBytes?.(chunk.length)
    })
    body.on('end', () => settle(filled === target.length ? undefined : cut()))
    // Stays for good: an error event that nobody hears ends the process.
    body.on('error', (error: Error) => settle(error))
    body.on('close', () => settle(cut()))
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted === true) onAbort()
  })
}
