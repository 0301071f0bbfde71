import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connect, fn, GraupelError, type Table, t } from '../../../src/index.ts'
import { runs } from '../../support/random.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const COLUMNS = { id: t.int64(), code: t.utf8().nullable(), amount: t.int32().nullable() }

interface Item {
  readonly id: bigint
  readonly code: string | null
  readonly amount: number | null
}

type Rows = readonly Item[]

/** What a table is to be: rows version by version, and which constraints it keeps, by name. */
interface Model {
  versions: Rows[]
  keeps: Map<string, (rows: Rows) => boolean>
}

const isUnique = (keys: readonly unknown[]) => new Set(keys).size === keys.length
const CONSTRAINTS = {
  key: {
    given: { primaryKey: ['id'] },
    holds: (rows: Rows) => isUnique(rows.map(({ id }) => id)),
  },
  code: {
    given: { unique: ['code'] },
    holds: (rows: Rows) => isUnique(rows.flatMap(({ code }) => code ?? [])),
  },
  both: {
    given: { unique: ['code', 'amount'] },
    holds: (rows: Rows) =>
      isUnique(
        rows.flatMap(({ code, amount }) =>
          code === null || amount === null ? [] : [`${code} ${amount}`],
        ),
      ),
  },
  positive: {
    given: { check: (o: any) => o.amount.gt(0) },
    holds: (rows: Rows) => rows.every(({ amount }) => amount === null || amount > 0),
  },
} as const
const NAMES = Object.keys(CONSTRAINTS) as (keyof typeof CONSTRAINTS)[]

const id = fc.bigInt({ min: 0n, max: 7n })
const item: fc.Arbitrary<Item> = fc.record({
  id,
  code: fc.constantFrom(null, 'a', 'b', 'c', 'd'),
  amount: fc.constantFrom(null, -1, 1, 2, 3, 4),
})
const items = fc.array(item, { maxLength: 4 })
const amount = fc.integer({ min: -1, max: 5 })

type Step =
  | {
      readonly kind: 'insert' | 'load' | 'write' | 'overwrite' | 'transaction'
      readonly rows: Rows
    }
  | { readonly kind: 'merge'; readonly rows: Rows }
  | { readonly kind: 'replace'; readonly from: bigint; readonly rows: Rows }
  | { readonly kind: 'shift'; readonly from: bigint; readonly by: bigint }
  | { readonly kind: 'set'; readonly from: bigint; readonly to: number }
  | { readonly kind: 'delete'; readonly from: bigint }
  | { readonly kind: 'restore'; readonly at: number }
  | { readonly kind: 'add' | 'drop'; readonly name: keyof typeof CONSTRAINTS }
  | { readonly kind: 'optimize' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('insert', 'load', 'write', 'overwrite', 'transaction'),
    rows: items,
  }),
  fc.record({
    kind: fc.constant('merge' as const),
    rows: fc.uniqueArray(item, { selector: (of) => of.id, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('replace' as const), from: id, rows: items }),
  fc.record({
    kind: fc.constant('shift' as const),
    from: id,
    by: fc.bigInt({ min: -2n, max: 2n }),
  }),
  fc.record({ kind: fc.constant('set' as const), from: id, to: amount }),
  fc.record({ kind: fc.constant('delete' as const), from: id }),
  fc.record({ kind: fc.constant('restore' as const), at: fc.nat() }),
  fc.record({ kind: fc.constantFrom('add', 'drop'), name: fc.constantFrom(...NAMES) }),
  fc.constant({ kind: 'optimize' as const }),
) as fc.Arbitrary<Step>

const newest = ({ versions }: Model) => versions.at(-1)!

/** The rows after a step, in no order. */
function after(model: Model, of: Step): Rows {
  const rows = newest(model)
  switch (of.kind) {
    case 'insert':
    case 'load':
    case 'write':
    case 'transaction':
      return [...rows, ...of.rows]
    case 'overwrite':
      return of.rows
    case 'merge': {
      const source = new Map(of.rows.map((row) => [row.id, row]))
      const found = new Set(rows.map((row) => row.id))
      return [
        ...rows.map((row) => source.get(row.id) ?? row),
        ...of.rows.filter((row) => !found.has(row.id)),
      ]
    }
    case 'replace':
      return [...rows.filter((row) => row.id < of.from), ...of.rows]
    case 'shift':
      return rows.map((row) => (row.id < of.from ? row : { ...row, id: row.id + of.by }))
    case 'set':
      return rows.map((row) => (row.id < of.from ? row : { ...row, amount: of.to }))
    case 'delete':
      return rows.filter((row) => row.id < of.from)
    case 'restore':
      return model.versions[of.at % model.versions.length]!
    default:
      return rows
  }
}

async function* csvOf(rows: Rows) {
  const lines = rows.map((row) => `${row.id},${row.code ?? ''},${row.amount ?? ''}`)
  yield Buffer.from(['id,code,amount', ...lines, ''].join('\n'))
}

type Real = { readonly lake: Awaited<ReturnType<typeof connect>>; readonly table: Table<any> }

function act({ lake, table }: Real, of: Step, versions: number): Promise<unknown> {
  switch (of.kind) {
    case 'insert':
      return table.insert(of.rows as never)
    case 'load':
      return table.load(csvOf(of.rows))
    case 'write':
      return table.write(lake.from(of.rows as never, COLUMNS) as never)
    case 'overwrite':
      return table.write(of.rows as never, { mode: 'overwrite' })
    case 'transaction':
      return lake.transaction(async (tx) => {
        const into = await tx.table('a/b', 'items')
        for (const row of of.rows) await into.insert([row] as never)
      })
    case 'merge':
      return table.merge(lake.from(of.rows as never, COLUMNS), {
        on: 'id',
        whenMatched: { set: 'all' },
        whenNotMatched: { insert: 'all' },
      } as never)
    case 'replace': {
      const replaceWhere = (o: any) => o.id.gte(of.from)
      return table.write(of.rows as never, { mode: 'overwrite', replaceWhere })
    }
    case 'shift':
      return table.update({
        set: { id: (o: any) => o.id.add(of.by) },
        where: (o: any) => o.id.gte(of.from),
      })
    case 'set':
      return table.update({ set: { amount: of.to }, where: (o: any) => o.id.gte(of.from) })
    case 'delete':
      return table.delete((o: any) => o.id.gte(of.from))
    case 'restore':
      return table.restore({ version: of.at % versions })
    case 'add':
      return table.addConstraint(of.name, CONSTRAINTS[of.name].given as never)
    case 'drop':
      return table.dropConstraint(of.name)
    case 'optimize':
      return table.optimize()
  }
}

function isTaken(model: Model, of: Step, rows: Rows): boolean {
  if (of.kind === 'drop') return model.keeps.has(of.name)
  if (of.kind === 'add') return !model.keeps.has(of.name) && CONSTRAINTS[of.name].holds(rows)
  if (of.kind === 'replace' && of.rows.some((row) => row.id < of.from)) return false
  return [...model.keeps.values()].every((holds) => holds(rows))
}

const text = (rows: readonly unknown[]) =>
  rows.map((row) => Object.values(row as Item).join(':')).sort()

async function compare(url: string, steps: readonly Step[]): Promise<{ refused: number }> {
  const lake = await connect(url)
  const db = await lake.database('a/b', { create: true })
  await db.createTable('items', COLUMNS, { partitionRows: 2 })
  const model: Model = { versions: [[]], keeps: new Map() }
  let refused = 0
  for (const of of steps) {
    const table = await db.table('items')
    const rows = after(model, of)
    const error = await act({ lake, table }, of, model.versions.length).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    const wanted = isTaken(model, of, rows)
    if (error !== undefined && !(error instanceof GraupelError)) throw error
    expect(error === undefined, `${JSON.stringify(error?.message)}`).toBe(wanted)
    if (!wanted) refused++
    if (wanted && of.kind === 'add') model.keeps.set(of.name, CONSTRAINTS[of.name].holds)
    if (wanted && of.kind === 'drop') model.keeps.delete(of.name)
    const now = await db.table('items')
    const grown = now.version - (model.versions.length - 1)
    expect(grown).toBeLessThanOrEqual(wanted ? 1 : 0)
    for (let n = 0; n < grown; n++) model.versions.push(rows)
    expect(text(await now.toArray())).toEqual(text(newest(model)))
    expect(now.constraints.map(({ name }) => name).sort()).toEqual([...model.keeps.keys()].sort())
    const codes = new Set(newest(model).map(({ code }) => code))
    expect(await now.select('code').distinct().count()).toBe(codes.size)
    const pairs = new Set(newest(model).map((row) => `${row.id} ${row.amount}`))
    const grouped = now.groupBy('id', 'amount').agg(() => ({ n: fn.count() }))
    expect(await grouped.count()).toBe(pairs.size)
  }
  const last = await db.table('items')
  for (const [version, rows] of model.versions.entries()) {
    const old = last.at({ version })
    expect(text(await old.toArray())).toEqual(text(rows))
    expect(await old.distinct().count()).toBe(new Set(text(rows)).size)
  }
  expect(await last.verify()).toEqual([])
  await lake.close()
  return { refused }
}

const steps = fc.array(step, { minLength: 5, maxLength: 14 })

test('any sequence of changes is as in a model that keeps the same constraints', async () => {
  let refused = 0
  let ran = 0
  await fc.assert(
    fc.asyncProperty(steps, async (of) => {
      ran++
      refused += (await compare('memory:', [{ kind: 'add', name: 'key' }, ...of])).refused
    }),
    { numRuns: runs(80) },
  )
  expect(refused).toBeGreaterThan(ran / 2)
}, 200_000)

test('also in a folder', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (of) => {
      const folder = await temporaryFolder()
      await compare(folder.path, [{ kind: 'add', name: 'key' }, ...of])
      await folder.remove()
    }),
    { numRuns: runs(4) },
  )
}, 200_000)
