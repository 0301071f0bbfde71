import type { ByteSource, ObjectStore } from '../../src/io/object-store.ts'

/** What has been done with the sources that a store opened. */
export interface SourceCount {
  opened: number
  closed: number
  /** Of a source that had been closed before. */
  closedTwice: number
  bytesRead: number
}

export interface CountOptions {
  /** Whether the sources of a key count; all unless told. */
  readonly counts?: (key: string) => boolean
}

/** The same store, and a running count of its sources. */
export function countedStore(
  store: ObjectStore,
  { counts = () => true }: CountOptions = {},
): { store: ObjectStore; count: SourceCount } {
  const count: SourceCount = { opened: 0, closed: 0, closedTwice: 0, bytesRead: 0 }
  const open: ObjectStore['open'] = async (key, options) => {
    const source = await store.open(key, options)
    if (source === null || !counts(key)) return source
    count.opened++
    return countedSource(source, count)
  }
  const counted = new Proxy(store, {
    get(target, name) {
      if (name === 'open') return open
      const member = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  return { store: counted, count }
}

function countedSource(source: ByteSource, count: SourceCount): ByteSource {
  let isClosed = false
  const noted = (bytes: number) => {
    count.bytesRead += bytes
    return bytes
  }
  return {
    byteLength: source.byteLength,
    read(target, position) {
      const answer = source.read(target, position)
      return typeof answer === 'number' ? noted(answer) : answer.then(noted)
    },
    close() {
      if (isClosed) count.closedTwice++
      else count.closed++
      isClosed = true
      source.close()
    },
  }
}
