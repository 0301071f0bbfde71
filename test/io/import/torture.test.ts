import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type LoadOptions, t } from '../../../src/index.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'graupel-torture-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let number = 0
function fileOf(content: string | Uint8Array): string {
  const path = join(folder, `${number++}.csv`)
  writeFileSync(path, content)
  return path
}

const COLUMNS = { n: t.int32().nullable(), s: t.utf8().nullable() }

async function load(content: string | Uint8Array, options: LoadOptions = {}) {
  const file = fileOf(content)
  const lake = await connect('memory:')
  const table = await (await lake.database('a/b', { create: true })).createTable('t', COLUMNS)
  const result = await table.load(file, options)
  const rows = await table.toArray()
  return { file, result, rows: rows.map(({ n, s }) => [n, s]) }
}

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)))

const LONG = 'é"\n,'.repeat(1_000_000)

describe('a file is read as it is meant that', () => {
  test.each<[string, string | Uint8Array, unknown[][], LoadOptions?]>([
    ['begins with a byte order mark', '\ufeffn,s\n1,a\n', [[1, 'a']]],
    ['has one before a quoted header', '\ufeff"n","s"\n1,a\n', [[1, 'a']]],
    [
      'has CRLF line ends',
      'n,s\r\n1,a\r\n2,b\r\n',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      'has CR line ends',
      'n,s\r1,a\r2,b',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      'mixes line ends',
      'n,s\r\n1,a\n2,b\r3,c',
      [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
      ],
    ],
    ['has line ends of every kind in quotes', 'n,s\n1,"a\nb\r\nc\rd"\n', [[1, 'a\nb\r\nc\rd']]],
    [
      'has quotes, delimiters and nothing else in quotes',
      'n,s\n1,""""\n2,","\n3,"\n"\n',
      [
        [1, '"'],
        [2, ','],
        [3, '\n'],
      ],
    ],
    ['has no line end at its end', 'n,s\n1,a', [[1, 'a']]],
    ['ends in quotes', 'n,s\n1,"a"', [[1, 'a']]],
    [
      'has empty lines',
      '\n\nn,s\n\n1,a\n\n\n2,b\n\n',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      'has NUL bytes',
      bytes('n,s\n1,a', [0], 'b\n2,', [0], '\n'),
      [
        [1, 'a\0b'],
        [2, '\0'],
      ],
    ],
    [
      'has text beyond ASCII, up to U+10FFFF',
      'n,s\n1,é\u{10ffff}\u2028\n',
      [[1, 'é\u{10ffff}\u2028']],
    ],
    [
      'has null, the empty text, and what looks like null',
      'n,s\n1,\n2,""\n3,\\N\n4,"\\N"\n',
      [
        [1, null],
        [2, ''],
        [3, null],
        [4, '\\N'],
      ],
    ],
    ['has columns in another order', 's,n\na,1\n', [[1, 'a']]],
    [
      'has a field of 5 MB',
      `n,s\n1,"${LONG.replaceAll('"', '""')}"\n2,b\n`,
      [
        [1, LONG],
        [2, 'b'],
      ],
    ],
    [
      'has a field of 5 MB without quotes',
      `n,s\n1,${'x'.repeat(5_000_000)}\n2,b\n`,
      [
        [1, 'x'.repeat(5_000_000)],
        [2, 'b'],
      ],
    ],
    ['has spaces, which are text', 'n,s\n1, a \n', [[1, ' a ']]],
    ['is by tabs, without quotes', 'n\ts\n1\t"a\n', [[1, '"a']], { delimiter: '\t', quote: null }],
    ['has only a header', 'n,s\n', []],
    ['has a header without a line end', 'n,s', []],
  ])('%s', async (_, content, expected, options) => {
    const { rows, result } = await load(content, options)
    expect(rows).toEqual(expected)
    expect(result).toMatchObject({ rows: expected.length, rowsRejected: 0 })
  })
})

describe('a file is refused by file, line, column and value that', () => {
  test.each<[string, string | Uint8Array, Record<string, unknown>]>([
    ['is empty', '', { line: 1 }],
    ['has empty lines only', '\n\n', { line: 1 }],
    ['has two columns of one name', 'n,s,n\n1,a,2\n', { line: 1, column: 'n', value: 'n' }],
    ['lacks a column', 'n\n1\n', { line: 1, column: 's' }],
    ['has a column too many', 'n,s,x\n1,a,b\n', { line: 1, column: 'x' }],
    ['has a row with a field too few', 'n,s\n1,a\n\n2\n', { line: 4, column: 's', value: '2' }],
    ['has a row with a field too many', 'n,s\n"1\n",a\n', { line: 2, column: 'n' }],
    ['has a row with a field more than the header', 'n,s\n1,a,b\n', { line: 2, value: '1,a,b' }],
    ['never closes a quote', 'n,s\n1,a\n2,"b\n3,c\n', { line: 3, column: 's', value: '2,"b\n3,c' }],
    ['has a quote inside a value', 'n,s\n1,a"b\n', { line: 2, column: 's', value: '1,a"b' }],
    ['has text behind a quote', 'n,s\n1,"a"b\n', { line: 2, column: 's', value: '1,"a"b' }],
    ['is no UTF-8', bytes('n,s\n1,a\n2,', [0xe9], '\n'), { line: 3, column: 's', value: 'é' }],
    ['cuts a character', bytes('n,s\n1,', [0xc3]), { line: 2, column: 's' }],
    [
      'encodes half of a pair',
      bytes('n,s\n1,', [0xed, 0xa0, 0x80], '\n'),
      { line: 2, column: 's' },
    ],
    ['is UTF-16', Buffer.from('\ufeffn,s\n', 'utf16le'), { line: 1 }],
    [
      'has a number too large',
      'n,s\n2147483648,a\n',
      { line: 2, column: 'n', value: '2147483648' },
    ],
    ['has a number with a space', 'n,s\n 1,a\n', { line: 2, column: 'n', value: ' 1' }],
  ])('%s', async (_, content, facts) => {
    const error = await load(content).catch((thrown) => thrown)
    const { file, ...found } = error.facts
    expect(error.code).toBe('INVALID')
    expect(error.message).toContain(file)
    expect(file).toContain(folder)
    expect(found).toMatchObject(facts)
  })

  test('where only some rows are wrong, those alone are left out when told', async () => {
    const content = bytes('n,s\n1,a\n2\n3,b"c\n', [0xff], ',d\n5,e\nx,f\n7,"g\nh"\n8,i,j\n9,k\n')
    const { rows, result } = await load(content, { onError: 'continue' })
    expect(rows).toEqual([
      [1, 'a'],
      [5, 'e'],
      [7, 'g\nh'],
      [9, 'k'],
    ])
    const found = await result.rejected.select('line', 'column').toArray()
    expect(found.map(({ line, column }) => [Number(line), column])).toEqual([
      [3, 's'],
      [4, 's'],
      [5, 'n'],
      [7, 'n'],
      [10, null],
    ])
  })
})
