import { batchesFrom, type InMemoryData } from '../arrow/batches-from.ts'
import { fromArrowTable } from '../arrow/interop.ts'
import { type Field, field, schema } from '../arrow/schema.ts'
import { type DatabaseCatalog, openDatabase } from '../catalog/database-catalog.ts'
import { databasePaths } from '../catalog/database-paths.ts'
import { clip, invalid } from '../error.ts'
import { cachedStore } from '../io/cached-store.ts'
import { ObjectCache } from '../io/object-cache.ts'
import type { ObjectStore } from '../io/object-store.ts'
import type { S3Options } from '../io/s3/s3-options.ts'
import { requireOutside } from '../io/spill-folder.ts'
import { openStore } from '../io/store-url.ts'
import { threadsAtOnce } from '../io/worker-thread.ts'
import { values } from '../plan/logical-plan.ts'
import { checkedName, checkOptions } from './actions.ts'
import { bytesOf } from './byte-size.ts'
import { cacheOf } from './cache-options.ts'
import { fieldsOf, identitiesOf } from './column-type.ts'
import type { AnyFrame } from './data-frame.ts'
import type { Database } from './database.ts'
import type { TemporaryViews } from './database-views.ts'
import type { QuerySettings } from './frame-state.ts'
import { isArrow } from './input-batches.ts'
import type { ConnectOptions, Lake } from './lake.ts'
import { LazyFrame } from './lazy-frame.ts'
import { runTransaction } from './run-transaction.ts'
import type { SmallWrites } from './small-writes.ts'
import { alignedPlan } from './stage.ts'
import { StoredDatabase } from './stored-database.ts'
import type { Transaction, TransactionOptions } from './transaction.ts'

/**
 * Connects to a lake: `./lake` and other folders, `file:///data/lake`, `s3://bucket/prefix`, or
 * `memory:` (empty, gone with the process), or a store of one's own. Nothing is read or written yet.
 *
 * Throws INVALID for any other URL, an option that does not exist, or a value it cannot have.
 */
export async function connect(
  url: string | ObjectStore,
  options: ConnectOptions = {},
): Promise<Lake> {
  const memoryBytesMax = memoryLimitOf(options)
  const { spillFolder, threads = threadsAtOnce() } = options
  const cache = await cacheOf(options.cache)
  const bucket = bucketOptions(options)
  const smallWrites = smallWritesOf(options)
  const budget = { memoryBytesMax, spillFolder, threads, cache, bucket, smallWrites }
  const objects = objectCacheOf(options)
  const cached = (store: ObjectStore) =>
    objects === undefined ? store : cachedStore(store, objects)
  if (typeof url === 'object' && url !== null && typeof url.swapCell === 'function') {
    // Other threads could not reach this very store.
    requireFoldersOutside(options, url.url)
    return new ConnectedLake(url.url, cached(url), { ...budget, threads: 1 }, objects)
  }
  if (typeof url !== 'string' || url === '') {
    throw invalid('connect: expected a URL such as "./lake" or "memory:"', { url })
  }
  const store = await openStore(url, budget.bucket)
  requireFoldersOutside(options, store.url)
  if (objects !== undefined && store.fetchesOnOpen !== true) {
    throw invalid(`connect: objectCache is for buckets, and "${clip(url)}" is none`, { url })
  }
  return new ConnectedLake(url, cached(store), budget, objects)
}

function requireFoldersOutside({ spillFolder, cache }: ConnectOptions, storeUrl: string): void {
  requireOutside(spillFolder, storeUrl)
  if (typeof cache === 'object') requireOutside(cache.folder, storeUrl, 'cache.folder')
}

type QueryBudget = Omit<QuerySettings, 'requireOpen'>

class ConnectedLake implements Lake {
  readonly url: string
  readonly #store: ObjectStore
  readonly #settings: QuerySettings
  readonly #databases = new Set<StoredDatabase>()
  readonly #temporaryViews: TemporaryViews = new Map()
  /** Those that transactions and views have used, by path. */
  readonly #catalogs = new Map<string, DatabaseCatalog>()
  readonly #cache: ObjectCache | undefined
  #closed = false

  constructor(
    url: string,
    store: ObjectStore,
    budget: QueryBudget,
    cache: ObjectCache | undefined,
  ) {
    this.#cache = cache
    this.url = url
    this.#store = store
    this.#settings = { ...budget, requireOpen: () => this.#requireOpen() }
  }

  async database(path: string, options: { readonly create?: boolean } = {}): Promise<Database> {
    this.#requireOpen()
    checkOptions(options, ['create'], 'database')
    const catalog = await openDatabase(this.#store, checkedName(path, 'database'), options)
    const place = {
      store: this.#store,
      settings: this.#settings,
      temporary: this.#temporaryViews,
      catalogOf: (path: string) => this.#catalogOf(path),
      transaction: <T>(
        work: (tx: Transaction) => T | Promise<T>,
        how: TransactionOptions,
      ): Promise<T> => this.transaction(work, how),
    }
    const database = new StoredDatabase(path, catalog, place)
    this.#databases.add(database)
    return database
  }

  async databases(): Promise<string[]> {
    this.#requireOpen()
    return databasePaths(this.#store)
  }

  async transaction<T>(
    work: (tx: Transaction) => T | Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    this.#requireOpen()
    const database = (path: string) => this.#catalogOf(path)
    return runTransaction(work, options, { store: this.#store, settings: this.#settings, database })
  }

  async #catalogOf(path: string): Promise<DatabaseCatalog> {
    const catalog = this.#catalogs.get(path) ?? (await openDatabase(this.#store, path))
    this.#catalogs.set(path, catalog)
    return catalog
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const state = this.#closed ? 'closed' : 'await .databases()'
    return `Lake { ${clip(JSON.stringify(this.url))} } · ${state}`
  }

  from(data: unknown, columns?: unknown): AnyFrame {
    this.#requireOpen()
    if (typeof data !== 'object' || data === null) {
      throw invalid(`from: expected rows, columns or an Arrow table, got ${typeof data}`)
    }
    const fields = columns === undefined ? undefined : fieldsOf(columns, 'from')
    if (identitiesOf(columns ?? {}).length > 0) {
      throw invalid('from: an identity is a column of a table, which gives it its values')
    }
    if (fields?.length === 0) throw invalid('from: the schema has no columns')
    const plan = isArrow(data) ? arrowPlan(data, fields) : valuesPlan(data as InMemoryData, fields)
    if (plan.schema.fields.length === 0) {
      throw invalid('from: nothing tells the columns; give a schema such as { id: t.int64() }')
    }
    return new LazyFrame({ plan, origins: new Map(), settings: this.#settings, home: null })
  }

  async close(): Promise<void> {
    this.#closed = true
    const open = [...this.#databases, ...this.#catalogs.values()]
    this.#settings.cache?.clear()
    await this.#settings.cache?.results?.settled()
    await Promise.all(open.map((database) => database.settled()))
    await this.#cache?.settled()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #requireOpen(): void {
    if (this.#closed) throw invalid(`the lake "${clip(this.url)}" has been closed`)
  }
}

function valuesPlan(data: InMemoryData, fields: readonly Field[] | undefined) {
  const found = batchesFrom(data, fields === undefined ? undefined : schema(fields))
  return values(found.schema, found.batches, Array.isArray(data) ? 'rows' : 'columns')
}

function arrowPlan(
  data: Parameters<typeof fromArrowTable>[0],
  fields: readonly Field[] | undefined,
) {
  const found = fromArrowTable(data)
  const plan = values(found.schema, found.batches, 'arrow')
  if (fields === undefined) return plan
  // Arrow's flag tells what may be null, not what is.
  for (const { name, nullable } of fields) {
    const position = found.schema.positions.get(name)
    if (nullable || position === undefined) continue
    const nulls = found.batches.some(({ columns }) => columns[position]!.validity?.includes(0))
    if (nulls)
      throw invalid(`from: column "${clip(name)}" has nulls, and takes none`, { column: name })
  }
  const nullableOf = new Map(fields.map(({ name, nullable }) => [name, nullable]))
  const told = schema(
    found.schema.fields.map(({ name, type, nullable }) =>
      field(name, type, nullableOf.get(name) ?? nullable),
    ),
  )
  const batches = found.batches.map((batch) => ({ ...batch, schema: told }))
  return alignedPlan(values(told, batches, 'arrow'), schema(fields), 'from')
}

const BUCKET_OPTIONS = ['region', 'endpoint', 'credentials', 'client', 'quotedEtags'] as const
const OPTIONS = [
  ...['cache', 'objectCache', 'threads', 'memoryLimit', 'spillFolder', 'smallWrites'],
  ...BUCKET_OPTIONS,
]

const SMALL_WRITES: readonly SmallWrites[] = ['auto', 'records', 'files']

function smallWritesOf({ smallWrites = 'auto' }: ConnectOptions): SmallWrites {
  if (SMALL_WRITES.includes(smallWrites)) return smallWrites
  throw invalid('connect: smallWrites can be "auto", "records" or "files"', { smallWrites })
}

function bucketOptions(options: ConnectOptions): S3Options {
  const given = BUCKET_OPTIONS.filter((name) => options[name] !== undefined)
  for (const name of given) {
    const found = typeof options[name]
    const isRight = BUCKET_OPTION_TYPES.get(name)!.includes(found) && options[name] !== null
    if (isRight && options[name] !== '') continue
    throw invalid(`connect: ${name} cannot be ${options[name] === '' ? "''" : found}`, {
      option: name,
    })
  }
  return Object.fromEntries(given.map((name) => [name, options[name]]))
}

const BUCKET_OPTION_TYPES = new Map<string, readonly string[]>([
  ['region', ['string']],
  ['endpoint', ['string']],
  ['credentials', ['object', 'function']],
  ['client', ['object']],
  ['quotedEtags', ['boolean']],
])

function memoryLimitOf(options: ConnectOptions): number {
  checkOptions(options, OPTIONS, 'connect')
  const { threads, memoryLimit, spillFolder } = options
  if (threads !== undefined && !(Number.isSafeInteger(threads) && threads >= 1)) {
    throw invalid(`connect: threads has to be a whole number from 1 on, got ${threads}`, {
      threads,
    })
  }
  if (spillFolder !== undefined && (typeof spillFolder !== 'string' || spillFolder === '')) {
    throw invalid(`connect: spillFolder has to be a path, got ${JSON.stringify(spillFolder)}`, {
      spillFolder,
    })
  }
  return memoryLimit === undefined
    ? Number.POSITIVE_INFINITY
    : bytesOf(memoryLimit, 'connect: memoryLimit')
}

const CACHE_BYTES_MAX = 2 ** 30

function objectCacheOf({ objectCache }: ConnectOptions): ObjectCache | undefined {
  if (objectCache === undefined) return undefined
  if (typeof objectCache !== 'object' || objectCache === null) {
    throw invalid('connect: objectCache has to be { folder, bytesMax }', { objectCache })
  }
  checkOptions(objectCache, ['folder', 'bytesMax'], 'connect: objectCache')
  const { folder, bytesMax = CACHE_BYTES_MAX } = objectCache
  if (typeof folder !== 'string' || folder === '' || folder.includes('\0')) {
    throw invalid('connect: objectCache.folder has to be the path of a folder', { folder })
  }
  return new ObjectCache({ folder, bytesMax: bytesOf(bytesMax, 'connect: objectCache.bytesMax') })
}
