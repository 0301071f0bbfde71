import { expect, it } from 'vitest'
import { parseCheckpoint, printCheckpoint } from '../../src/catalog/checkpoint-csv.ts'
import { STATISTICS_FIELDS } from '../../src/catalog/statistics-text.ts'
import { connect, GraupelError, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'

const NAMES = ['partition', ...STATISTICS_FIELDS]
const KEY = 'acme/sales/Goods/n/metadata.csv'
const ROWS = Array.from({ length: 40 }, (_, id) => ({
  id,
  n: id % 7 === 0 ? null : (id * 37) % 90,
}))

/** What may stand in a field instead: well-formed, and hardly ever true. */
const WRONG: Readonly<Record<(typeof STATISTICS_FIELDS)[number], readonly (string | null)[]>> = {
  file: ['2', '9', '1@acme/sales/Other'],
  rows: ['39', '41'],
  nulls: ['0', '5'],
  nans: ['1'],
  min: ['0', '17', null],
  max: ['99', '17', null],
  sum: ['0', '-7', null],
  distinct: ['1', '40'],
  flags: ['', 'p', 'pa', 'pau', 'pav', 'palhe'],
  width: ['1', '2', '3', null],
  longest: ['1', '9'],
  bytes: ['1', '100'],
  crc32: ['00000000', 'ffffffff'],
}

const changes = STATISTICS_FIELDS.flatMap((field) =>
  WRONG[field].map((value): [string, string | null] => [field, value]),
)

it.each(changes)(
  'with %s told as %j, by a file that is else well-formed, rows are right or DATA, and verify tells it',
  async (field, value) => {
    const store = memoryStore()
    await using writer = await connect(store)
    const db = await writer.database('acme/sales', { create: true })
    const goods = await db.createTable('Goods', { id: t.int32(), n: t.int32().nullable() })
    await goods.insert(ROWS.slice(0, 20))
    await goods.insert(ROWS.slice(20))
    await writer.close()

    const { rows, summary, ...of } = parseCheckpoint((await store.get(KEY))!, KEY, NAMES)
    const [first, ...others] = rows
    const fields = first!.fields.map((known, i) => (NAMES[i] === field ? value : known))
    if (fields.every((now, i) => now === first!.fields[i])) return
    const changed = { ...of, rows: [{ ...first!, fields }, ...others] }
    await store.replace(KEY, printCheckpoint(NAMES, summary, changed))

    await using reader = await connect(store, { cache: false })
    const table = await (await reader.database('acme/sales')).table('Goods')
    for (const frame of [table, table.select('n'), table.filter((row: any) => row.id.gte(0))]) {
      const found = await frame.toArray().catch((error: unknown) => error)
      const expected = frame.schema.fields.length === 1 ? ROWS.map(({ n }) => ({ n })) : ROWS
      if (found instanceof GraupelError) expect(found.code).toBe('DATA')
      else expect(found).toEqual(expected)
    }
    const problems = await table.verify()
    expect(problems.map(({ key }: { key: string }) => key)).toContain(KEY)
  },
)
