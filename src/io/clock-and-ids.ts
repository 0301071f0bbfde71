import { throwIfAborted } from '../error.ts'
import { nodeCrypto } from './node-crypto.ts'

/** Milliseconds since 1970, UTC. */
export function nowMs(): number {
  return Date.now()
}

/** An id that no other transaction has: 32 hex digits, the first 12 of them the time. */
export function newTxid(): string {
  return Date.now().toString(16).padStart(12, '0') + nodeCrypto().randomBytes(10).toString('hex')
}

export function newUuid(): string {
  return nodeCrypto().randomUUID()
}

/** A random whole number from 0 to `below` - 1. */
export function randomBelow(below: number): number {
  return Math.floor(Math.random() * below)
}

/** Waits `ms` milliseconds. Throws ABORTED when `signal` fires before. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  throwIfAborted(signal)
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done)
  })
  throwIfAborted(signal)
}
