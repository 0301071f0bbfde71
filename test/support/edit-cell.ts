import { sealed } from '../../src/catalog/seal.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'

const SEAL = /,"crc32":"[0-9a-f]{8}"\}\n$/

/** JSON of a head or a catalog without its seal. */
export const withoutSeal = (body: Uint8Array): string =>
  Buffer.from(body).toString().replace(SEAL, '}')

/** `body` with its JSON text changed, sealed as one that knows the format would. */
export const resealed = (body: Uint8Array, change: (text: string) => string): Uint8Array =>
  sealed(change(withoutSeal(body)))

/** Changes the JSON of a cell in a store and seals it anew. */
export async function editCell(
  store: ObjectStore,
  key: string,
  change: (text: string) => string,
): Promise<void> {
  const { body, token } = (await store.readCell(key))!
  const { outcome } = await store.swapCell(key, token, resealed(body, change))
  if (outcome !== 'swapped') throw new Error(`the cell "${key}" was not changed: ${outcome}`)
}
