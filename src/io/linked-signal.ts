import { setMaxListeners } from 'node:events'

/** A signal for requests of one piece of work, which fires when that ends. */
export interface LinkedSignal {
  readonly signal: AbortSignal
  end(): void
}

/** A signal that fires with `outer`, or when it is ended; any number of requests may listen to it. */
export function linkedSignal(outer: AbortSignal | undefined): LinkedSignal {
  const own = new AbortController()
  const signal = outer === undefined ? own.signal : AbortSignal.any([outer, own.signal])
  setMaxListeners(0, signal)
  return { signal, end: () => own.abort() }
}
