import type { ObjectStore } from '../io/object-store.ts'
import { pooled } from '../io/pooled.ts'
import { databasePathOf } from './database-json.ts'
import { isFolderName } from './folder-name.ts'

const READS_MAX = 16

/**
 * Paths `namespace/database` of the databases in a store, ascending. Nothing below a database is
 * listed: it costs a listing, one more for each namespace, and a read for each database. Throws DATA
 * for a damaged one.
 */
export async function databasePaths(store: ObjectStore): Promise<string[]> {
  const namespaces = await foldersOf(store, '')
  const listed = await pooled(namespaces, READS_MAX, async (namespace) => {
    const names = await foldersOf(store, `${namespace}/`)
    return names.map((name) => `${namespace}/${name}/_catalog.json`)
  })
  const found = await pooled(listed.flat(), READS_MAX, async (key) => {
    const cell = await store.readCell(key)
    return cell === null ? [] : [databasePathOf(cell.body, key)]
  })
  return found.flat().sort()
}

/** Those that can be of a name; a store may hold what is not ours. */
async function foldersOf(store: ObjectStore, prefix: string): Promise<string[]> {
  const names: string[] = []
  for await (const name of store.folders(prefix)) if (isFolderName(name)) names.push(name)
  return names
}
