import type { ObjectStore } from '../../src/io/object-store.ts'

/** One request that reached a store. */
export interface Request {
  readonly operation:
    | 'get'
    | 'open'
    | 'create'
    | 'replace'
    | 'readCell'
    | 'swapCell'
    | 'delete'
    | 'list'
  readonly key: string
}

/** The same store, and a log of every request that reaches it. */
export function loggedStore(store: ObjectStore): { store: ObjectStore; log: Request[] } {
  const log: Request[] = []
  const note = (operation: Request['operation'], key: string) => log.push({ operation, key })
  const logged: ObjectStore = {
    url: store.url,
    get: (key, options) => (note('get', key), store.get(key, options)),
    open: (key, options) => (note('open', key), store.open(key, options)),
    create: (key, body, options) => (note('create', key), store.create(key, body, options)),
    replace: (key, body, options) => (note('replace', key), store.replace(key, body, options)),
    readCell: (key, options) => (note('readCell', key), store.readCell(key, options)),
    swapCell: (key, token, body, options) => (
      note('swapCell', key), store.swapCell(key, token, body, options)
    ),
    delete: (key, options) => (note('delete', key), store.delete(key, options)),
    list: (prefix, options) => (note('list', prefix), store.list(prefix, options)),
  }
  return { store: logged, log }
}
