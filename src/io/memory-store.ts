import type { ObjectStore } from './object-store.ts'
export function memoryStore(): ObjectStore {
  throw new Error('not yet')
}
