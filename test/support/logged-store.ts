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
    | 'folders'
  readonly key: string
}

/** The same store, and a log of every request that reaches it. */
export function loggedStore(store: ObjectStore): { store: ObjectStore; log: Request[] } {
  const log: Request[] = []
  const logged = new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (key: string, ...rest: unknown[]) => {
        log.push({ operation: name as Request['operation'], key })
        return Reflect.apply(member, target, [key, ...rest])
      }
    },
  })
  return { store: logged, log }
}
