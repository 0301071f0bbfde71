import type { DataType } from '../arrow/data-type.ts'
import { parseScalar, type Scalar, scalarText } from '../arrow/scalar.ts'
import type { FormerSchema, Head, HeadColumn } from './model/head.ts'

/** Every column that may have files: also those that only older versions have. */
export function storedColumns({
  columns,
  dropped,
}: Pick<Head, 'columns' | 'dropped'>): readonly HeadColumn[] {
  return dropped.length === 0 ? columns : [...columns, ...dropped]
}

/** The former schemas that versions from `retainedFrom` on have, and the columns that none of these has. */
export function neededSchemas({
  dropped,
  formerSchemas,
  retainedFrom,
}: Pick<Head, 'dropped' | 'formerSchemas' | 'retainedFrom'>): {
  readonly formerSchemas: readonly FormerSchema[]
  readonly forgotten: readonly HeadColumn[]
} {
  const needed = formerSchemas.filter(({ upto }) => upto >= retainedFrom)
  const ids = new Set(needed.flatMap(({ columns }) => columns.map(({ id }) => id)))
  return { formerSchemas: needed, forgotten: dropped.filter(({ id }) => !ids.has(id)) }
}

/** `value` of a column of `from` as one of a column of `to`, whose text for it is the same. */
export function asType(value: NonNullable<Scalar>, from: DataType, to: DataType): Scalar {
  return parseScalar(scalarText(value, from), to)
}

/** The columns that the table had at `version`, under their names of then. */
export function columnsAt(
  head: Pick<Head, 'columns' | 'dropped' | 'formerSchemas'>,
  version: number,
): readonly HeadColumn[] {
  const former = head.formerSchemas.find(({ upto }) => version <= upto)
  if (former === undefined) return head.columns
  const known = new Map(storedColumns(head).map((column) => [column.id, column]))
  return former.columns.map((then) => {
    const { default: value = null, ...column } = known.get(then.id)!
    return {
      ...column,
      ...then,
      header: column.header ?? column.name,
      ...(value === null ? {} : { default: asType(value, column.type, then.type) }),
    }
  })
}
