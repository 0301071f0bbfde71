import type { Moment } from '../catalog/model/moment.ts'
import type { TableSnapshot } from '../catalog/model/table.ts'
import type { TableCatalog } from '../catalog/table-catalog.ts'
import { clip, invalid } from '../error.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { scan } from '../plan/logical-plan.ts'
import { checkOptions } from './actions.ts'
import { changesScan } from './changes-frame.ts'
import type { AnyFrame } from './data-frame.ts'
import type { FrameState, Origin, QuerySettings, TableHome } from './frame-state.ts'
import { LazyFrame } from './lazy-frame.ts'
import { momentText } from './moment-text.ts'

/** What versions of a table are read with. */
export interface VersionsPlace {
  readonly catalog: TableCatalog
  readonly store: ObjectStore
  readonly settings: QuerySettings
  readonly home: TableHome
}

/** A frame over `snapshot`, or over what is found in its place when the frame is run. */
export function tableState(
  snapshot: TableSnapshot,
  { catalog, store, settings, home }: VersionsPlace,
  found: Pick<Origin, 'resolve' | 'named'>,
): FrameState {
  const origin = { catalog, store, ...found }
  return { plan: scan(snapshot), origins: new Map([[snapshot, origin]]), settings, home }
}

/** See `Table.at`. */
export function frameAt(
  current: TableSnapshot,
  place: VersionsPlace,
  moment: Moment,
  options: { readonly schema?: 'current' | 'then' },
): AnyFrame {
  checkOptions(options, ['schema'], 'at')
  const { schema = 'current' } = options
  if (schema !== 'current' && schema !== 'then') {
    throw invalid(`at: schema can be 'current' or 'then', got ${clip(String(schema))}`)
  }
  const { catalog } = place
  const text = momentText(moment)
  const asked = Object.freeze({ ...moment })
  // Stands for the snapshot that is found when the frame is run.
  const placeholder = Object.freeze({
    ...current,
    columns: schema === 'then' ? catalog.columnsAt(asked) : current.columns,
    name: `${current.name} at ${text}`,
    version: -1,
    constraints: [],
  })
  const seenFrom = schema === 'then' ? undefined : current
  const resolve = () => catalog.snapshotAt(asked, seenFrom)
  return new LazyFrame(tableState(placeholder, place, { resolve }))
}

/** See `Table.changes`. */
export function frameOfChanges(
  current: TableSnapshot,
  { catalog, store, settings, home }: VersionsPlace,
  options: { readonly from: Moment; readonly to?: Moment },
): AnyFrame {
  checkOptions(options, ['from', 'to'], 'changes')
  const { from, to = { version: current.version } } = options
  const text = `changes from ${momentText(from)} to ${momentText(to)}`
  const { snapshot, origin } = changesScan(current, text, {
    catalog,
    store,
    from: Object.freeze({ ...from }),
    to: Object.freeze({ ...to }),
    seenFrom: current,
    settings,
  })
  const origins = new Map([[snapshot, origin]])
  return new LazyFrame({ plan: scan(snapshot), origins, settings, home })
}
