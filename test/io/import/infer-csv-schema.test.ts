import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Batch } from '../../../src/arrow/batch.ts'
import { rowsToBatches } from '../../../src/arrow/batches-from.ts'
import { scalarAt } from '../../../src/arrow/scalar.ts'
import { schema, schemaText } from '../../../src/arrow/schema.ts'
import { exportFile } from '../../../src/io/export/export-file.ts'
import { inferSchema } from '../../../src/io/import/infer-schema.ts'
import { anyTable } from '../../arrow/arbitrary-values.ts'
import { fileBatches } from '../../support/file-batches.ts'
import { runs } from '../../support/random.ts'

let folder: string
let path: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graupel-infer-'))
  path = join(folder, 'a.csv')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function inferred(text: string, options = {}): Promise<string> {
  await writeFile(path, text)
  return schemaText(await inferSchema(path, options))
}

describe('inferCsvSchema', () => {
  const columns: [string, string[]][] = [
    ['bool', ['true', 'FALSE']],
    ['utf8', ['true', '1']],
    ['int64', ['0', '-12', '9223372036854775807', '-9223372036854775808']],
    ['utf8', ['1', '9223372036854775808']],
    ['utf8', ['007', '8']],
    ['utf8', ['8', '007']],
    ['utf8', ['1.5', '007']],
    ['utf8', ['1', '+7']],
    ['float64', ['1', '1.5']],
    ['float64', ['1', '-0']],
    ['float64', ['0.5', '-0.25', '1e9', 'NaN', '.5', '-Infinity']],
    ['utf8', ['0.5', '9007199254740993']],
    ['int64', ['1', '9007199254740993']],
    ['utf8', ['1', 'x']],
    ['utf8', ['x', '1']],
    ['date', ['2024-02-29', '1999-12-31']],
    ['utf8', ['2024-02-29', '2023-02-29']],
    ['timestamp', ['2024-02-29', '2024-02-29T10:00:00']],
    ['timestamp', ['2024-02-29 10:00', '2024-02-29T10:00:00.123']],
    ['timestamp(us)', ['2024-02-29T10:00:00', '2024-02-29T10:00:00.123456']],
    ['timestamp(ms,UTC)', ['2024-02-29T10:00:00Z', '2024-02-29T10:00:00+02:00']],
    ['utf8', ['2024-02-29T10:00:00Z', '2024-02-29T10:00:00']],
    ['utf8', ['2024-02-29T10:00:00', '2024-02-29T10:00:00Z', '2024-02-29']],
    ['int64?', ['1', '\\N']],
    ['int64?', ['1', '""', '"2"']],
    ['utf8', ['x', '""']],
    ['utf8?', ['\\N', '\\N']],
    ['utf8', ['1', '" "']],
  ]
  test.each(columns)('%s holds %j', async (type, values) => {
    expect(await inferred(`c,d\n${values.map((value) => `${value},x\n`).join('')}`)).toBe(
      `c ${type}, d utf8`,
    )
  })

  test('the last of many rows counts as much as the first', async () => {
    const text = `n,m\n${'1,1\n'.repeat(400_000)}`
    expect(await inferred(text)).toBe('n int64, m int64')
    expect(await inferred(`${text}x,\n`)).toBe('n utf8, m int64?')
  })

  test('columns without names are called by position', async () => {
    expect(await inferred('a,,"b c"\n1,2,3\n')).toBe('a int64, column_2 int64, b c int64')
    expect(await inferred('1,x\n', { header: false })).toBe('column_1 int64, column_2 utf8')
    await expect(inferred('column_2,\n')).rejects.toMatchObject({ facts: { column: 'column_2' } })
    expect(await inferred(' a ,b\n')).toBe(' a  utf8?, b utf8?')
  })

  test('what it infers always loads, and says again what was written', async () => {
    async function* given(batches: readonly Batch[]) {
      yield* batches
    }
    await fc.assert(
      fc.asyncProperty(anyTable, async ({ fields, rows }) => {
        const of = schema(fields)
        const objects = rows.map((row) => {
          const object = {}
          fields.forEach(({ name }, at) => {
            Object.defineProperty(object, name, { value: row[at], enumerable: true })
          })
          return object
        })
        const batches = rowsToBatches(objects, of)
        await exportFile(path, 'csv', { schema: of, batches: given(batches) })
        const found = await inferSchema(path)
        const nulls: boolean[][] = []
        for await (const part of fileBatches(path, schemaNamed(found, of))) {
          for (let row = 0; row < part.length; row++) {
            nulls.push(part.columns.map((column) => scalarAt(column, row) === null))
          }
        }
        expect(nulls.length).toBe(rows.length)
      }),
      { numRuns: runs(200) },
    )
    /** A column without a name was given one that is not in the header. */
    function schemaNamed(found: ReturnType<typeof schema>, of: ReturnType<typeof schema>) {
      return schema(found.fields.map((field, at) => ({ ...field, name: of.fields[at]!.name })))
    }
  })

  test('streams, empty files, differing files and what could not be loaded are refused', async () => {
    async function* stream() {
      yield 'a\n1\n'
    }
    await expect(inferSchema(stream())).rejects.toMatchObject({ code: 'INVALID' })
    await expect(inferred('')).rejects.toMatchObject({
      code: 'INVALID',
      facts: { file: path, line: 1 },
    })
    await expect(inferred('', { header: false })).rejects.toMatchObject({ code: 'INVALID' })
    await expect(inferred('a,a\n')).rejects.toMatchObject({ facts: { line: 1, column: 'a' } })
    await expect(inferred('a,b\n1,2\n3\n')).rejects.toMatchObject({
      facts: { file: path, line: 3, value: '3' },
    })
    await writeFile(join(folder, 'b1.csv'), 'a\n1\n')
    await writeFile(join(folder, 'b2.csv'), 'a\n1.5\n')
    expect(schemaText(await inferSchema(join(folder, 'b*.csv')))).toBe('a float64')
    await writeFile(join(folder, 'b2.csv'), 'b\n1.5\n')
    await expect(inferSchema(join(folder, 'b*.csv'))).rejects.toMatchObject({ code: 'INVALID' })
    await expect(inferSchema(join(folder, 'none.csv'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})
