import { typesEqual, typeText } from '../arrow/data-type.ts'
import { type Field, type Schema, schemaText } from '../arrow/schema.ts'
import type { ViewEntry } from '../catalog/model/database.ts'
import type { TableSnapshot } from '../catalog/model/table.ts'
import { clip, corrupt, GraupelError, invalid } from '../error.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { scansOf } from '../plan/bind-partitions.ts'
import { exportPlan } from '../plan/export-plan.ts'
import { columnExpr } from '../plan/expr-walk.ts'
import { importPlan } from '../plan/import-plan.ts'
import { type LogicalPlan, mapInputs, project, scan } from '../plan/logical-plan.ts'
import type { Derived, FrameState, NamedSource, Origin } from './frame-state.ts'

/** Scans that a view may come to, through the views that it reads. */
const SCANS_MAX = 1000

/** A question that has a name: its plan, and what the scans in it stand for, by their ids. */
export interface View {
  readonly id: string
  readonly of: 'view' | 'temporary view'
  readonly plan: LogicalPlan
  readonly sources: ReadonlyMap<string, NamedSource>
}

/** Where views find what they read. */
export interface ViewPlace {
  readonly store: ObjectStore
  /** The newest version of a table. Throws NOT_FOUND. */
  table(source: NamedSource): Promise<Derived>
  /** Throws NOT_FOUND. */
  view(source: NamedSource): Promise<View>
}

/**
 * The plan of a frame, and the tables and views that it reads, by name. Throws INVALID where it reads
 * anything else: a version of a table, changes, another lake.
 */
export function viewOf(
  { plan, origins }: FrameState,
  { id, of, store }: Pick<View, 'id' | 'of'> & Pick<ViewPlace, 'store'>,
): View {
  const sources = new Map<string, NamedSource>()
  for (const { table } of scansOf(plan)) {
    const { named, store: home } = origins.get(table)!
    if (named === undefined || home !== store) {
      const hint = 'a view reads the newest version of tables of its lake, and other views'
      throw invalid(`createView: "${clip(table.name)}" is none that a view can read: ${hint}`)
    }
    if (of === 'view' && named.of === 'temporary view') {
      throw invalid(
        `createView: "${clip(named.name)}" is temporary, so what reads it has to be too`,
      )
    }
    sources.set(table.tableId, named)
  }
  return { id, of, plan: withScans(plan, ({ table }) => scan(unbound(table))), sources }
}

/** A view as a database keeps it. Throws INVALID for functions of the user's, LIMIT for many rows in memory. */
export function storedView({ plan, sources }: View): Pick<ViewEntry, 'sources' | 'plan'> {
  try {
    const read = [...sources].map(([id, { of, database, name }]) => {
      if (of === 'temporary view') throw new Error('a stored view reads a temporary one')
      return { id, of, database, name }
    })
    return { sources: read, plan: exportPlan(plan) }
  } catch (error) {
    if (!(error instanceof GraupelError)) throw error
    const message = error.message.replace(/^toPlan/, 'createView')
    throw new GraupelError(error.code, message, error.facts, { cause: error })
  }
}

/** A view that a database keeps. Throws DATA where it is none that this library wrote. */
export function readView({ id, name, sources, plan }: ViewEntry): View {
  try {
    const found = sources.map((source) => [source.id, source] as const)
    return { id, of: 'view', plan: importPlan(plan), sources: new Map(found) }
  } catch (cause) {
    if (!(cause instanceof GraupelError)) throw cause
    throw corrupt(`view "${clip(name)}": ${cause.message}`, { ...cause.facts, view: name })
  }
}

/** A scan that stands for a view, which is looked up when the frame is run. */
export function viewScan(
  named: NamedSource,
  { id, plan }: View,
  place: ViewPlace,
): Pick<FrameState, 'plan' | 'origins'> {
  const columns = plan.schema.fields.map(({ name, type, nullable }, at) => {
    return { id: at + 1, name, type, nullable, folder: '' }
  })
  const { database, name } = named
  const head = { name: `${database}.${name}`, tableId: id, storeUrl: place.store.url, folder: '' }
  const none = { clusterBy: [], constraints: [], identities: [] }
  const table: TableSnapshot = Object.freeze({ ...head, version: -1, columns, ...none })
  const scanned = scan(table)
  const derive = async () => (await sourcePlan(named, scanned.schema, { place, above: [] })).derived
  const origin: Origin = { catalog: NOWHERE, store: place.store, resolve: null, named, derive }
  return { plan: scanned, origins: new Map([[table, origin]]) }
}

const NOWHERE: Origin['catalog'] = {
  partitions: () => Promise.reject(new Error('a view has no partitions')),
  assertKept: () => Promise.reject(new Error('a view has no versions')),
}

interface Reading {
  readonly place: ViewPlace
  /** The views that are being read, the outermost first. */
  readonly above: readonly NamedSource[]
}

interface Found {
  readonly derived: Derived
  readonly scans: number
}

/**
 * Reads what a view reads, as it is now, so that a cycle or a table that went is met before the view is
 * made. Throws NOT_FOUND, INVALID and LIMIT.
 */
export async function requireReadable(
  named: NamedSource,
  view: View,
  place: ViewPlace,
): Promise<void> {
  await viewPlan(view, { place, above: [named] })
}

async function sourcePlan(source: NamedSource, wanted: Schema, reading: Reading): Promise<Found> {
  const { place, above } = reading
  try {
    const found =
      source.of === 'table'
        ? { derived: await place.table(source), scans: 1 }
        : await viewPlan(await place.view(source), {
            place,
            above: withoutCycle(source, above),
          })
    const plan = fitted(found.derived.plan, wanted, source)
    return { ...found, derived: { ...found.derived, plan } }
  } catch (error) {
    const reader = above.at(-1)
    const isHere = error instanceof GraupelError && error.code === 'NOT_FOUND'
    if (!isHere || reader === undefined || 'readBy' in error.facts) throw error
    const message = `view "${clip(reader.name)}" reads what is not there: ${error.message}`
    throw new GraupelError('NOT_FOUND', message, { ...error.facts, readBy: reader.name })
  }
}

/** The plan of a view over what its sources are now. */
async function viewPlan({ plan, sources }: View, reading: Reading): Promise<Found> {
  const found = new Map<string, Found>()
  let scans = 0
  for (const { table, schema } of scansOf(plan)) {
    const source = sources.get(table.tableId)
    if (source === undefined) throw corrupt(`a view does not tell what "${clip(table.name)}" is`)
    const known = found.get(table.tableId) ?? (await sourcePlan(source, schema, reading))
    found.set(table.tableId, known)
    scans += known.scans
    if (scans > SCANS_MAX) {
      throw new GraupelError('LIMIT', `a view reads more than ${SCANS_MAX} tables`, { scans })
    }
  }
  const origins = new Map([...found.values()].flatMap(({ derived }) => [...derived.origins]))
  const whole = withScans(plan, ({ table }) => found.get(table.tableId)!.derived.plan)
  return { derived: { plan: whole, origins }, scans }
}

function withoutCycle(source: NamedSource, above: readonly NamedSource[]): NamedSource[] {
  const path = [...above, source]
  const isSame = ({ database, name }: NamedSource) =>
    database === source.database && name === source.name
  if (!above.some(isSame)) return path
  const names = path.map(({ name }) => `"${clip(name)}"`).join(' reads ')
  throw invalid(`views go in a circle: ${names}`, { view: source.name })
}

/** The columns that a view has been made with, found by name. */
function fitted(plan: LogicalPlan, wanted: Schema, { of, name }: NamedSource): LogicalPlan {
  const columns = wanted.fields.map(
    (expected): { name: string; expr: ReturnType<typeof columnExpr> } => {
      const found = plan.schema.fields[plan.schema.positions.get(expected.name) ?? -1]
      if (found !== undefined && isSame(found, expected)) {
        return { name: found.name, expr: columnExpr(found) }
      }
      throw invalid(
        `${of} "${clip(name)}" has columns (${schemaText(plan.schema)}), and a view of it was made when ` +
          `"${clip(expected.name)}" was ${typeText(expected.type)}${expected.nullable ? '?' : ''}; make the view anew`,
        { [of]: name, column: expected.name },
      )
    },
  )
  const isWhole =
    plan.schema.fields.length === columns.length &&
    columns.every((column, at) => column.name === plan.schema.fields[at]!.name)
  return isWhole ? plan : project(plan, columns)
}

const isSame = (a: Field, b: Field) => a.nullable === b.nullable && typesEqual(a.type, b.type)

function withScans(
  plan: LogicalPlan,
  replaced: (of: Extract<LogicalPlan, { kind: 'scan' }>) => LogicalPlan,
): LogicalPlan {
  return plan.kind === 'scan'
    ? replaced(plan)
    : mapInputs(plan, (input) => withScans(input, replaced))
}

/** A table of which only name and columns count: where it is and what it holds is found anew. */
function unbound({ name, tableId, columns }: TableSnapshot): TableSnapshot {
  const bare = columns.map(({ id, name, type, nullable }) =>
    Object.freeze({ id, name, type, nullable, folder: '' }),
  )
  const none = { clusterBy: [], constraints: [], identities: [] }
  const nowhere = { storeUrl: '', folder: '', version: 0 }
  return Object.freeze({ name, tableId, columns: bare, ...nowhere, ...none })
}
