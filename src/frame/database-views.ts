import { type Schema, schema } from '../arrow/schema.ts'
import type { DatabaseCatalog } from '../catalog/database-catalog.ts'
import { invalid } from '../error.ts'
import { newUuid } from '../io/clock-and-ids.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { scan } from '../plan/logical-plan.ts'
import { checkOptions } from './actions.ts'
import { fieldsOf, type SchemaValue } from './column-type.ts'
import type { AnyFrame } from './data-frame.ts'
import {
  type Derived,
  type NamedSource,
  type QuerySettings,
  stateOf,
  type TableHome,
} from './frame-state.ts'
import { LazyFrame } from './lazy-frame.ts'
import { requireColumns } from './require-schema.ts'
import {
  readView,
  requireReadable,
  storedView,
  type View,
  type ViewPlace,
  viewOf,
  viewScan,
} from './view.ts'

/** What the views of a database belong to. */
export interface ViewsPlace {
  readonly catalog: DatabaseCatalog
  readonly store: ObjectStore
  readonly settings: QuerySettings
  readonly home: TableHome
  /** The temporary views of the lake object, by database and name. */
  readonly temporary: TemporaryViews
  /** Another database of the lake. Throws NOT_FOUND. */
  catalogOf(path: string): Promise<DatabaseCatalog>
}

export type TemporaryViews = Map<string, Map<string, View>>

/** The views of one database, and what they read. */
export class DatabaseViews implements ViewPlace {
  readonly store: ObjectStore
  readonly #place: ViewsPlace

  constructor(place: ViewsPlace) {
    this.store = place.store
    this.#place = place
  }

  /** See `Database.createView`. */
  async create(name: string, frame: unknown, options: object): Promise<AnyFrame> {
    checkOptions(options, ['orReplace', 'temporary'], 'createView')
    const { orReplace = false, temporary = false } = options as Record<string, unknown>
    if (typeof orReplace !== 'boolean' || typeof temporary !== 'boolean') {
      throw invalid('createView: orReplace and temporary are true or false')
    }
    const { catalog, store } = this.#place
    const of = temporary ? 'temporary view' : 'view'
    const view = viewOf(stateOf(frame, 'createView'), { id: newUuid(), of, store })
    const named = { of, database: catalog.path, name } as const
    await requireReadable(named, view, this)
    const known = this.#temporary
    if (known.has(name) && !(temporary && orReplace)) {
      throw invalid(`createView: "${name}" is a temporary view; dropView removes it`, {
        view: name,
      })
    }
    if (temporary) {
      if (!known.has(name)) await catalog.requireFree(name)
      this.#place.temporary.set(catalog.path, known.set(name, view))
    } else await catalog.createView({ name, ...storedView(view) }, { orReplace })
    return this.#frameOf(named, view)
  }

  /** See `Database.view`. */
  async open(name: string, columns: SchemaValue | undefined): Promise<AnyFrame> {
    const of = this.#temporary.has(name) ? 'temporary view' : 'view'
    const named = { of, database: this.#place.catalog.path, name } as const
    const view = await this.view(named)
    if (columns !== undefined)
      requireView(name, view.plan.schema, schema(fieldsOf(columns, 'view')))
    return this.#frameOf(named, view)
  }

  /** Names, ascending. */
  async names(): Promise<string[]> {
    return [...(await this.#place.catalog.viewNames()), ...this.#temporary.keys()].sort()
  }

  async drop(name: string): Promise<void> {
    if (!this.#temporary.delete(name)) await this.#place.catalog.dropView(name)
  }

  async view({ of, database, name }: NamedSource): Promise<View> {
    const temporary = this.#place.temporary.get(database)?.get(name)
    if (of === 'temporary view' && temporary !== undefined) return temporary
    return readView(await (await this.#catalogOf(database)).view(name))
  }

  async table({ database, name, of }: NamedSource): Promise<Derived> {
    const catalog = await (await this.#catalogOf(database)).openTable(name)
    const { snapshot } = catalog
    const origin = { catalog, store: this.store, resolve: null, named: { of, database, name } }
    return { plan: scan(snapshot), origins: new Map([[snapshot, origin]]) }
  }

  async #catalogOf(path: string): Promise<DatabaseCatalog> {
    const { catalog, catalogOf } = this.#place
    return path === catalog.path ? catalog : catalogOf(path)
  }

  get #temporary(): Map<string, View> {
    return this.#place.temporary.get(this.#place.catalog.path) ?? new Map()
  }

  #frameOf(named: NamedSource, view: View): AnyFrame {
    const { settings, home } = this.#place
    return new LazyFrame({ ...viewScan(named, view, this), settings, home })
  }
}

function requireView(name: string, found: Schema, expected: Schema): void {
  requireColumns(`view "${name}"`, found, expected, { view: name })
}
