import { type DataType, parseDataType, typeText } from '../arrow/data-type.ts'
import { parseScalar, type Scalar, scalarText } from '../arrow/scalar.ts'
import { corrupt } from '../error.ts'
import { isFolderName } from './folder-name.ts'
import type { FormerSchema, Head, HeadColumn } from './model/head.ts'
import { storedColumns } from './schema-at.ts'
import { instantText, printList, printObject, type StoredObject } from './stored-json.ts'

type Former = Pick<Head, 'dropped' | 'formerSchemas'>

export function printColumn(column: HeadColumn): string {
  const { id, name, type, nullable, folder, header, default: value, extra } = column
  return printObject(
    [
      ['id', id],
      ['name', name],
      ['type', typeText(type)],
      ['nullable', nullable],
      ['folder', folder],
      ...(header === undefined ? [] : ([['header', header]] as const)),
      ...(value == null ? [] : ([['default', scalarText(value, type)]] as const)),
    ],
    extra,
  )
}

export function readColumn(of: StoredObject): HeadColumn {
  const folder = of.text('folder')
  if (!isFolderName(folder)) of.fail('folder', 'the name of a folder', folder)
  const type = readType(of)
  const column = {
    id: of.whole('id', 1),
    name: of.text('name'),
    type,
    nullable: of.boolean('nullable'),
    folder,
    ...(of.has('header') ? { header: of.text('header') } : {}),
    ...(of.has('default') ? { default: readDefault(of, type) } : {}),
  }
  return { ...column, extra: of.extra() }
}

function readType(of: StoredObject): DataType {
  const name = of.text('type')
  try {
    return parseDataType(name)
  } catch {
    return of.fail('type', 'a data type', name)
  }
}

/** A default as values stand in column files; strict, as their reader is. */
function readDefault(of: StoredObject, type: DataType): Scalar {
  const text = of.text('default')
  let value: Exclude<Scalar, null>
  try {
    value = parseScalar(text, type)
  } catch {
    of.fail('default', `a ${typeText(type)}`, text)
  }
  if (scalarText(value, type) !== text) of.fail('default', `a ${typeText(type)} as written`, text)
  return value
}

/** What the head says of older versions' columns; nothing where its columns never changed. */
export function formerSchemaFields({
  dropped,
  formerSchemas,
}: Former): (readonly [string, unknown])[] {
  if (formerSchemas.length === 0 && dropped.length === 0) return []
  return [
    ['dropped', printList(dropped.map(printColumn))],
    ['formerSchemas', printList(formerSchemas.map(printFormer))],
  ]
}

/** The inverse of `formerSchemaFields`. Throws DATA naming the key and the field. */
export function readFormerSchemas(of: StoredObject): Former {
  return {
    dropped: of.has('dropped') ? of.objects('dropped').map(readColumn) : [],
    formerSchemas: of.has('formerSchemas') ? of.objects('formerSchemas').map(readFormer) : [],
  }
}

/** Throws DATA unless former schemas ascend below the version and name columns that there are. */
export function checkFormerSchemas(
  head: Pick<Head, 'columns' | 'dropped' | 'formerSchemas' | 'version'>,
  key: string,
): void {
  const known = new Set(storedColumns(head).map(({ id }) => id))
  let above = -1
  for (const { upto, columns } of head.formerSchemas) {
    const ids = new Set(columns.map(({ id }) => id))
    const names = new Set(columns.map(({ name }) => name))
    const isSound = ids.size === columns.length && names.size === columns.length && ids.size > 0
    const stranger = [...ids].find((id) => !known.has(id))
    if (upto <= above || upto >= head.version || !isSound || stranger !== undefined) {
      throw corrupt(`"${key}": the former schema up to version ${upto} cannot be`, { key, upto })
    }
    above = upto
  }
}

function printFormer({ upto, until, columns }: FormerSchema): string {
  const items = columns.map(({ id, name, type, nullable }) => {
    return printObject(
      [
        ['id', id],
        ['name', name],
        ['type', typeText(type)],
        ['nullable', nullable],
      ],
      [],
    )
  })
  return printObject(
    [
      ['upto', upto],
      ['until', instantText(until)],
      ['columns', printList(items)],
    ],
    [],
  )
}

function readFormer(of: StoredObject): FormerSchema {
  return {
    upto: of.whole('upto'),
    until: of.instant('until'),
    columns: of.objects('columns').map((item) => {
      return {
        id: item.whole('id', 1),
        name: item.text('name'),
        type: readType(item),
        nullable: item.boolean('nullable'),
      }
    }),
  }
}
