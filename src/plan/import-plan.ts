import { batch } from '../arrow/batch.ts'
import { parseDataType } from '../arrow/data-type.ts'
import { field, type Schema, schema as schemaOf } from '../arrow/schema.ts'
import { concat } from '../arrow/vector.ts'
import type { TableSnapshot } from '../catalog/model/table.ts'
import { invalid } from '../error.ts'
import { PLAN_FORMAT, PLAN_VERSION } from './export-plan.ts'
import type { NamedExpr } from './expr.ts'
import {
  importAggregate,
  importExpr,
  importScalar,
  importSortKey,
  importWindowExpr,
} from './import-expr.ts'
import { JsonObject } from './json-object.ts'
import {
  aggregate,
  explode,
  filter,
  join,
  type LogicalPlan,
  limit,
  project,
  sample,
  scan,
  sort,
  topK,
  union,
  values,
  window,
} from './logical-plan.ts'
import { scalarVector } from './scalar-vector.ts'

/**
 * The plan that `exportPlan` wrote, made anew by the constructors, which check it. Throws INVALID for
 * JSON that is no plan, one of a newer version, or one that is ill typed; NOT_FOUND for a column.
 */
export function importPlan(json: unknown): LogicalPlan {
  const of = new JsonObject(json, 'root')
  const [format, version] = [of.text('format'), of.whole('version', 1)]
  if (format !== PLAN_FORMAT || version > PLAN_VERSION) {
    throw invalid(`a plan of format "${format}", version ${version}, is not known here`, {
      format,
      version,
    })
  }
  return importNode(of.value('plan'), 'plan')
}

const KINDS = [
  'scan',
  'values',
  'filter',
  'project',
  'aggregate',
  'join',
  'sort',
  'top-k',
  'limit',
  'union',
  'window',
  'sample',
  'explode',
] as const
const EMPTY = ['dropped', 'kept'] as const
const HOWS = ['inner', 'left', 'right', 'full', 'semi', 'anti', 'cross'] as const

function importNode(value: unknown, path: string): LogicalPlan {
  const of = new JsonObject(value, path)
  const kind = of.oneOf('kind', KINDS)
  switch (kind) {
    case 'scan':
      return importScan(of)
    case 'values':
      return importValues(of)
    case 'join':
      return importJoin(of)
    case 'union':
      return union(of.list('inputs', importNode))
    default:
      return importUnary(of, kind, importNode(of.value('input'), `${path}.input`))
  }
}

type Unary = Exclude<(typeof KINDS)[number], 'scan' | 'values' | 'join' | 'union'>

function importUnary(of: JsonObject, kind: Unary, input: LogicalPlan): LogicalPlan {
  const { schema } = input
  const named = namedOver(schema)
  const keys = () => of.list('keys', (key, path) => importSortKey(key, path, schema))
  const slice = () => ({ count: of.whole('count'), offset: of.whole('offset') })
  switch (kind) {
    case 'filter':
      return filter(input, importExpr(of.value('predicate'), `${of.path}.predicate`, schema))
    case 'project':
      return project(input, of.list('columns', named))
    case 'aggregate': {
      const aggregates = of.list('aggregates', (one, path) => importAggregate(one, path, schema))
      return aggregate(input, of.list('keys', named), aggregates)
    }
    case 'sort':
      return sort(input, keys())
    case 'top-k':
      return topK(input, keys(), slice())
    case 'limit':
      return limit(input, slice())
    case 'window':
      return window(input, {
        partitionBy: of.list('partitionBy', (key, path) => importExpr(key, path, schema)),
        orderBy: of.list('orderBy', (key, path) => importSortKey(key, path, schema)),
        outputs: of.list('outputs', (one, path) => importWindowExpr(one, path, schema)),
      })
    case 'sample': {
      const size = of.object('size')
      if (size.has('rows')) {
        return sample(input, { size: { rows: size.whole('rows') }, seed: of.whole('seed') })
      }
      const [from, to] = [Number(size.value('from')), Number(size.value('to'))]
      if (!(from >= 0 && to <= 1)) throw invalid(`the plan's ${size.path} is no share`)
      return sample(input, { size: { from, to }, seed: of.whole('seed') })
    }
    case 'explode':
      return explode(input, { name: of.text('name'), empty: of.oneOf('empty', EMPTY) })
  }
}

const namedOver =
  (input: Schema) =>
  (value: unknown, path: string): NamedExpr => {
    const of = new JsonObject(value, path)
    return { name: of.text('name'), expr: importExpr(of.value('expr'), `${path}.expr`, input) }
  }

function importScan(of: JsonObject): LogicalPlan {
  const told = of.object('table')
  const table: TableSnapshot = Object.freeze({
    name: told.text('name'),
    tableId: told.text('tableId'),
    storeUrl: told.text('storeUrl'),
    folder: told.text('folder'),
    version: told.whole('version'),
    columns: told.list('columns', (value, path) => {
      const column = new JsonObject(value, path)
      const type = parseDataType(column.text('type'))
      return Object.freeze({
        id: column.whole('id', 1),
        name: column.text('name'),
        type,
        nullable: column.boolean('nullable'),
        folder: column.text('folder'),
        ...(column.has('header') && { header: column.text('header') }),
        ...(column.has('default') && { default: importScalar(column.value('default'), type) }),
      })
    }),
    clusterBy: told.texts('clusterBy'),
    // Only what a store tells is known to hold.
    constraints: [],
    identities: [],
  })
  const columns = of.list('columns', (id, path) => {
    const found = table.columns.find((column) => column.id === id)
    if (found === undefined) throw invalid(`the plan's ${path} is no column of the table`, { path })
    return found
  })
  const whole = scan(table)
  const predicate = of.value('predicate')
  return scan(table, {
    columns,
    predicate:
      predicate === null ? null : importExpr(predicate, `${of.path}.predicate`, whole.schema),
    limit: of.value('limit') === null ? null : of.whole('limit'),
  })
}

function importValues(of: JsonObject): LogicalPlan {
  const schema = schemaOf(
    of.list('columns', (value, path) => {
      const column = new JsonObject(value, path)
      const type = parseDataType(column.text('type'))
      return field(column.text('name'), type, column.boolean('nullable'))
    }),
  )
  const rows = of.list('rows', (row, path) => {
    if (Array.isArray(row) && row.length === schema.fields.length) return row as unknown[]
    throw invalid(`the plan's ${path} has to be a list of ${schema.fields.length} values`, { path })
  })
  const columns = schema.fields.map(({ type }, at) =>
    concat(
      type,
      rows.map((row) => scalarVector(importScalar(row[at], type), type)),
    ),
  )
  const batches = rows.length === 0 ? [] : [batch(schema, columns, rows.length)]
  return values(schema, batches, of.text('origin'))
}

function importJoin(of: JsonObject): LogicalPlan {
  const left = importNode(of.value('left'), `${of.path}.left`)
  const right = importNode(of.value('right'), `${of.path}.right`)
  return join(left, right, {
    how: of.oneOf('how', HOWS),
    leftKeys: of.list('leftKeys', (key, path) => importExpr(key, path, left.schema)),
    rightKeys: of.list('rightKeys', (key, path) => importExpr(key, path, right.schema)),
    rightNames: of.texts('rightNames'),
  })
}
