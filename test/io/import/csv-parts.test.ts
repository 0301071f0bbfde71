import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as types from '../../../src/arrow/data-type.ts'
import { jsReader } from '../../../src/arrow/js-value.ts'
import { field, type Schema, schema } from '../../../src/arrow/schema.ts'
import { GraupelError } from '../../../src/error.ts'
import type { FileOptions } from '../../../src/frame/load-type.ts'
import type { ImportSource } from '../../../src/io/import/import-file.ts'
import type { Rejected } from '../../../src/io/import/rejects.ts'
import type { Progress } from '../../../src/io/progress.ts'
import { fileBatches } from '../../support/file-batches.ts'
import { runs } from '../../support/random.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graupel-csv-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const stream = (text: string | Uint8Array, size = 5) =>
  chunked(typeof text === 'string' ? Buffer.from(text) : text, size)

async function load(source: ImportSource, of: Schema, options: FileOptions = {}) {
  const rows: unknown[][] = []
  for await (const part of fileBatches(source, of, options)) {
    const readers = part.columns.map((column) => jsReader(column, { temporal: 'iso' }))
    for (let row = 0; row < part.length; row++) rows.push(readers.map((read) => read(row)))
  }
  return rows
}

async function refusal(source: ImportSource, of: Schema, options?: FileOptions) {
  try {
    await load(source, of, options)
  } catch (error) {
    if (error instanceof GraupelError) return { code: error.code, facts: error.facts }
    throw error
  }
  throw new Error('nothing was refused')
}

const texts = (...names: string[]) => schema(names.map((name) => field(name, types.utf8)))
const two = schema([field('n', types.int32, false), field('s', types.utf8)])
const invalid = (line: number, column: string | undefined, value: string) => ({
  code: 'INVALID',
  facts: { file: '(stream)', line, ...(column === undefined ? {} : { column }), value },
})

describe('a load reads', () => {
  test('quotes, delimiters and line ends inside quotes, and every kind of line end', async () => {
    const text = 'a,b\n1,"x,y"\r\n2,"line\nend"\r3,"say ""hi"""\n4,"a\r\nb"'
    expect(await load(stream(text), texts('a', 'b'))).toEqual([
      ['1', 'x,y'],
      ['2', 'line\nend'],
      ['3', 'say "hi"'],
      ['4', 'a\r\nb'],
    ])
  })

  test('an unquoted empty field as null, a quoted one as the empty string', async () => {
    const of = schema([field('s', types.utf8), field('n', types.int32), field('b', types.binary)])
    const text = 's,n,b\n,,\n"","",""\n\\N,\\N,\\N\n"\\N",1,00ff\n'
    expect(await load(stream(text), of)).toEqual([
      [null, null, null],
      ['', null, new Uint8Array()],
      [null, null, null],
      ['\\N', 1, Uint8Array.of(0, 255)],
    ])
    expect(await load(stream('s\nNA\n"NA"\n""\n'), texts('s'), { nullValues: ['NA'] })).toEqual([
      [null],
      ['NA'],
      [''],
    ])
  })

  test('columns by the names in the header, whatever their order', async () => {
    expect(await load(stream('s,n\nx,1\n'), two)).toEqual([[1, 'x']])
    const options = { extraColumns: 'ignore' } as const
    expect(await load(stream('x,s,n\n"?",x,1\n'), two, options)).toEqual([[1, 'x']])
    expect(await load(stream('1,x\n'), two, { header: false })).toEqual([[1, 'x']])
    const odd = texts('__proto__', '', 'then')
    expect(await load(stream('then,"",__proto__\n1,2,3\n'), odd)).toEqual([['3', '2', '1']])
  })

  test('a byte order mark, other delimiters and quotes, and blank lines', async () => {
    expect(await load(stream('\uFEFFn,s\n1,x\n'), two)).toEqual([[1, 'x']])
    const options = { delimiter: '\t', quote: "'" }
    expect(await load(stream("n\ts\n1\t'a\tb'\n2\t\"\n"), two, options)).toEqual([
      [1, 'a\tb'],
      [2, '"'],
    ])
    expect(await load(stream('n;s\n1;"x\n'), two, { delimiter: ';', quote: null })).toEqual([
      [1, '"x'],
    ])
    expect(await load(stream('\n\nn,s\n\n1,x\n\r\n\n'), two)).toEqual([[1, 'x']])
    expect(await load(stream('s\na\n\nb\n'), texts('s'))).toEqual([['a'], [null], ['b']])
  })

  test('text in pieces, also between the halves of a character', async () => {
    async function* pieces() {
      yield 'n,s\n1,\ud83d'
      yield '\ude00\n'
    }
    expect(await load(pieces(), two)).toEqual([[1, '😀']])
    async function* broken() {
      yield 'n,s\n1,\ud83d'
    }
    await expect(load(broken(), two)).rejects.toMatchObject({ code: 'INVALID' })
  })

  test('what csv-parse reads, for any text and any cut into chunks', async () => {
    const piece = fc.constantFrom(
      'a',
      '1',
      ',',
      '"',
      '"',
      '""',
      '\n',
      '\r\n',
      '\r',
      'é',
      ' ',
      '\\N',
    )
    const source = fc.array(piece, { maxLength: 60 }).map((parts) => parts.join(''))
    await fc.assert(
      fc.asyncProperty(source, fc.integer({ min: 1, max: 20 }), async (text, size) => {
        const options = { record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true }
        let expected: string[][] | undefined
        try {
          expected = (parse(text, options) as string[][]).filter(
            (row) => row.length > 1 || row[0] !== '',
          )
          if (expected.some((row) => row.length !== 2)) expected = undefined
        } catch {
          expected = undefined
        }
        // A line with nothing but a quoted empty text is no empty line.
        if (/(?:^|[\r\n])""(?:$|[\r\n])/.test(text)) return
        const got = load(stream(text, size), texts('a', 'b'), { header: false, nullValues: [] })
        if (expected === undefined) await expect(got).rejects.toMatchObject({ code: 'INVALID' })
        else expect(await got).toEqual(expected)
      }),
      { numRuns: runs(1500) },
    )
  })

  test('a file of many blocks telling how far it is', async () => {
    const path = join(folder, 'many.csv')
    const lines = Array.from({ length: 120_000 }, (_, i) =>
      i % 1000 === 7 ? `${i},"quoted ""${i}""\n"` : `${i},value ${i}`,
    )
    await writeFile(path, `n,s\n${lines.join('\n')}\n`)
    const told: Progress[] = []
    const options = { onProgress: (progress: Progress) => told.push(progress) }
    let next = 0
    for await (const part of fileBatches(path, two, options)) {
      const [n, s] = part.columns.map((column) => jsReader(column))
      for (let row = 0; row < part.length; row++, next++) {
        if (n!(row) !== next) throw new Error(`row ${next} is ${n!(row)}`)
        const text = next % 1000 === 7 ? `quoted "${next}"\n` : `value ${next}`
        if (s!(row) !== text) throw new Error(`row ${next} has ${s!(row)}`)
      }
    }
    expect(next).toBe(120_000)
    const last = told.at(-1)!
    expect(last).toEqual({
      phase: 'done',
      rows: 120_000,
      bytes: last.totalBytes,
      totalBytes: last.bytes,
    })
    expect(told.length).toBeGreaterThan(3)
    const middle = `n,s\n${lines.slice(0, 60_007).join('\n')}\nx,y\n${lines.join('\n')}`
    await writeFile(path, middle)
    // 60 of the lines before it hold a line end.
    expect(await refusal(path, two)).toMatchObject({
      facts: { file: path, line: 60_069, value: 'x' },
    })
  })

  test('all files of a glob, each with a header of its own', async () => {
    await writeFile(join(folder, 'part-2.csv'), 's,n\nb,2\n')
    await writeFile(join(folder, 'part-1.csv'), 'n,s\n1,a\n')
    expect(await load(join(folder, 'part-?.csv'), two)).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
    await expect(load(join(folder, 'none-*.csv'), two)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('a load refuses', () => {
  test('records with too few or too many fields', async () => {
    expect(await refusal(stream('n,s\n1,x\n2\n'), two)).toEqual(invalid(3, 's', '2'))
    expect(await refusal(stream('n,s\n1,x,y\n'), two)).toEqual(invalid(2, undefined, '1,x,y'))
    expect(await refusal(stream('n,s\n1,"x",y\n'), two)).toEqual(invalid(2, undefined, '1,"x",y'))
  })

  test('values of another type, naming the line on which the record begins', async () => {
    const text = 'n,s\r\n1,"a\r\nb\r\nc"\r\n\r\n2,"x"\r\n3x,"y\n"\r\n'
    expect(await refusal(stream(text), two)).toEqual(invalid(7, 'n', '3x'))
    expect(await refusal(stream('n,s\n1.5,x\n'), two)).toEqual(invalid(2, 'n', '1.5'))
    expect(await refusal(stream('n,s\n2147483648,x\n'), two)).toEqual(invalid(2, 'n', '2147483648'))
  })

  test('nulls in a column that takes none', async () => {
    expect(await refusal(stream('n,s\n1,x\n,y\n'), two)).toEqual(invalid(3, 'n', ''))
  })

  test('bad UTF-8 and UTF-16', async () => {
    const bad = Buffer.concat([Buffer.from('n,s\n1,x\n2,'), Buffer.of(0xff), Buffer.from('\n')])
    expect(await refusal(stream(bad), two)).toEqual(invalid(3, 's', 'ÿ'))
    const quoted = Buffer.concat([
      Buffer.from('n,s\n1,"x\n"\n2,"'),
      Buffer.of(0xff),
      Buffer.from('"\n'),
    ])
    expect(await refusal(stream(quoted), two)).toEqual(invalid(4, undefined, '2,"ÿ"'))
    expect(await refusal(stream(Buffer.from('\uFEFFn,s\n', 'utf16le')), two)).toMatchObject({
      code: 'INVALID',
      facts: { line: 1 },
    })
  })

  test('quotes that are not closed, not doubled or in the middle of a value', async () => {
    expect(await refusal(stream('n,s\n1,x\n2,"y\n3,z\n'), two)).toEqual(
      invalid(3, 's', '2,"y\n3,z'),
    )
    expect(await refusal(stream('n,s\n1,x"y\n'), two)).toEqual(invalid(2, 's', '1,x"y'))
    expect(await refusal(stream('n,s\n1,"x"y"\n'), two)).toEqual(invalid(2, 's', '1,"x"y"'))
  })

  test('headers that do not fit', async () => {
    const facts = { file: '(stream)', line: 1 }
    expect(await refusal(stream('n,t\n'), two)).toEqual({
      code: 'INVALID',
      facts: { ...facts, column: 's', header: ['n', 't'] },
    })
    expect(await refusal(stream('n,s,t\n'), two)).toEqual({
      code: 'INVALID',
      facts: { ...facts, column: 't', header: ['n', 's', 't'] },
    })
    expect(await refusal(stream('n,s,n\n'), two)).toEqual(invalid(1, 'n', 'n'))
    expect(await refusal(stream(''), two)).toEqual({ code: 'INVALID', facts })
    expect(await refusal(stream('\n\n'), two)).toEqual({ code: 'INVALID', facts })
    expect(await refusal(stream('1,2,3\n'), two, { header: false })).toMatchObject({
      facts: { ...facts, found: 3, expected: 2 },
    })
    expect(await load(stream(''), two, { header: false })).toEqual([])
  })

  test('options that make no sense', async () => {
    for (const options of [{ delimiter: '::' }, { delimiter: '"' }, { quote: 'é' }]) {
      expect((await refusal(stream('n,s\n'), two, options)).code).toBe('INVALID')
    }
  })

  test('to go on when the signal fires', async () => {
    const abort = new AbortController()
    async function* endless() {
      yield 'n,s\n'
      for (;;) yield '1,x\n'.repeat(100_000)
    }
    const run = async () => {
      for await (const _ of fileBatches(endless(), two, { signal: abort.signal })) abort.abort()
    }
    await expect(run()).rejects.toMatchObject({ code: 'ABORTED' })
  })
})

describe('a load with onError: skip', () => {
  test('leaves out what it cannot take and keeps everything else', async () => {
    const bad = Buffer.of(0xfe)
    const text = Buffer.concat([
      Buffer.from('n,s\n1,a\nx,b\n2\n3,c"d\n4,"e\n"\n5,'),
      bad,
      Buffer.from('\n,f\n6,"\u00e9"\n7,"'),
      bad,
      Buffer.from('"\n8,g\n'),
    ])
    let rejects: Rejected | undefined
    const rows = await load(stream(text), two, {
      onError: 'skip',
      onReject: (so) => {
        rejects = so
      },
    })
    expect(rows).toEqual([
      [1, 'a'],
      [4, 'e\n'],
      [6, 'é'],
      [8, 'g'],
    ])
    expect(rejects!.count).toBe(6)
    expect(rejects!.errors.map(({ facts }) => [facts.line, facts.column])).toEqual([
      [3, 'n'],
      [4, 's'],
      [5, 's'],
      [8, 's'],
      [9, 'n'],
      [11, undefined],
    ])
  })

  test('keeps the first 10,000 errors and counts all', async () => {
    let rejects: Rejected | undefined
    const options = {
      onError: 'skip',
      onReject: (so: Rejected) => {
        rejects = so
      },
    } as const
    expect(await load(stream(`n,s\n${'x,y\n'.repeat(12_000)}1,z\n`, 100), two, options)).toEqual([
      [1, 'z'],
    ])
    expect(rejects!.count).toBe(12_000)
    expect(rejects!.errors.length).toBe(10_000)
  })
})
