import { connect, GraupelError } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'

/** What stands for a version that was vacuumed. */
export const EXPIRED = 'expired'

/** Rows of each version of a table as text, and its tags; `dropping` for one whose drop has not ended. */
export type TableState = readonly string[] | 'dropping'

/** Tables of `acme/sales` by name, and views as `view name`; null when there is no such database. */
export type LakeState = Readonly<Record<string, TableState>> | null

export const PATH = 'acme/sales'

const VERSIONS_READ = 6

/** What a reader that begins now finds, version by version. Of long histories only the ends. */
export async function lakeState(store: ObjectStore): Promise<LakeState> {
  // A store of its own, so that no file counts as verified before.
  const lake = await connect(faultyStore(store))
  const found: Record<string, TableState> = {}
  try {
    const database = await lake.database(PATH)
    for (const name of (await database.tables()).sort()) {
      try {
        const table = await database.table(name)
        const versions: string[] = new Array(table.version + 1).fill('?')
        for (const version of versions.keys()) {
          const near = version < 2 || version > table.version - VERSIONS_READ + 2
          if (near) versions[version] = await versionText(table.at({ version }))
        }
        const counted = Number(await table.count())
        const last = versions.at(-1)!
        if (counted !== (last === '' ? 0 : last.split(' ').length)) {
          throw new Error(`"${name}" counts ${counted} rows and has ${last}`)
        }
        const problems = await table.verify()
        if (problems.length > 0) throw new Error(`"${name}": ${JSON.stringify(problems[0])}`)
        for (const tag of await table.tags()) versions[tag.version] += ` #${tag.name}`
        found[name] = versions
      } catch (error) {
        if (!isCode(error, 'NOT_FOUND')) throw error
        found[name] = 'dropping'
      }
    }
    for (const name of await database.views()) {
      found[`view ${name}`] = [rowsText(await (await database.view(name)).toArray())]
    }
    return found
  } catch (error) {
    if (isCode(error, 'NOT_FOUND')) return null
    throw error
  } finally {
    await lake.close()
  }
}

async function versionText(frame: { toArray(): Promise<object[]> }): Promise<string> {
  try {
    return rowsText(await frame.toArray())
  } catch (error) {
    if (isCode(error, 'EXPIRED')) return EXPIRED
    throw error
  }
}

/** Rows as the state has them: `id:customer`, ascending by id. */
export function rowsText(rows: readonly object[]): string {
  return rows
    .map((row) => row as { id: bigint; customer: string | null })
    .sort((a, b) => Number(a.id - b.id))
    .map(({ id, customer }) => `${id}:${customer}`)
    .join(' ')
}

export function isCode(error: unknown, code: GraupelError['code']): boolean {
  return error instanceof GraupelError && error.code === code
}

export function sameState(found: LakeState, expected: LakeState): boolean {
  if (found === null || expected === null) return found === expected
  const names = Object.keys(found)
  if (names.join() !== Object.keys(expected).sort().join()) return false
  return names.every((name) => {
    const [a, b] = [found[name]!, expected[name]!]
    if (typeof a === 'string' || typeof b === 'string') return a === b
    return (
      a.length === b.length &&
      a.every((rows, at) => rows === '?' || b[at] === '?' || rows === b[at])
    )
  })
}

/** A copy of `store`, whose cells are at `cells`. */
export async function copyStore(store: ObjectStore, cells: Iterable<string>): Promise<ObjectStore> {
  const copy = memoryStore()
  for await (const { key } of store.list('')) await copy.create(key, (await store.get(key))!)
  for (const key of cells) {
    const cell = await store.readCell(key)
    if (cell !== null) await copy.swapCell(key, null, cell.body)
  }
  return copy
}
