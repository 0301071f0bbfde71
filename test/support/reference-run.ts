import { compareScalars, type Scalar, scalarAt } from '../../src/arrow/scalar.ts'
import { fieldNames } from '../../src/arrow/schema.ts'
import type { Expr, NamedExpr, SortKey } from '../../src/plan/expr.ts'
import type { Aggregate, Join, LogicalPlan, Scan } from '../../src/plan/logical-plan.ts'
import { type Row, referenceEvaluate } from './reference-evaluate.ts'

type Rows = readonly (readonly Scalar[])[]

/**
 * The rows of `plan`, computed as plainly as can be: the oracle of tests that compare plans.
 *
 * @param tables Rows of each table by its name, in the order of the table's columns.
 */
export function referenceRun(plan: LogicalPlan, tables: ReadonlyMap<string, Rows>): Rows {
  const run = (input: LogicalPlan): Rows => referenceRun(input, tables)
  switch (plan.kind) {
    case 'scan': {
      const names = plan.table.columns.map(({ name }) => name)
      const rows = keptRows(plan, tables.get(plan.table.name)!).map((row) => rowOf(names, row))
      const { predicate } = plan
      return rows
        .filter((row) => predicate === null || referenceEvaluate(predicate, row) === true)
        .slice(0, plan.limit ?? undefined)
        .map((row) => plan.columns.map(({ name }) => row.get(name) ?? null))
    }
    case 'values':
      return plan.batches.flatMap(({ length, columns }) =>
        Array.from({ length }, (_, row) => columns.map((vector) => scalarAt(vector, row))),
      )
    case 'filter':
      return run(plan.input).filter(
        (row) => referenceEvaluate(plan.predicate, named(plan.input, row)) === true,
      )
    case 'project':
      return run(plan.input).map((row) => computed(plan.columns, named(plan.input, row)))
    case 'aggregate':
      return aggregated(plan, run(plan.input))
    case 'join':
      return joined(plan, run(plan.left), run(plan.right))
    case 'sort':
      return sorted(plan.keys, plan.input, run(plan.input))
    case 'top-k':
      return sorted(plan.keys, plan.input, run(plan.input)).slice(
        plan.offset,
        plan.offset + plan.count,
      )
    case 'limit':
      return run(plan.input).slice(plan.offset, plan.offset + plan.count)
    case 'union':
      return plan.inputs.flatMap(run)
    case 'sample':
    case 'window':
    case 'explode':
      throw new Error('no reference for windows, samples and lists')
  }
}

/** The rows of the partitions that `scan` keeps; all while they are not bound. */
function keptRows({ partitions }: Scan, rows: Rows): Rows {
  if (partitions === null) return rows
  const kept = new Set(partitions.kept)
  let start = 0
  return partitions.all.partitions.flatMap(({ id, rows: count }) => {
    const from = start
    start += count
    return kept.has(id) ? rows.slice(from, start) : []
  })
}

const rowOf = (names: readonly string[], row: readonly Scalar[]): Row =>
  new Map(names.map((name, position) => [name, row[position]!]))
const named = ({ schema }: LogicalPlan, row: readonly Scalar[]): Row =>
  rowOf(fieldNames(schema), row)
const computed = (columns: readonly NamedExpr[], row: Row): Scalar[] =>
  columns.map(({ expr }) => referenceEvaluate(expr, row))

function sorted(keys: readonly SortKey[], input: LogicalPlan, rows: Rows): Rows {
  return [...rows].sort((a, b) => {
    for (const { expr, descending, nulls } of keys) {
      const [x, y] = [a, b].map((row) => referenceEvaluate(expr, named(input, row)))
      if (x === null && y === null) continue
      if (x === null || y === null) return (x === null) === (nulls === 'first') ? -1 : 1
      const order = compareScalars(x!, y!)
      if (order !== 0) return descending ? -order : order
    }
    return 0
  })
}

/** Counts, ends, firsts, and sums of whole numbers. */
function aggregated({ keys, aggregates, input }: Aggregate, rows: Rows): Rows {
  const groups = new Map<string, { key: Scalar[]; rows: Row[] }>()
  if (keys.length === 0) groups.set('', { key: [], rows: [] })
  for (const values of rows) {
    const row = named(input, values)
    const key = computed(keys, row)
    const text = key.map(String).join()
    const group = groups.get(text) ?? { key, rows: [] }
    groups.set(text, group)
    group.rows.push(row)
  }
  return [...groups.values()].map((group) => [
    ...group.key,
    ...aggregates.map((of): Scalar => {
      if (of.input === null) return BigInt(group.rows.length)
      const all = group.rows.map((row) => referenceEvaluate(of.input as Expr, row))
      if (of.aggregate === 'first') return all[0]!
      const values = all.filter((value) => value !== null)
      if (of.aggregate === 'count') return BigInt(values.length)
      if (of.aggregate === 'min') return values.toSorted(compareScalars)[0] ?? null
      if (of.aggregate === 'max') return values.toSorted(compareScalars).at(-1) ?? null
      if (of.aggregate !== 'sum') throw new Error(`no reference for ${of.aggregate}`)
      return values.length === 0
        ? null
        : values.reduce<bigint>((sum, value) => sum + BigInt(value as number), 0n)
    }),
  ])
}

function joined(plan: Join, left: Rows, right: Rows): Rows {
  const keysOf = (keys: readonly Expr[], input: LogicalPlan, row: readonly Scalar[]): Scalar[] =>
    keys.map((key) => referenceEvaluate(key, named(input, row)))
  const leftKeys = left.map((row) => keysOf(plan.leftKeys, plan.left, row))
  const rightKeys = right.map((row) => keysOf(plan.rightKeys, plan.right, row))
  const fits = (a: number, b: number): boolean =>
    leftKeys[a]!.every((key, position) => {
      const other = rightKeys[b]![position]!
      return key !== null && other !== null && compareScalars(key, other) === 0
    })
  const partners = left.map((_, a) => [...right.keys()].filter((b) => fits(a, b)))
  if (plan.how === 'semi') return left.filter((_, a) => partners[a]!.length > 0)
  if (plan.how === 'anti') return left.filter((_, a) => partners[a]!.length === 0)
  const nulls = ({ schema }: LogicalPlan): Scalar[] => schema.fields.map(() => null)
  const rows = left.flatMap((row, a) => {
    const pairs = partners[a]!.map((b) => [...row, ...right[b]!])
    const alone = plan.how === 'left' || plan.how === 'full'
    return pairs.length === 0 && alone ? [[...row, ...nulls(plan.right)]] : pairs
  })
  if (plan.how !== 'right' && plan.how !== 'full') return rows
  const found = new Set(partners.flat())
  const lonely = right.flatMap((row, b) => (found.has(b) ? [] : [[...nulls(plan.left), ...row]]))
  return [...rows, ...lonely]
}
