import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Accessor, connect, type Lake, type SchemaOf, type Table, t } from '../../src/index.ts'
import { compareRows, frameRows, sqlRows } from '../support/compare-rows.ts'
import { runs } from '../support/random.ts'

const TARGET = { k: t.int32().nullable(), a: t.int32().nullable(), b: t.utf8().nullable() }
const SOURCE = { key: t.int64().nullable(), v: t.int32().nullable(), gone: t.bool().nullable() }

type Of = Accessor<SchemaOf<typeof SOURCE>>
type TargetTable = Table<SchemaOf<typeof TARGET>>

const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { freq: 4 })
const small = fc.integer({ min: 0, max: 9 })
const target = fc.record({ k: maybe(small), a: maybe(small), b: maybe(fc.constantFrom('x', 'y')) })
const source = fc.record({ key: maybe(small), v: maybe(small), gone: maybe(fc.boolean()) })

/** One change in both languages; the source's keys are unique, since DuckDB has no such rule. */
interface Step {
  readonly sql: readonly string[]
  apply(lake: Lake, table: TargetTable): Promise<unknown>
}

const swap: fc.Arbitrary<Step> = fc.tuple(small, small).map(([n, m]) => ({
  sql: [`UPDATE t SET a = k, k = a, b = 'z' WHERE a > ${n} OR k = ${m}`],
  apply: (_, table) =>
    table.update({
      set: { a: (o) => o.k, k: (o) => o.a, b: 'z' },
      where: (o) => o.a.gt(n).or(o.k.eq(m)),
    }),
}))

const remove: fc.Arbitrary<Step> = fc.tuple(small, small).map(([n, m]) => ({
  sql: [`DELETE FROM t WHERE NOT (a < ${n}) AND k <> ${m}`],
  apply: (_, table) => table.delete((o) => o.a.lt(n).not().and(o.k.ne(m))),
}))

const text = (value: unknown) => (value === null ? 'NULL' : String(value))

const merge: fc.Arbitrary<Step> = fc
  .tuple(
    fc.uniqueArray(source, { maxLength: 8, selector: ({ key }) => key }),
    fc.boolean(),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([rows, removes, inserts, bySource]) => {
    const tuples = rows.map(({ key, v, gone }) => `(${text(key)}, ${text(v)}, ${text(gone)})`)
    const clauses = [
      ...(removes ? ['WHEN MATCHED AND s.gone THEN DELETE'] : []),
      'WHEN MATCHED AND t.a IS NOT NULL THEN UPDATE SET a = t.a + s.v, k = s.v',
      'WHEN MATCHED THEN UPDATE SET a = s.v',
      ...(inserts
        ? ["WHEN NOT MATCHED AND s.v <> 3 THEN INSERT (k, a, b) VALUES (s.key, s.v, 'n')"]
        : []),
      ...(bySource
        ? [
            'WHEN NOT MATCHED BY SOURCE AND t.k > 7 THEN DELETE',
            "WHEN NOT MATCHED BY SOURCE AND t.k IS NULL THEN UPDATE SET b = 'o'",
          ]
        : []),
    ]
    return {
      sql: [
        'CREATE OR REPLACE TABLE s (key BIGINT, v INTEGER, gone BOOLEAN)',
        ...(tuples.length === 0 ? [] : [`INSERT INTO s VALUES ${tuples.join(', ')}`]),
        `MERGE INTO t USING s ON t.k = s.key ${clauses.join(' ')}`,
      ],
      apply: (lake, table) =>
        table.merge(lake.from(rows, SOURCE), {
          on: [['k', 'key']],
          whenMatched: [
            ...(removes ? [{ when: (_: unknown, s: Of) => s.gone, delete: true as const }] : []),
            {
              when: (o) => o.a.isNotNull(),
              set: { a: (o, s) => o.a.add(s.v), k: (_, s) => s.v },
            },
            { set: { a: (_, s) => s.v } },
          ],
          ...(inserts
            ? {
                whenNotMatched: {
                  when: (s) => s.v.ne(3),
                  insert: { k: (s) => s.key.cast(t.int32()), a: (s) => s.v, b: 'n' },
                },
              }
            : {}),
          ...(bySource
            ? {
                whenNotMatchedBySource: [
                  { when: (o) => o.k.gt(7), delete: true },
                  { when: (o) => o.k.isNull(), set: { b: 'o' } },
                ],
              }
            : {}),
        }),
    } satisfies Step
  })

async function apply(duck: DuckDBConnection, lake: Lake, table: TargetTable, step: Step) {
  for (const statement of step.sql) await duck.run(statement)
  await step.apply(lake, table)
}

test('random updates, deletes and merges with nulls leave the rows that DuckDB has', async () => {
  const instance = await DuckDBInstance.create(':memory:')
  const duck = await instance.connect()
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(target, { maxLength: 20 }),
        fc.array(fc.oneof(swap, remove, merge, merge), { minLength: 1, maxLength: 5 }),
        async (rows, steps) => {
          await using lake = await connect('memory:')
          const db = await lake.database('a/b', { create: true })
          const table = await db.createTable('t', TARGET, { partitionRows: 4 })
          await duck.run('CREATE OR REPLACE TABLE t (k INTEGER, a INTEGER, b VARCHAR)')
          await table.insert(rows)
          const quoted = (b: string | null) => (b === null ? 'NULL' : `'${b}'`)
          const tuples = rows.map(({ k, a, b }) => `(${text(k)}, ${text(a)}, ${quoted(b)})`)
          if (tuples.length > 0) await duck.run(`INSERT INTO t VALUES ${tuples.join(', ')}`)
          for (const step of steps) {
            await apply(duck, lake, table, step)
            const expected = await sqlRows(duck, 'SELECT * FROM t')
            expect(compareRows(await frameRows(table), expected, { ordered: false })).toBeNull()
          }
        },
      ),
      { numRuns: runs(60) },
    )
  } finally {
    duck.closeSync()
    instance.closeSync()
  }
}, 300_000)
