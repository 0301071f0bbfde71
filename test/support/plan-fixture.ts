import { bool, type DataType, int32, int64, utf8 } from '../../src/arrow/data-type.ts'
import type { Scalar } from '../../src/arrow/scalar.ts'
import type { ColumnStatistics } from '../../src/arrow/statistics.ts'
import type { ColumnPartition, PartitionSet } from '../../src/catalog/model/partition-set.ts'
import type { TableSnapshot } from '../../src/catalog/model/table.ts'
import type { Expr, SortKey } from '../../src/plan/expr.ts'
import { callExpr, columnExpr, literalExpr } from '../../src/plan/expr-walk.ts'
import type { FunctionName } from '../../src/plan/function.ts'
import {
  inputsOf,
  type JoinHow,
  join,
  type LogicalPlan,
  type Scan,
  scan,
} from '../../src/plan/logical-plan.ts'
import { printExpr, printWindow } from '../../src/plan/print-expr.ts'

/** A table of which only names and types matter: `[name, type]` per column, all nullable. */
export function tableOf(
  name: string,
  columns: readonly (readonly [string, DataType])[],
): TableSnapshot {
  return {
    name,
    tableId: name,
    storeUrl: 'memory:',
    folder: name,
    version: 1,
    columns: columns.map(([column, type], position) => ({
      id: position + 1,
      name: column,
      type,
      nullable: true,
      folder: column,
    })),
    clusterBy: [],
    constraints: [],
    identities: [],
  }
}

/** `tableOf`, with keys: of each the names of its columns. Those of a primary key take no null. */
export function keyedTable(
  name: string,
  columns: readonly (readonly [string, DataType])[],
  keys: { readonly primaryKey?: readonly string[]; readonly unique?: readonly string[] },
): TableSnapshot {
  const table = tableOf(name, columns)
  const { primaryKey = [] } = keys
  const idOf = (column: string) => table.columns.find((of) => of.name === column)!.id
  const constraints = Object.entries(keys).map(([kind, names]) => ({
    kind: kind as 'primaryKey' | 'unique',
    name: kind,
    columns: names.map(idOf),
    since: 0,
    extra: [],
  }))
  return {
    ...table,
    columns: table.columns.map((of) => ({ ...of, nullable: !primaryKey.includes(of.name) })),
    constraints,
  }
}

export const column = (name: string, type: DataType = int32): Expr =>
  columnExpr({ name, type, nullable: true })
export const int = (value: number): Expr => literalExpr(value, int32)
export const long = (value: bigint): Expr => literalExpr(value, int64)
export const text = (value: string): Expr => literalExpr(value, utf8)
export const truth = (value: boolean | null): Expr => literalExpr(value, bool)
export const call = (name: FunctionName, ...args: Expr[]): Expr => callExpr(name, args)
export const by = (name: string): SortKey => ({
  expr: column(name),
  descending: false,
  nulls: 'last',
})

/** `plan` in the few words that rules are about: one node a line, inputs indented. */
export function outline(plan: LogicalPlan): string {
  const lines = inputsOf(plan).flatMap((input) => outline(input).split('\n'))
  return [headline(plan), ...lines.map((line) => `  ${line}`)].join('\n')
}

function headline(plan: LogicalPlan): string {
  switch (plan.kind) {
    case 'scan':
      return scanLine(plan)
    case 'values':
      return `values ${plan.origin}`
    case 'filter':
      return `filter ${printExpr(plan.predicate)}`
    case 'project':
      return `project ${plan.columns.map(({ name, expr }) => `${name}=${printExpr(expr)}`).join(', ')}`
    case 'aggregate': {
      const keys = plan.keys.map(({ name, expr }) => `${name}=${printExpr(expr)}`).join(', ')
      const of = plan.aggregates.map(
        ({ name, aggregate, input }) =>
          `${name}=${aggregate}(${input === null ? '' : printExpr(input)})`,
      )
      return `aggregate by (${keys}): ${of.join(', ')}`
    }
    case 'join':
      return `join ${plan.how}`
    case 'sort':
      return `sort ${plan.keys.map(({ expr }) => printExpr(expr)).join(', ')}`
    case 'top-k':
      return `top-k ${plan.keys.map(({ expr }) => printExpr(expr)).join(', ')} ${plan.count}+${plan.offset}`
    case 'limit':
      return `limit ${plan.count}+${plan.offset}`
    case 'union':
      return 'union'
    case 'sample':
      return `sample ${JSON.stringify(plan.size)} ${plan.seed}`
    case 'explode':
      return `explode ${plan.name} ${plan.empty}`
    case 'window':
      return `window by (${plan.partitionBy.map(printExpr).join(', ')}): ${plan.outputs.map((of) => `${of.name}=${printWindow(of)}`).join(', ')}`
  }
}

function scanLine({ table, columns, predicate, limit, partitions }: Scan): string {
  const where = predicate === null ? '' : ` where ${printExpr(predicate)}`
  const most = limit === null ? '' : ` limit ${limit}`
  const kept = partitions === null ? '' : ` kept ${partitions.kept.join(',')}`
  return `scan ${table.name}(${columns.map(({ name }) => name).join(', ')})${where}${most}${kept}`
}

/** Exact statistics of a column without null and NaN, but for what `more` says. */
export function statistics(
  min: Scalar,
  max: Scalar,
  more: Partial<ColumnStatistics> = {},
): ColumnStatistics {
  return {
    rows: 10,
    nulls: 0,
    nans: 0,
    min,
    max,
    minExact: true,
    maxExact: true,
    sum: null,
    distinct: 1,
    distinctExact: false,
    bytes: 100,
    crc32: 0,
    hints: { width: null, longest: 1, plain: true, ascii: true, order: null },
    ...more,
  }
}

/** Partitions 1, 2, ... of ten rows; per column id, statistics of each, or null: no file there. */
export function partitionSet(
  columns: Readonly<Record<number, readonly (ColumnStatistics | null)[]>>,
): PartitionSet {
  const lists = Object.entries(columns)
  const count = lists[0]![1].length
  const entries = lists.map(([id, list]) => {
    const known = list.flatMap((of, position): [number, ColumnPartition][] =>
      of === null ? [] : [[position + 1, { ...of, file: position + 1 }]],
    )
    return [Number(id), new Map(known)] as const
  })
  const partitions = Array.from({ length: count }, (_, position) => ({
    id: position + 1,
    rows: 10,
  }))
  return { partitions, statistics: new Map(entries) }
}

/** A scan of r (j and a column called `second`), and the joins of l (k, x) with it, or another, by k = j. */
export function joinedTables(second: string) {
  const scanOf = (name: string, columns: readonly string[]) =>
    scan(
      tableOf(
        name,
        columns.map((of) => [of, int32]),
      ),
    )
  const l = scanOf('l', ['k', 'x'])
  const r = scanOf('r', ['j', second])
  const joined = (how: JoinHow, right: LogicalPlan = r): LogicalPlan =>
    join(l, right, {
      how,
      leftKeys: how === 'cross' ? [] : [column('k')],
      rightKeys: how === 'cross' ? [] : [column('j')],
      rightNames: ['j', `${second}_right`],
    })
  return { r, joined }
}
