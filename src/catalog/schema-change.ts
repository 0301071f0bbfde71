import { type DataType, integerRange, isInteger, typesEqual, typeText } from '../arrow/data-type.ts'
import type { Field } from '../arrow/schema.ts'
import { clip, invalid, nameNotFound } from '../error.ts'
import type { Change } from './commit-queue.ts'
import { folderName, foldFolder, freeFolderName } from './folder-name.ts'
import type { Operation } from './model/commit-record.ts'
import type { Head, HeadColumn } from './model/head.ts'
import type { Column } from './model/table.ts'
import { assertSameColumns } from './next-commit.ts'
import { asType, storedColumns } from './schema-at.ts'
import { SCHEMA_FEATURE } from './stored-json.ts'

/** What becomes of the columns of a head. */
export interface SchemaChange {
  readonly operation: Operation
  /** Throws INVALID and NOT_FOUND for what cannot be done. */
  columns(head: Head): Pick<Head, 'columns'> & Partial<Head>
}

/** The change that gives a table other columns; its rows and files stay. CONFLICT unless it has those `seen`. */
export function schemaChange(name: string, seen: readonly Column[], change: SchemaChange): Change {
  return {
    alone: true,
    async draft(base) {
      assertSameColumns(base, { columns: seen, name })
      const changed = change.columns(base)
      const names = changed.columns.map((column) => column.name)
      const twice = names.find((one, position) => names.indexOf(one) < position)
      if (twice !== undefined) {
        throw invalid(
          `${change.operation}: two columns of table "${name}" would be named "${clip(twice)}"`,
          { table: name, column: twice },
        )
      }
      const { version, columns, partitions, rows } = base
      const former = {
        upto: version,
        columns: columns.map(({ id, name, type, nullable }) => ({ id, name, type, nullable })),
      }
      const features = (known: readonly string[]) => [...new Set([...known, SCHEMA_FEATURE])]
      return {
        operation: change.operation,
        actions: [],
        rows: 0,
        bytes: 0,
        head: {
          partitions,
          rows,
          readerFeatures: features(base.readerFeatures),
          writerFeatures: features(base.writerFeatures),
          ...changed,
        },
        formerSchema: former,
      }
    },
  }
}

/** Columns that hold their default, or null, in all rows that there are. */
export function addColumns(fields: readonly Field[]): SchemaChange {
  return {
    operation: 'addColumns',
    columns(head) {
      const known = storedColumns(head)
      const taken = new Set(known.map(({ folder }) => foldFolder(folder)))
      // A folder of a column that is no longer listed may still get what a slow writer stages.
      const hasForgotten = known.length < head.nextColumnId - 1
      const added = fields.map((of, position): HeadColumn => {
        const { name } = of
        if (!of.nullable && of.default === undefined) {
          throw invalid(
            `addColumns: column "${clip(name)}" has to be nullable or have a default, for the rows that there are`,
            { column: name },
          )
        }
        const id = head.nextColumnId + position
        const free = freeFolderName(name, taken, String(id))
        const folder = hasForgotten && free === folderName(name) ? `${free}!-${id}` : free
        taken.add(foldFolder(folder))
        return { id, ...of, folder, extra: [] }
      })
      return {
        columns: [...head.columns, ...added],
        nextColumnId: head.nextColumnId + added.length,
      }
    },
  }
}

/** @param names The new name by the old; names may be swapped. */
export function renameColumns(names: ReadonlyMap<string, string>): SchemaChange {
  return {
    operation: 'renameColumns',
    columns(head) {
      requireColumns(head, [...names.keys()])
      const columns = head.columns.map((column) => {
        const name = names.get(column.name)
        return name === undefined
          ? column
          : { ...column, header: column.header ?? column.name, name }
      })
      return { columns }
    },
  }
}

/** The columns are gone from here on; older versions still have them. */
/** Throws INVALID where a column has to stay as it is: an identity, and a primary key without nulls. */
function requireFree({ constraints, identities }: Head, column: HeadColumn, to: Field): void {
  const isKey = constraints.some(
    ({ kind, columns }) => kind === 'primaryKey' && columns.includes(column.id),
  )
  const isIdentity = identities.some((of) => of.column === column.id)
  if (!isIdentity && !(isKey && to.nullable)) return
  const what = isIdentity ? 'an identity' : 'part of the primary key, which takes no null'
  throw invalid(`widenColumns: "${clip(column.name)}" is ${what}`, { column: column.name })
}

/** What of the table's own rules names the column `id`; null when nothing does. */
function keeperOf({ constraints, identities }: Head, id: number): string | null {
  const constraint = constraints.find(({ columns }) => columns.includes(id))
  if (constraint !== undefined) return `the constraint "${clip(constraint.name)}"`
  return identities.some(({ column }) => column === id) ? 'the identity that it is' : null
}

export function dropColumns(names: readonly string[]): SchemaChange {
  return {
    operation: 'dropColumns',
    columns(head) {
      requireColumns(head, names)
      const gone = head.columns.filter(({ name }) => names.includes(name))
      const key = gone.find(({ id }) => head.clusterBy.includes(id))
      if (key !== undefined) {
        throw invalid(`dropColumns: the table is clustered by "${clip(key.name)}"`, {
          column: key.name,
        })
      }
      for (const column of gone) {
        const by = keeperOf(head, column.id)
        if (by === null) continue
        throw invalid(`dropColumns: "${clip(column.name)}" is needed by ${by}; drop that first`, {
          column: column.name,
        })
      }
      const columns = head.columns.filter((column) => !gone.includes(column))
      if (columns.length === 0) throw invalid('dropColumns: a table needs at least one column')
      return { columns, dropped: [...head.dropped, ...gone] }
    },
  }
}

/** @param names Columns that come first, in this order; the others follow as they are. */
export function reorderColumns(names: readonly string[]): SchemaChange {
  return {
    operation: 'reorderColumns',
    columns(head) {
      requireColumns(head, names)
      const first = names.map((wanted) => head.columns.find(({ name }) => name === wanted)!)
      return { columns: [...first, ...head.columns.filter((column) => !first.includes(column))] }
    },
  }
}

/**
 * Columns take more values: of a wider type whose text for every value is that of the type before,
 * so that files and statistics are read as they are; or null.
 */
export function widenColumns(fields: readonly Field[]): SchemaChange {
  return {
    operation: 'widenColumns',
    columns(head) {
      const wanted = new Map(fields.map((of) => [of.name, of]))
      requireColumns(head, [...wanted.keys()])
      const columns = head.columns.map((column) => {
        const to = wanted.get(column.name)
        if (to === undefined) return column
        requireFree(head, column, to)
        return widened(column, to)
      })
      return { columns }
    },
  }
}

function widened(column: HeadColumn, { type, nullable, default: given }: Field): HeadColumn {
  const { name, default: value = null } = column
  const isWider = isWidening(column.type, type) && (nullable || !column.nullable)
  if (isWider && given === undefined) {
    const as = value === null ? {} : { default: asType(value, column.type, type) }
    return { ...column, type, nullable, ...as }
  }
  const text = (type: DataType, nullable: boolean) => typeText(type) + (nullable ? '?' : '')
  const [from, to] = [text(column.type, column.nullable), text(type, nullable)]
  const reason =
    given === undefined
      ? `cannot become ${to}: integers may become larger ones that hold all of their values, decimals may get more digits before the point, and columns may begin to take null`
      : 'keeps its default as it is: leave it out'
  throw invalid(`widenColumns: column "${clip(name)}", which is ${from}, ${reason}`, {
    column: name,
    from,
    to,
  })
}

/** Whether each value of `from` is one of `to` with the same text. */
function isWidening(from: DataType, to: DataType): boolean {
  if (typesEqual(from, to)) return true
  if (from.name === 'decimal' && to.name === 'decimal') {
    return from.scale === to.scale && from.precision <= to.precision
  }
  if (!isInteger(from) || !isInteger(to)) return false
  const [least, greatest] = integerRange(to)
  return integerRange(from).every((end) => end >= least && end <= greatest)
}

function requireColumns({ columns }: Head, names: readonly string[]): void {
  const known = columns.map(({ name }) => name)
  for (const name of names) if (!known.includes(name)) throw nameNotFound('column', name, known)
}
