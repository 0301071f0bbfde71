import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Batch } from '../../src/arrow/batch.ts'
import { rowsToBatches } from '../../src/arrow/batches-from.ts'
import * as types from '../../src/arrow/data-type.ts'
import { jsReader } from '../../src/arrow/js-value.ts'
import { scalarAt, scalarText } from '../../src/arrow/scalar.ts'
import { type Field, field, type Schema, schema } from '../../src/arrow/schema.ts'
import { type ExportOptions, exportFile } from '../../src/io/export/export-file.ts'
import type { CsvFormat } from '../../src/io/import/csv-options.ts'
import { anyTable } from '../arrow/arbitrary-values.ts'
import { fileBatches } from '../support/file-batches.ts'
import { runs } from '../support/random.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graupel-export-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function* given(batches: readonly Batch[]): AsyncGenerator<Batch> {
  yield* batches
}

const writeCsv = (
  path: string,
  of: Schema,
  batches: AsyncIterable<Batch>,
  options?: ExportOptions,
) => exportFile(path, 'csv', { schema: of, batches }, options)

const of = schema([field('n', types.int64), field('s', types.utf8)])
const rows = [
  { n: 1n, s: '' },
  { n: null, s: null },
  { n: 2n ** 60n, s: 'say "hi", you\n' },
  { n: 3n, s: '\\N' },
]

/** The same text by csv-stringify. */
function stringified(
  fields: readonly Field[],
  rows: readonly unknown[][],
  { header, delimiter, quote, nullValues }: Required<CsvFormat>,
): string {
  const nullText = { value: nullValues[0]!, quoted_match: null }
  const batches = rowsToBatches(
    rows.map((row) => {
      const object = Object.create(null) as object
      fields.forEach(({ name }, index) => {
        Object.defineProperty(object, name, { value: row[index], enumerable: true })
      })
      return object
    }),
    schema(fields),
  )
  const records = batches.flatMap(({ columns, length }) =>
    Array.from({ length }, (_, row) =>
      columns.map((vector) => {
        const value = scalarAt(vector, row)
        return value === null ? null : scalarText(value, vector.type)
      }),
    ),
  )
  const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const quoted_match = [
    /^(?:\\N)?$/,
    /^\uFEFF/,
    ...nullValues.map((of) => new RegExp(`^${escaped(of)}$`)),
  ]
  const cast = nullValues[0] === '' ? {} : { cast: { null: () => nullText } }
  const names = header ? [fields.map(({ name }) => name)] : []
  return stringify([...names, ...records], {
    delimiter,
    quote: quote!,
    escape: quote!,
    quoted_match,
    ...cast,
  } as never)
}

describe('writeCsv', () => {
  test('writes RFC 4180 in which null and the empty string differ', async () => {
    const path = join(folder, 'a.csv')
    const written = await writeCsv(path, of, given(rowsToBatches(rows, of)))
    const text = 'n,s\n1,""\n,\n1152921504606846976,"say ""hi"", you\n"\n3,"\\N"\n'
    expect(await readFile(path, 'utf8')).toBe(text)
    expect(written).toEqual({ rows: 4, bytes: text.length })
    const options = { header: false, delimiter: ';', nullValues: ['NULL'] }
    const some = rowsToBatches(
      [
        { n: null, s: 'NULL' },
        { n: 1n, s: 'a;b' },
      ],
      of,
    )
    await writeCsv(path, of, given(some), options)
    expect(await readFile(path, 'utf8')).toBe('NULL;"NULL"\n1;"a;b"\n')
    await writeCsv(path, of, given([]))
    expect(await readFile(path, 'utf8')).toBe('n,s\n')
  })

  test('loading the file back gives the same rows, for every type, name and option', async () => {
    const path = join(folder, 'round.csv')
    const options = fc
      .record({
        header: fc.boolean(),
        delimiter: fc.constantFrom(',', ';', '\t', 'a', '1', '.', '-'),
        quote: fc.constantFrom('"', "'", '|', 'q'),
        nullValues: fc.constantFrom([''], ['NULL', ''], ['\\N'], ['x.*', 'a', '1']),
      })
      .filter(({ delimiter, nullValues }) => !nullValues.some((text) => text.includes(delimiter)))
    await fc.assert(
      fc.asyncProperty(anyTable, options, async ({ fields, rows }, format) => {
        const of = schema(fields)
        const objects = rows.map((row) => {
          const object = {}
          fields.forEach(({ name }, index) => {
            Object.defineProperty(object, name, { value: row[index], enumerable: true })
          })
          return object
        })
        await writeCsv(path, of, given(rowsToBatches(objects, of, { batchRows: 4 })), format)
        expect(await readFile(path, 'utf8')).toBe(stringified(fields, rows, format))
        const read: unknown[][] = []
        const back = fileBatches(path, of, format)
        for await (const part of back) {
          const readers = part.columns.map((column) => jsReader(column, { temporal: 'iso' }))
          for (let row = 0; row < part.length; row++) read.push(readers.map((read) => read(row)))
        }
        expect(read).toEqual(rows)
      }),
      { numRuns: runs(400) },
    )
  })

  test('leaves nothing behind, and what was there as it was, when it fails', async () => {
    const own = join(folder, 'own')
    await rm(own, { recursive: true, force: true })
    const path = `${own}.csv`
    await writeFile(path, 'before')
    async function* failing(): AsyncGenerator<Batch> {
      yield* rowsToBatches(rows, of)
      throw new Error('boom')
    }
    await expect(writeCsv(path, of, failing())).rejects.toThrowError('boom')
    expect(await readFile(path, 'utf8')).toBe('before')
    const signal = AbortSignal.abort()
    await expect(writeCsv(path, of, given([]), { signal })).rejects.toMatchObject({
      code: 'ABORTED',
    })
    const nowhere = join(folder, 'no', 'folder.csv')
    await expect(writeCsv(nowhere, of, given([]))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      facts: { path: nowhere },
    })
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  test('refuses options that could not be read back', async () => {
    const path = join(folder, 'b.csv')
    for (const options of [
      { delimiter: '"' },
      { delimiter: ',,' },
      { nullValues: ['a,b'] },
      { nullValues: ['"'] },
      { nullValues: [] },
      { quote: null },
      { quote: ',' },
    ]) {
      await expect(writeCsv(path, of, given([]), options)).rejects.toMatchObject({
        code: 'INVALID',
      })
    }
  })
})
