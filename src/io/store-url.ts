import type { ObjectStore } from './object-store.ts'
export async function openStore(url: string): Promise<ObjectStore> {
  throw new Error(`not yet ${url}`)
}
