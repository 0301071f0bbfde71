import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bool,
  type DataType,
  date,
  decimal,
  float32,
  float64,
  int32,
  int64,
  isExact,
  timestamp,
  utf8,
} from '../../src/arrow/data-type.ts'
import { compareScalars, type Scalar } from '../../src/arrow/scalar.ts'
import type { ColumnStatistics } from '../../src/arrow/statistics.ts'
import type { CaseExpr, Expr, InExpr } from '../../src/plan/expr.ts'
import type { FunctionName } from '../../src/plan/function.ts'
import { alwaysMatches, mightMatch, type StatisticsOf } from '../../src/plan/prune.ts'
import { runs } from '../support/random.ts'
import { referenceEvaluate } from '../support/reference-evaluate.ts'

const stamp = timestamp('ms')
const stampUs = timestamp('us')
const money = decimal(6, 2)

const column = (name: string, type: DataType): Expr => ({
  kind: 'column',
  name,
  type,
  nullable: true,
})
const literal = (value: Scalar, type: DataType): Expr => ({
  kind: 'literal',
  value,
  type,
  nullable: value === null,
})
const call = (name: FunctionName, type: DataType, ...args: Expr[]): Expr => ({
  kind: 'call',
  name,
  args,
  type,
  nullable: true,
})
const cast = (input: Expr, type: DataType, orNull = false): Expr => ({
  kind: 'cast',
  input,
  type,
  orNull,
  nullable: true,
})

/** Statistics as a writer makes them; text bounds are cut after `textMax` characters. */
function statisticsOf(
  values: readonly Scalar[],
  type: DataType,
  textMax: number,
): ColumnStatistics {
  const isNan = (value: Scalar): boolean => typeof value === 'number' && Number.isNaN(value)
  const ordinary = values.filter((value) => value !== null && !isNan(value)).sort(compareScalars)
  const zero = (value: Scalar): Scalar => (value === 0 ? 0 : value)
  const min = zero(ordinary[0] ?? null)
  const max = zero(ordinary.at(-1) ?? null)
  const cut = (value: Scalar): string => [...String(value)].slice(0, textMax).join('')
  const isCut = (value: Scalar): boolean => typeof value === 'string' && cut(value) !== value
  const integers = isExact(type) && type.name !== 'date' && type.name !== 'timestamp'
  return {
    rows: values.length,
    nulls: values.filter((value) => value === null).length,
    nans: values.filter(isNan).length,
    min: isCut(min) ? cut(min) : min,
    max: isCut(max) ? `${cut(max)}\u{10ffff}` : max,
    minExact: !isCut(min),
    maxExact: !isCut(max),
    sum: integers
      ? ordinary.reduce<bigint>((sum, value) => sum + BigInt(value as bigint), 0n)
      : null,
    distinct: 0,
    distinctExact: false,
    bytes: 0,
    crc32: 0,
    hints: { width: null, longest: 0, plain: false, ascii: false, order: null },
  }
}

// --- values, near each other so that predicates meet them

const int = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -4, max: 6 }) },
  fc.constantFrom(2 ** 31 - 1, -(2 ** 31)),
)
const long = fc.oneof(
  { weight: 6, arbitrary: fc.bigInt({ min: -4n, max: 6n }) },
  fc.constantFrom(2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)),
)
const float = fc.oneof(
  fc.constant(Number.NaN),
  { weight: 4, arbitrary: fc.integer({ min: -8, max: 8 }).map((n) => n / 2) },
  fc.constantFrom(Number.NaN, -0, 0.1, 1e300, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
)
const cents = fc.bigInt({ min: -450n, max: 450n })
const text = fc
  .array(fc.constantFrom('a', 'b', '%', '\ue000', '\u{1f600}'), { maxLength: 3 })
  .map((chars) => chars.join(''))
const day = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -400, max: 800 }))
const tick = fc.oneof(
  fc.bigInt({ min: -200_000_000n, max: 200_000_000n }),
  fc.bigInt({ min: -40_000_000_000n, max: 70_000_000_000n }),
)

const COLUMNS: ReadonlyMap<string, { type: DataType; value: fc.Arbitrary<Scalar> }> = new Map([
  ['i', { type: int32, value: int as fc.Arbitrary<Scalar> }],
  ['l', { type: int64, value: long }],
  ['f', { type: float64, value: float }],
  ['m', { type: money, value: cents }],
  ['s', { type: utf8, value: text }],
  ['d', { type: date, value: day }],
  ['t', { type: stamp, value: tick }],
  ['b', { type: bool, value: fc.boolean() }],
  ['young', { type: int32, value: fc.constant(null) }],
  ['dark', { type: int32, value: int }],
])

interface Part {
  readonly rows: readonly ReadonlyMap<string, Scalar>[]
  readonly known: StatisticsOf
}

/** Up to six rows; columns draw from few values, so that some are constant and some without null. */
const part: fc.Arbitrary<Part> = fc
  .record({
    count: fc.integer({ min: 0, max: 6 }),
    textMax: fc.integer({ min: 1, max: 3 }),
    columns: fc.tuple(
      ...[...COLUMNS.values()].map(({ value }) =>
        fc.record({
          pool: fc.array(value, { minLength: 1, maxLength: 3 }),
          nullable: fc.boolean(),
          picks: fc.array(fc.nat(), { minLength: 6, maxLength: 6 }),
        }),
      ),
    ),
  })
  .map(({ count, textMax, columns }) => {
    const drawn = new Map(
      [...COLUMNS.keys()].map((name, position) => {
        const { pool, nullable, picks } = columns[position]!
        const from = nullable ? [...pool, null] : pool
        return [name, picks.slice(0, count).map((pick) => from[pick % from.length]!)]
      }),
    )
    const rows = Array.from(
      { length: count },
      (_, row) => new Map([...drawn].map(([name, values]) => [name, values[row]!])),
    )
    const known: StatisticsOf = (name) => {
      if (name === 'young') return 'all-null'
      if (name === 'dark') return undefined
      const statistics = statisticsOf(drawn.get(name)!, COLUMNS.get(name)!.type, textMax)
      return { statistics, rows: count }
    }
    return { rows, known }
  })

// --- predicates

const own = (name: string): fc.Arbitrary<Expr> => fc.constant(column(name, COLUMNS.get(name)!.type))
const constant = (of: fc.Arbitrary<Scalar>, type: DataType): fc.Arbitrary<Expr> =>
  fc.oneof({ weight: 9, arbitrary: of }, fc.constant(null)).map((value) => literal(value, type))
const calls = (
  name: FunctionName,
  type: DataType,
  ...args: fc.Arbitrary<Expr>[]
): fc.Arbitrary<Expr> => fc.tuple(...args).map((of) => call(name, type, ...of))
const casts = (input: fc.Arbitrary<Expr>, type: DataType): fc.Arbitrary<Expr> =>
  fc.tuple(input, fc.boolean()).map(([of, orNull]) => cast(of, type, orNull))
const units = fc
  .constantFrom('year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second')
  .map((unit) => literal(unit, utf8))
const dayUnits = fc
  .constantFrom('year', 'quarter', 'month', 'week', 'day')
  .map((unit) => literal(unit, utf8))

const count = fc.integer({ min: 0, max: 2 }).map((n) => literal(n, int32))

const pattern = fc
  .array(fc.constantFrom('a', 'b', '%', '_', '\\%', '\u{1f600}'), { maxLength: 4 })
  .map((chars) => chars.join(''))

/** Predicates of at most `depth` levels above columns and constants. */
const predicates = (depth: number): fc.Arbitrary<Expr> =>
  fc.letrec<Record<string, Expr>>((tie) => {
    const several = (leaf: fc.Arbitrary<Expr>, ...of: fc.Arbitrary<Expr>[]): fc.Arbitrary<Expr> =>
      fc.oneof({ maxDepth: depth, depthSize: 'max' }, { weight: 4, arbitrary: leaf }, ...of)
    const choice = (type: string, of: DataType): fc.Arbitrary<Expr>[] => [
      calls('coalesce', of, tie(type), tie(type)),
      calls('nullIf', of, tie(type), tie(type)),
      fc.tuple(tie('bool'), tie(type), tie(type)).map(
        ([when, then, otherwise]): CaseExpr => ({
          kind: 'case',
          branches: [{ when, then }],
          otherwise,
          type: of,
          nullable: true,
        }),
      ),
    ]
    const exact = (type: string, of: DataType): fc.Arbitrary<Expr>[] => [
      calls('add', of, tie(type), tie(type)),
      calls('sub', of, tie(type), tie(type)),
      calls('mul', of, tie(type), tie(type)),
      calls('neg', of, tie(type)),
      calls('abs', of, tie(type)),
    ]
    const compared = (type: string): fc.Arbitrary<Expr> =>
      fc
        .tuple(fc.constantFrom('eq', 'ne', 'lt', 'lte', 'gt', 'gte'), tie(type), tie(type))
        .map(([name, a, b]) => call(name as FunctionName, bool, a, b))
    const listed = (type: string, of: fc.Arbitrary<Scalar>): fc.Arbitrary<Expr> =>
      fc
        .tuple(
          tie(type),
          fc.array(fc.oneof({ weight: 6, arbitrary: of }, fc.constant(null)), {
            minLength: 1,
            maxLength: 4,
          }),
        )
        .map(
          ([input, values]): InExpr => ({ kind: 'in', input, values, type: bool, nullable: true }),
        )
    const types = ['int', 'long', 'float', 'money', 'wide', 'text', 'day', 'stamp']
    return {
      int: several(
        fc.oneof(own('i'), own('i'), own('young'), own('dark'), constant(int, int32)),
        ...choice('int', int32),
        ...exact('int', int32),
        calls('year', int32, tie('day')),
        calls('year', int32, tie('stamp')),
        calls('intDiv', int32, tie('int'), constant(int, int32)),
        casts(tie('long'), int32),
        casts(tie('float'), int32),
        casts(tie('money'), int32),
      ),
      long: several(
        fc.oneof(own('l'), constant(long, int64)),
        ...choice('long', int64),
        ...exact('long', int64),
        casts(tie('int'), int64),
        casts(tie('float'), int64),
      ),
      float: several(
        fc.oneof(own('f'), constant(float, float64)),
        ...choice('float', float64),
        ...exact('float', float64),
        calls('div', float64, tie('float'), tie('float')),
        calls('div', float64, tie('int'), tie('int')),
        calls('mul', float64, tie('money'), tie('float')),
        calls('floor', float64, tie('float')),
        calls('ceil', float64, tie('float')),
        casts(tie('long'), float64),
        casts(tie('money'), float64),
        casts(casts(tie('float'), float32), float64),
      ),
      money: several(
        fc.oneof(own('m'), constant(cents, money)),
        ...choice('money', money),
        casts(tie('int'), money),
        casts(tie('wide'), money),
      ),
      wide: several(
        constant(cents, decimal(12, 4)),
        calls('mul', decimal(12, 4), tie('money'), tie('money')),
        casts(calls('add', decimal(13, 2), tie('money'), tie('int')), decimal(12, 4)),
        casts(tie('money'), decimal(12, 4)),
      ),
      text: several(
        fc.oneof(own('s'), constant(text, utf8)),
        ...choice('text', utf8),
        calls('left', utf8, tie('text'), count),
        calls('slice', utf8, tie('text'), count, count),
      ),
      day: several(
        fc.oneof(own('d'), constant(day, date)),
        ...choice('day', date),
        calls('date', date, tie('stamp')),
        calls('truncate', date, tie('day'), dayUnits),
        casts(tie('stamp'), date),
      ),
      stamp: several(
        fc.oneof(own('t'), constant(tick, stamp)),
        calls('truncate', stamp, tie('stamp'), units),
        casts(tie('day'), stamp),
        casts(casts(tie('stamp'), stampUs), stamp),
      ),
      bool: several(
        fc.oneof(own('b'), constant(fc.boolean(), bool)),
        ...types.map(compared),
        compared('bool'),
        listed('int', int),
        listed('float', float),
        listed('text', text),
        listed('bool', fc.boolean()),
        calls('startsWith', bool, tie('text'), tie('text')),
        calls('contains', bool, tie('text'), tie('text')),
        calls('like', bool, tie('text'), constant(pattern, utf8)),
        ...[...types, 'bool'].map((type) => calls('isNull', bool, tie(type))),
        ...[...types, 'bool'].map((type) => calls('isNotNull', bool, tie(type))),
        calls('and', bool, tie('bool'), tie('bool')),
        calls('or', bool, tie('bool'), tie('bool')),
        calls('not', bool, tie('bool')),
        ...choice('bool', bool),
      ),
    }
  }).bool!

/** What `expr` is in each row; rows in which it raises an error are left out. */
function outcomes(expr: Expr, rows: Part['rows']): Scalar[] {
  return rows.flatMap((row) => {
    try {
      return [referenceEvaluate(expr, row)]
    } catch {
      return []
    }
  })
}

test.each([2, 3, 5])('no row of a partition that is left out matches, %i levels deep', (depth) => {
  let proved = 0
  fc.assert(
    fc.property(part, predicates(depth), ({ rows, known }, expr) => {
      if (mightMatch(expr, known)) return
      if (rows.length > 0) proved++
      expect(outcomes(expr, rows)).not.toContain(true)
    }),
    { numRuns: runs(6000) },
  )
  expect(proved).toBeGreaterThan(runs(6000) / 20)
})

test.each([2, 3, 5])('every row matches where it is said that all do, %i levels deep', (depth) => {
  let proved = 0
  fc.assert(
    fc.property(part, predicates(depth), ({ rows, known }, expr) => {
      if (!alwaysMatches(expr, known)) return
      if (rows.length > 0) proved++
      expect(new Set([...outcomes(expr, rows), true])).toEqual(new Set([true]))
    }),
    { numRuns: runs(6000) },
  )
  expect(proved).toBeGreaterThan(runs(6000) / 50)
})

/** One column of a partition, for a law that is worth its own words. */
const only = (name: string, ...values: Scalar[]): StatisticsOf => {
  const { type } = COLUMNS.get(name)!
  return (asked) =>
    asked === name ? { statistics: statisticsOf(values, type, 2), rows: values.length } : undefined
}
const [i, f, s, t] = (['i', 'f', 's', 't'] as const).map((name) =>
  column(name, COLUMNS.get(name)!.type),
)

test('NaN is greater than every number, though the bounds leave it out', () => {
  const known = only('f', 1, Number.NaN)
  expect(mightMatch(call('gt', bool, f!, literal(5, float64)), known)).toBe(true)
  expect(alwaysMatches(call('lt', bool, f!, literal(5, float64)), known)).toBe(false)
  expect(mightMatch(call('gt', bool, f!, literal(5, float64)), only('f', 1, 2))).toBe(false)
})

test('nothing is known of a sum of infinities', () => {
  const sum = call('sub', float64, f!, f!)
  const known = only('f', Number.POSITIVE_INFINITY)
  expect(mightMatch(call('gt', bool, sum, literal(5, float64)), known)).toBe(true)
})

test('a moment before 1970 belongs to the day that it stands in', () => {
  const sameDay = call('eq', bool, call('date', date, t!), literal(-1, date))
  expect(mightMatch(sameDay, only('t', -5n))).toBe(true)
  expect(alwaysMatches(sameDay, only('t', -5n))).toBe(true)
})

test('LIKE looks for a prefix up to its first wildcard, escapes taken away', () => {
  const like = (text: string): Expr => call('like', bool, s!, literal(text, utf8))
  const known = only('s', 'a%b', 'ac')
  expect(mightMatch(like('a\\%%'), known)).toBe(true)
  expect(mightMatch(like('b%'), known)).toBe(false)
  expect(mightMatch(like('aa%'), known)).toBe(true)
  expect(mightMatch(like('ad%'), known)).toBe(false)
  expect(alwaysMatches(like('a%'), only('s', 'ab', 'ac'))).toBe(true)
  expect(alwaysMatches(like('a_'), only('s', 'ab', 'ac'))).toBe(false)
})

test('a bound of long text that is cut keeps the partition', () => {
  const known = only('s', 'abz', 'abzzz')
  expect(mightMatch(call('eq', bool, s!, literal('abzz', utf8)), known)).toBe(true)
  expect(mightMatch(call('eq', bool, s!, literal('b', utf8)), known)).toBe(false)
})

test('a column of which nothing is known keeps the partition, one younger than it is null', () => {
  const isFive = call('eq', bool, i!, literal(5, int32))
  expect(mightMatch(isFive, () => undefined)).toBe(true)
  expect(alwaysMatches(isFive, () => undefined)).toBe(false)
  expect(mightMatch(isFive, () => 'all-null')).toBe(false)
  expect(alwaysMatches(call('isNull', bool, i!), () => 'all-null')).toBe(true)
})
