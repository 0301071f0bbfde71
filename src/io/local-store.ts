import type { ObjectStore } from './object-store.ts'
export function localStore(folder: string): ObjectStore {
  throw new Error(`not yet ${folder}`)
}
