import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type DataType,
  int32,
  int64,
  layoutOf,
  typeText,
  utf8,
} from '../../../src/arrow/data-type.ts'
import type { Scalar } from '../../../src/arrow/scalar.ts'
import type { ColumnStatistics, DecodeHints } from '../../../src/arrow/statistics.ts'
import { GraupelError } from '../../../src/error.ts'
import type { ColumnFile, ColumnReader } from '../../../src/io/csv/column-reader.ts'
import { encodeColumn } from '../../../src/io/csv/encode-column.ts'
import { openColumn } from '../../../src/io/csv/open-column.ts'
import type { ObjectStore } from '../../../src/io/object-store.ts'
import { compileLike } from '../../../src/kernel/like.ts'
import { runs } from '../../support/random.ts'
import {
  columnFile,
  oneFileStore,
  openBytes,
  readAll,
  scalarsOf,
  vectorOf,
} from './column-store.ts'
import { columnsOf, TYPES } from './column-values.ts'

const anyColumn = fc
  .constantFrom(...TYPES)
  .chain((type) => columnsOf(type).map((values) => ({ type, values })))

const shapes = fc.record({ waits: fc.boolean(), chunk: fc.constantFrom(1, 7, 64, 1e6) })

function encode(type: DataType, values: readonly Scalar[], name = 'c') {
  return encodeColumn(name, vectorOf(type, values))
}

/** The outcome of reading: rows, or the code of the error. */
async function outcome(work: () => Promise<Scalar[]>): Promise<Scalar[] | string> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof GraupelError) return error.code
    throw error
  }
}

interface Run {
  readonly kind: 'read' | 'selected' | 'skip'
  readonly size: number
  readonly keep: readonly boolean[]
}

const anyRun: fc.Arbitrary<Run> = fc.record({
  kind: fc.constantFrom('read' as const, 'selected' as const, 'skip' as const),
  size: fc.nat(30),
  keep: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
})

/** Runs through a reader; answers `[found, expected]` of all rows that were asked for. */
async function follow(reader: ColumnReader, values: readonly Scalar[], plan: readonly Run[]) {
  const found: Scalar[] = []
  const expected: Scalar[] = []
  let row = 0
  for (const { kind, size, keep } of [...plan, { kind: 'read', size: 1e9, keep: [] } as Run]) {
    const count = Math.min(size, values.length - row)
    if (kind === 'skip') await reader.skip(count)
    else if (kind === 'read') {
      found.push(...scalarsOf(await reader.read(count)))
      expected.push(...values.slice(row, row + count))
    } else {
      const rows = Array.from({ length: count }, (_, i) => i).filter((i) => keep[i])
      found.push(
        ...scalarsOf(await reader.readSelected(count, Uint32Array.from(rows), rows.length)),
      )
      expected.push(...rows.map((i) => values[row + i]!))
    }
    row += count
  }
  reader.close()
  return [found, expected] as const
}

type Facts = Omit<ColumnStatistics, 'hints'>

/** Values that are wrong for most columns, for every statistic; those of another column are, too. */
const FACTS: { readonly [Name in keyof Facts]: readonly Facts[Name][] } = {
  rows: [0, 1, 2, 10_000],
  nulls: [0, 1, 1000],
  nans: [0, 1, 1000],
  min: [null],
  max: [null],
  minExact: [true, false],
  maxExact: [true, false],
  sum: [null, 0n, 10n ** 40n],
  distinct: [0, 1, 1e9],
  distinctExact: [true, false],
  bytes: [0, 3, 2 ** 40],
  crc32: [0, 12345],
}

const HINTS: { readonly [Name in keyof DecodeHints]: readonly DecodeHints[Name][] } = {
  width: [null, 0, 1, 2, 4, 10, 23, 26, 27],
  longest: [0, 1, 1000],
  plain: [true, false],
  ascii: [true, false],
  order: ['ascending', 'descending', null],
}

type Change = (of: ColumnStatistics, other: ColumnStatistics, n: number) => ColumnStatistics

function wrongStatistics(): [string, Change][] {
  const facts = Object.entries(FACTS).map(([name, values]): [string, Change] => [
    name,
    (of, other, n) => {
      const all = [...values, Reflect.get(other, name) as unknown]
      return { ...of, [name]: all[n % all.length] }
    },
  ])
  const hints = Object.entries(HINTS).map(([name, values]): [string, Change] => [
    `hint ${name}`,
    (of, other, n) => {
      const all = [...values, Reflect.get(other.hints, name) as unknown]
      return { ...of, hints: { ...of.hints, [name]: all[n % all.length] } }
    },
  ])
  return [...facts, ...hints]
}

/** Looks for numbers or texts in all rows: the right ones are found, or the file is refused. */
async function selectsRight(
  store: ObjectStore,
  file: ColumnFile,
  values: readonly Scalar[],
): Promise<void> {
  const out = new Uint32Array(file.statistics.rows)
  const length = Math.min(values.length, file.statistics.rows)
  const isOrdered = ['i32', 'f64'].includes(layoutOf(file.type))
  if (!isOrdered && file.type.name !== 'utf8') return
  const program = compileLike(new TextEncoder().encode('%a%'))!
  const range = { least: 0, greatest: 100, flip: 0 }
  const passes = (value: Scalar) =>
    isOrdered ? Number(value) >= 0 && Number(value) <= 100 : String(value).includes('a')
  const found = await outcome(async () => {
    const reader = await openColumn(store, file)
    const count = isOrdered
      ? (await reader.selectInRange(length, null, length, { range, out, keep: false })).count
      : await reader.selectMatching(length, null, length, { program, out })
    return Array.from(out.subarray(0, count))
  })
  const expected = values.flatMap((value, row) => (value !== null && passes(value) ? [row] : []))
  if (file.statistics.rows < values.length) expect(found).toBe('DATA')
  else if (typeof found === 'string') expect(found).toBe('DATA')
  else expect(found).toEqual(expected)
}

describe('a column file', () => {
  for (const type of TYPES) {
    it(`gives back every ${typeText(type)} that was written`, async () => {
      await fc.assert(
        fc.asyncProperty(columnsOf(type), shapes, async (values, shape) => {
          const { bytes, statistics } = encode(type, values)
          expect(await readAll(bytes, type, statistics, shape)).toEqual(values)
        }),
        { numRuns: runs(60) },
      )
    })
  }

  it('gives the same rows in runs, selected or after skips, as when read whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyColumn,
        fc.array(anyRun, { maxLength: 6 }),
        shapes,
        async (column, plan, shape) => {
          const { type, values } = column
          const { bytes, statistics } = encode(type, values)
          const store = oneFileStore(bytes, shape)
          // The second reader relies on what the first has verified.
          for (let pass = 0; pass < 2; pass++) {
            const reader = await openColumn(store, columnFile(type, statistics))
            const [found, expected] = await follow(reader, values, plan)
            expect(found).toEqual(expected)
          }
        },
      ),
      { numRuns: runs(400) },
    )
  })

  it('is read without promises when its store answers at once', async () => {
    const { bytes, statistics } = encode(int32, [1, 2, 3])
    const reader = await openBytes(bytes, int32, statistics)
    expect(reader.read(1)).not.toBeInstanceOf(Promise)
    expect(reader.skip(1)).toBeUndefined()
    expect(reader.readSelected(1, Uint32Array.of(0), 1)).not.toBeInstanceOf(Promise)
  })

  it('is read right when it is longer than the window', async () => {
    const texts = Array.from({ length: 30_000 }, (_, row) => `${row}${'é,"\n x'.repeat(row % 9)}`)
    const long = [...texts, 'y'.repeat(700_000), 'end']
    const numbers = Array.from({ length: 200_000 }, (_, row) => (row * 7919) % 1_000_003)
    for (const [type, values] of [
      [utf8, long],
      [int32, numbers],
    ] as const) {
      const { bytes, statistics } = encode(type, values)
      const store = oneFileStore(bytes)
      for (let pass = 0; pass < 2; pass++) {
        const reader = await openColumn(store, columnFile(type, statistics))
        await reader.skip(1000)
        const rows = Uint32Array.from({ length: 90 }, (_, i) => i * 200)
        const some = scalarsOf(await reader.readSelected(20_000, rows, 90))
        expect(some).toEqual([...rows].map((row) => values[row + 1000]))
        const rest = scalarsOf(await reader.read(values.length - 21_000))
        expect(rest).toEqual(values.slice(21_000))
      }
    }
  })

  it('gives some of its rows where these are longer than the window together, or one alone', async () => {
    const texts = Array.from({ length: 40_000 }, (_, row): Scalar => {
      if (row === 30_001) return 'y'.repeat(400_000)
      return row % 11 === 0 ? null : `${row} ${'é'.repeat(row % 40)}`
    })
    const numbers = Array.from({ length: 300_000 }, (_, row) => row * 7919)
    for (const [type, values] of [
      [utf8, texts],
      [int32, numbers.map((value) => value % 2_000_003)],
      [int64, numbers.map(BigInt)],
    ] as const) {
      const { bytes, statistics } = encode(type, values)
      const store = oneFileStore(bytes)
      const rows = Uint32Array.from({ length: Math.floor(values.length / 3) }, (_, i) => i * 3 + 1)
      for (let pass = 0; pass < 2; pass++) {
        const reader = await openColumn(store, columnFile(type, statistics))
        const some = await reader.readSelected(values.length, rows, rows.length)
        expect(scalarsOf(some)).toEqual([...rows].map((row) => values[row]))
        reader.close()
      }
    }
  })

  it('keeps vectors as they were while reading goes on', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyColumn,
        fc.integer({ min: 1, max: 9 }),
        async ({ type, values }, size) => {
          const { bytes, statistics } = encode(type, values)
          const reader = await openBytes(bytes, type, statistics, { chunk: 5 })
          const vectors = []
          for (let row = 0; row < values.length; row += size) {
            vectors.push(await reader.read(Math.min(size, values.length - row)))
          }
          expect(vectors.flatMap(scalarsOf)).toEqual(values)
        },
      ),
      { numRuns: runs(150) },
    )
  })

  it('skips its header whatever it says', async () => {
    for (const name of ['', 'a,b', 'a\nb"c', ' x ', '\\N', '\ufeffé']) {
      const { bytes, statistics } = encode(int32, [1, 2], name)
      expect(await readAll(bytes, int32, statistics)).toEqual([1, 2])
    }
  })

  it('leaps over rows of equal width once it is verified', async () => {
    const values = Array.from({ length: 300_000 }, (_, row) => 100_000 + row)
    const { bytes, statistics } = encode(int32, values)
    const store = oneFileStore(bytes)
    const bytesRead = []
    for (let pass = 0; pass < 2; pass++) {
      const reader = await openColumn(store, columnFile(int32, statistics))
      await reader.skip(299_999)
      expect(scalarsOf(await reader.read(1))).toEqual([399_999])
      bytesRead.push(reader.bytesRead)
    }
    expect(bytesRead[0]).toBe(bytes.length)
    expect(bytesRead[1]).toBeLessThan(bytes.length / 4)
  })
})

describe('a wrong column file', () => {
  it('never gives a wrong value when a byte is changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyColumn,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (column, at, change) => {
          const { type, values } = column
          const { bytes, statistics } = encode(type, values)
          const wrong = bytes.slice()
          wrong[at % wrong.length]! ^= change
          expect(await outcome(() => readAll(wrong, type, statistics))).toBe('DATA')
        },
      ),
      { numRuns: runs(600) },
    )
  })

  it('has every statistic and every hint changed by the test below', () => {
    const { statistics } = encode(int32, [1])
    const { hints, ...facts } = statistics
    expect(Object.keys(FACTS).sort()).toEqual(Object.keys(facts).sort())
    expect(Object.keys(HINTS).sort()).toEqual(Object.keys(hints).sort())
  })

  it.each(wrongStatistics())(
    'never gives a wrong value when its %s is wrong',
    async (_, change) => {
      const plans = fc.array(anyRun, { maxLength: 4 })
      const another = (type: DataType) => columnsOf(type).map((of) => encode(type, of).statistics)
      const column = anyColumn.chain(({ type, values }) =>
        fc.record({ type: fc.constant(type), values: fc.constant(values), other: another(type) }),
      )
      const coin = fc.nat()
      await fc.assert(
        fc.asyncProperty(column, coin, plans, async ({ type, values, other }, n, plan) => {
          const { bytes, statistics } = encode(type, values)
          const wrong = change(statistics, other, n)
          const store = oneFileStore(bytes)
          for (let pass = 0; pass < 2; pass++) {
            const found = await outcome(async () => {
              const reader = await openColumn(store, columnFile(type, wrong))
              const known = wrong.rows === values.length ? values : values.slice(0, wrong.rows)
              const [rows, expected] = await follow(reader, known, plan)
              expect(rows).toEqual(expected)
              if (wrong.rows !== values.length) await reader.skip(wrong.rows - known.length)
              return rows
            })
            if (wrong.rows !== values.length) expect(found).toBe('DATA')
            if (typeof found === 'string') expect(found).toBe('DATA')
          }
          await selectsRight(oneFileStore(bytes), columnFile(type, wrong), values)
        }),
        { numRuns: runs(100) },
      )
    },
  )

  it.each<[DataType | (typeof TYPES)[number], string]>(
    wrongLines().flatMap(([types, texts]) =>
      TYPES.filter(({ name }) => types.includes(name)).flatMap((type) =>
        texts.map((text): [DataType, string] => [type, text]),
      ),
    ),
  )('is refused where %j stands as %j', async (type, text) => {
    const { statistics } = encode(utf8, [text])
    const bytes = new TextEncoder().encode(`c\n${text}\n`)
    const { crc32 } = await import('node:zlib')
    for (const plain of [true, false]) {
      const hints = { ...statistics.hints, plain }
      const facts = { ...statistics, bytes: bytes.length, crc32: crc32(bytes), hints }
      const width = plain ? bytes.length - 3 : null
      const file = { ...facts, nulls: 0, hints: { ...hints, width } }
      expect(await outcome(() => readAll(bytes, type, file))).toBe('DATA')
    }
  })

  it('is named with line, column and value', async () => {
    const bytes = new TextEncoder().encode('c\n1\n2\n03\n')
    const { statistics } = encode(int32, [1, 2, 33])
    const reading = readAll(bytes, int32, statistics)
    await expect(reading).rejects.toMatchObject({
      code: 'DATA',
      facts: { file: 't/c/partition1.csv', column: 'c', line: 4, value: '03' },
    })
  })

  it('is missing with DATA', async () => {
    const { statistics } = encode(int32, [1])
    const store = { ...oneFileStore(new Uint8Array(0)), open: async () => null }
    await expect(openColumn(store, columnFile(int32, statistics))).rejects.toMatchObject({
      code: 'DATA',
    })
  })

  it('is not verified by a reader that stops early', async () => {
    const values = Array.from({ length: 1000 }, (_, row) => row)
    const { bytes, statistics } = encode(int32, values)
    const store = oneFileStore(bytes)
    const file = columnFile(int32, { ...statistics, crc32: 1 })
    const early = await openColumn(store, file)
    await early.read(10)
    early.close()
    const whole = await openColumn(store, file)
    await expect((async () => whole.read(1000))()).rejects.toMatchObject({ code: 'DATA' })
  })
})

/** Types, and lines that no writer of ours writes for them. */
function wrongLines(): [string[], string[]][] {
  const numbers = ['', ' 1', '1 ', '+1', '01', '-', '1e', '"1"', '-0x', '1,', 'é', '\\n', '\\N']
  return [
    [
      ['int8', 'int32', 'int64', 'uint32'],
      [...numbers, '-0', '1.0', '1e3', '99999999999999999999'],
    ],
    [['int8'], ['128', '-129']],
    [['uint8'], ['-1', '256']],
    [
      ['float64', 'float32'],
      [...numbers, '1.0', '.5', '1.', '1E3', 'nan', 'inf', '0.0000001'],
    ],
    [['float32'], ['0.1']],
    [['decimal'], [...numbers, '1.5.0', '-0', '-0.00', '00.00', '0.0x', '1'.repeat(45)]],
    [['date'], ['1994-1-01', '1994-13-01', '1994-00-10', '1994-02-29', '1994-04-31', '1994/01/01']],
    [['date'], ['1994-01-00', '1994-01-32', '10000-01-01', '1994-01-01 ', '19940101', '\\N']],
    [
      ['time'],
      ['10:00', '24:00:00.000000', '10:60:00.000000', '10:00:60.000000', '10:00:00.00000'],
    ],
    [['timestamp'], ['1994-01-01', '1994-01-01 10:00:00.000', '1994-02-30T10:00:00.000', 'x']],
    [['bool'], ['t', 'TRUE', 'truex', 'fals', '1', '']],
    [['binary'], ['0', 'AB', '0g', '"00"', '', '0x00']],
    [
      ['utf8', 'json'],
      ['', ' a', 'a ', 'a,b', 'a"b', '"ab"', 'a\rb', '"a', '"a"b', '\\N', '"a""'],
    ],
  ]
}
