import { sealed } from '../../src/catalog/seal.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { withoutSeal } from './edit-cell.ts'

/** The body of a head without what is pending in it; any other body as it is. */
export function unmarked(body: Uint8Array): Uint8Array {
  const cell = JSON.parse(withoutSeal(body))
  if (cell.pending === undefined) return body
  const { pending: _, ...head } = cell
  const others = (names: string[]) => names.filter((name) => name !== 'multiTable')
  head.readerFeatures = others(head.readerFeatures)
  head.writerFeatures = others(head.writerFeatures)
  return sealed(JSON.stringify(head))
}

/** `store` for a client that never sees that a head has a transaction pending. */
export function withoutMarks(store: ObjectStore): ObjectStore {
  return {
    url: store.url,
    get: (key, options) => store.get(key, options),
    open: (key, options) => store.open(key, options),
    create: (key, body, options) => store.create(key, body, options),
    replace: (key, body, options) => store.replace(key, body, options),
    swapCell: (key, token, body, options) => store.swapCell(key, token, body, options),
    delete: (key, options) => store.delete(key, options),
    list: (prefix, options) => store.list(prefix, options),
    folders: (prefix, options) => store.folders(prefix, options),
    async readCell(key, options) {
      const cell = await store.readCell(key, options)
      return cell === null ? null : { body: unmarked(cell.body), token: cell.token }
    },
  }
}
