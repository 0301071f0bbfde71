import { concatBatches } from '../arrow/batch.ts'
import { bool, typeText } from '../arrow/data-type.ts'
import { fieldNamed, type Schema } from '../arrow/schema.ts'
import { inputColumns, type TableSnapshot, tableSchema } from '../catalog/model/table.ts'
import { clip, invalid } from '../error.ts'
import {
  type Assignments,
  type Clause,
  emptyBatch,
  type KeyPair,
  MergeSource,
} from '../exec/row-change.ts'
import { scansOf } from '../plan/bind-partitions.ts'
import { castExpr, columnExpr, literalExpr } from '../plan/expr-walk.ts'
import { superType } from '../plan/super-type.ts'
import type { ActionOptions } from './action-options.ts'
import { allBatches } from './actions.ts'
import {
  allByName,
  assignmentsOf,
  type ClauseScope,
  conditionOf,
  type MergeScope,
  mergeScope,
  rowScope,
  wholeRow,
} from './change-clauses.ts'
import type { TableChange } from './change-table.ts'
import { refuseIdentities } from './constraint/with-identities.ts'
import { type FrameState, stateOf } from './frame-state.ts'
import { keyPairs } from './join-verb.ts'
import { onlyRowsOf } from './write-rows.ts'

/** A change without what every change has. */
export type RowsChange = Omit<TableChange, 'snapshot' | 'basedOn' | 'mark'>

const NO_CHANGE = {
  matched: [],
  unmatched: [],
  source: null,
  inserts: [],
  rows: [],
  exclusive: null,
} as const

/** The change of `update`. Throws INVALID and NOT_FOUND for what the table does not take. */
export function updateChange(snapshot: TableSnapshot, change: unknown): RowsChange {
  const { set, where } = checkedParts(change, ['set', 'where'], 'update')
  const target = tableSchema(snapshot.columns)
  const scope = rowScope(target)
  const when = where === undefined ? null : conditionOf(where, scope, 'update, where')
  const outcome = assignmentsOf(set, target, scope, 'update')
  refuseIdentities(outcome.keys(), snapshot, 'update')
  return { ...NO_CHANGE, operation: 'update', unmatched: [{ when, outcome }] }
}

/** The change of `delete`. */
export function deleteChange(snapshot: TableSnapshot, where: unknown): RowsChange {
  const scope = rowScope(tableSchema(snapshot.columns))
  const when = conditionOf(where, scope, 'delete')
  return { ...NO_CHANGE, operation: 'delete', unmatched: [{ when, outcome: 'delete' }] }
}

/** The change that puts `rows` in the place of all rows. */
export function allRowsChange(rows: TableChange['rows']): RowsChange {
  const operation = Array.isArray(rows) && rows.length === 0 ? 'truncate' : 'overwrite'
  return { ...NO_CHANGE, operation, unmatched: [{ when: null, outcome: 'delete' }], rows }
}

/** The change of `write`, to a table that may have rows. */
export function writeChange(
  snapshot: TableSnapshot,
  rows: TableChange['rows'],
  { mode, replaceWhere }: { readonly mode: unknown; readonly replaceWhere: unknown },
): RowsChange {
  if (mode !== 'append' && mode !== 'overwrite' && mode !== 'errorIfExists') {
    throw invalid(
      `write: mode can be "append", "overwrite" or "errorIfExists", got "${clip(String(mode))}"`,
      { mode },
    )
  }
  if (replaceWhere !== undefined) {
    if (mode !== 'overwrite') throw invalid('write: replaceWhere goes with mode "overwrite"')
    const where = conditionOf(replaceWhere, rowScope(tableSchema(snapshot.columns)), 'replaceWhere')
    return {
      ...NO_CHANGE,
      operation: 'replace',
      unmatched: [{ when: where, outcome: 'delete' }],
      rows: onlyRowsOf(where, rows),
      exclusive: where,
    }
  }
  if (mode === 'overwrite') return allRowsChange(rows)
  const exclusive = mode === 'append' ? null : literalExpr(true, bool)
  return { ...NO_CHANGE, operation: 'append', rows, exclusive }
}

/** A merge that has been checked; nothing of its source has been read. */
export interface Merge {
  /** The oldest version of the target that the source reads. */
  readonly basedOn: number
  /** Reads the source. */
  read(options: ActionOptions): Promise<RowsChange>
}

/** The change of `merge`. Throws INVALID and NOT_FOUND for what the tables do not have. */
export function mergeChange(snapshot: TableSnapshot, source: unknown, change: unknown): Merge {
  const state = stateOf(source, 'merge')
  const names = ['on', 'whenMatched', 'whenNotMatched', 'whenNotMatchedBySource'] as const
  const given = checkedParts(change, names, 'merge')
  const target = tableSchema(snapshot.columns)
  const from = state.plan.schema
  const scope = mergeScope(target, from)
  const pairs = mergeKeys(given.on, target, from, scope)
  const matched = listOf(given.whenMatched).map((clause) =>
    rowClause(clause, { snapshot, target, scope, where: 'merge, whenMatched', source: from }),
  )
  const unmatched = listOf(given.whenNotMatchedBySource).map((clause) => {
    const where = 'merge, whenNotMatchedBySource'
    return rowClause(clause, { snapshot, target, scope: rowScope(target), where })
  })
  const inserts = listOf(given.whenNotMatched).map((clause) =>
    insertClause(clause, { snapshot, target, scope, where: 'merge, whenNotMatched', source: from }),
  )
  if (matched.length + unmatched.length + inserts.length === 0) {
    throw invalid(`merge: nothing is to be done; give one of ${names.slice(1).join(', ')}`)
  }
  return {
    basedOn: oldestRead(state, snapshot),
    async read(options) {
      const batches = await allBatches(state, options)
      const rows = batches.length === 0 ? emptyBatch(from) : concatBatches(from, batches)
      const merged = new MergeSource({ ...rows, schema: scope.source.schema }, pairs)
      // Two merges at a time must not both insert a key.
      const exclusive = inserts.length === 0 ? null : merged.range
      const head = { ...NO_CHANGE, operation: 'merge', source: merged } as const
      return { ...head, matched, unmatched, inserts, exclusive }
    },
  }
}

/** The oldest version of a table that a frame reads; that of `snapshot` when it reads none. */
export function oldestRead({ plan }: FrameState, snapshot: TableSnapshot): number {
  const versions = scansOf(plan)
    .filter(({ table }) => table.tableId === snapshot.tableId && table.version >= 0)
    .map(({ table }) => table.version)
  return Math.min(snapshot.version, ...versions)
}

function mergeKeys(on: unknown, target: Schema, from: Schema, scope: MergeScope): KeyPair[] {
  return keyPairs(on, 'merge').map(([name, other]) => {
    const left = columnExpr(fieldNamed(target, name))
    fieldNamed(from, other)
    const right = columnExpr(scope.sourceFields[from.positions.get(other)!]!)
    const type = superType(left.type, right.type)
    if (type === undefined) {
      throw invalid(
        `merge: "${clip(name)}" is ${typeText(left.type)} and "${clip(other)}" of the source ` +
          `${typeText(right.type)}, which are never equal; cast one of them`,
        { target: name, source: other },
      )
    }
    return { name, target: castExpr(left, type), source: castExpr(right, type) }
  })
}

interface ClausePlace {
  readonly snapshot: TableSnapshot
  readonly target: Schema
  readonly scope: ClauseScope
  readonly where: string
  /** The source, where its columns may be named. */
  readonly source?: Schema
}

function rowClause(clause: unknown, place: ClausePlace): Clause {
  const { scope, where, source } = place
  const given = checkedParts(clause, ['when', 'set', 'delete'], where)
  const when = given.when === undefined ? null : conditionOf(given.when, scope, `${where}, when`)
  if (given.delete === true && given.set === undefined) return { when, outcome: 'delete' }
  if (given.delete !== undefined || given.set === undefined) {
    throw invalid(`${where}: say either set: { column: value } or delete: true`)
  }
  if (given.set === 'all' && source !== undefined) {
    return { when, outcome: allGiven(place) }
  }
  return { when, outcome: valuesGiven(given.set, place, scope) }
}

function insertClause(clause: unknown, place: ClausePlace): Clause {
  const { snapshot, where } = place
  const given = checkedParts(clause, ['when', 'insert'], where)
  const { source } = place.scope as MergeScope
  const when = given.when === undefined ? null : conditionOf(given.when, source, `${where}, when`)
  const values = given.insert === 'all' ? allGiven(place) : valuesGiven(given.insert, place, source)
  return { when, outcome: wholeRow(values, tableSchema(inputColumns(snapshot)), where) }
}

/** Every column of the source by name, but for those that the table itself gives values to. */
function allGiven({ snapshot, target, scope, where, source }: ClausePlace): Assignments {
  const all = allByName(target, source!, scope as MergeScope, where)
  const given = new Set(inputColumns(snapshot).map(({ name }) => name))
  return new Map([...all].filter(([name]) => given.has(name)))
}

function valuesGiven(
  given: unknown,
  { snapshot, target, where }: ClausePlace,
  scope: ClauseScope,
): Assignments {
  const values = assignmentsOf(given, target, scope, where)
  refuseIdentities(values.keys(), snapshot, where)
  return values
}

function listOf(clauses: unknown): readonly unknown[] {
  if (clauses === undefined) return []
  return Array.isArray(clauses) ? clauses : [clauses]
}

/** The named parts of an object. Throws INVALID for any other part, and for what is no object. */
function checkedParts<N extends string>(
  given: unknown,
  names: readonly N[],
  where: string,
): Partial<Record<N, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalid(`${where}: expected an object with ${names.join(', ')}, got ${typeof given}`)
  }
  const other = Object.keys(given).find((name) => !(names as readonly string[]).includes(name))
  if (other === undefined) return given
  throw invalid(`${where}: unknown part "${clip(other)}"; parts: ${names.join(', ')}`)
}
