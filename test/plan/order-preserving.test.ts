import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type DataType,
  date,
  decimal,
  float32,
  float64,
  int32,
  int64,
  timestamp,
  utf8,
} from '../../src/arrow/data-type.ts'
import { compareScalars, type Scalar } from '../../src/arrow/scalar.ts'
import { foldConstant } from '../../src/exec/fold-constant.ts'
import { boundsOf } from '../../src/plan/bounds.ts'
import type { Expr } from '../../src/plan/expr.ts'
import { castExpr, literalExpr, substitute } from '../../src/plan/expr-walk.ts'
import { orderedAs } from '../../src/plan/order-preserving.ts'
import { printExpr } from '../../src/plan/print-expr.ts'
import { call, column, int, text } from '../support/plan-fixture.ts'
import { runs } from '../support/random.ts'

const stamp = timestamp('ms')
const money = decimal(9, 2)

const wholes = fc.oneof(fc.integer(), fc.integer({ min: -40, max: 40 }))
const longs = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -40n, max: 40n }),
)
const floats = fc.oneof(
  fc.double(),
  fc.integer({ min: -9, max: 9 }).map((n) => n / 4),
)
const cents = fc.bigInt({ min: -999_999_999n, max: 999_999_999n })
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\ue000', '😀'), maxLength: 5 }),
)
/** Years 1 to 9998, near each other half of the time. */
const days = fc.oneof(
  fc.integer({ min: -719_000, max: 2_900_000 }),
  fc.integer({ min: -400, max: 800 }),
)
const ticks = fc.oneof(
  fc.bigInt({ min: -62_000_000_000_000n, max: 253_000_000_000_000n }),
  fc.bigInt({ min: -300_000_000_000n, max: 300_000_000_000n }),
)

const x = column('x', int32)
const l = column('l', int64)
const f = column('f', float64)
const m = column('m', money)
const s = column('s', utf8)
const d = column('d', date)
const at = column('t', stamp)

const VALUES: readonly (readonly [fc.Arbitrary<Scalar>, DataType, readonly Expr[]])[] = [
  [wholes, int32, [x, call('intDiv', x, int(7)), castExpr(x, int64), castExpr(x, float64)]],
  [wholes, int32, [castExpr(x, decimal(20, 3)), call('intDiv', castExpr(x, int64), int(3))]],
  [longs, int64, [call('intDiv', l, int(1000)), castExpr(l, float64), castExpr(l, decimal(38, 2))]],
  [floats, float64, [call('floor', f), call('ceil', f)]],
  [
    cents,
    money,
    [call('floor', m), call('ceil', m), castExpr(m, float64), castExpr(m, decimal(12, 4))],
  ],
  [
    texts,
    utf8,
    [s, call('left', s, int(2)), call('slice', s, int(0), int(1)), call('left', s, int(0))],
  ],
  [days, date, [call('year', d), call('isoYear', d), call('decade', d), call('century', d)]],
  [days, date, ['year', 'quarter', 'month', 'week'].map((unit) => call('truncate', d, text(unit)))],
  [days, date, [castExpr(d, stamp), call('epoch', d, text('hour'))]],
  [
    ticks,
    stamp,
    ['month', 'week', 'day', 'hour', 'minute'].map((unit) => call('truncate', at, text(unit))),
  ],
  [
    ticks,
    stamp,
    [call('date', at), castExpr(at, timestamp('us')), castExpr(at, date), call('year', at)],
  ],
  [ticks, stamp, [call('year', call('truncate', castExpr(at, date), text('month')))]],
]

test('an expression that keeps an order never falls, raises no error, and is null where its column is', () => {
  for (const [values, type, exprs] of VALUES) {
    for (const expr of exprs) {
      const along = orderedAs(expr)
      expect(along, printExpr(expr)).toBeDefined()
      const at = (value: Scalar) =>
        foldConstant(substitute(expr, [{ name: along!.name, expr: literalExpr(value, type) }]))
      expect(at(null)).toBe(null)
      fc.assert(
        fc.property(values, values, (a, b) => {
          const [less, more] = compareScalars(a, b) <= 0 ? [a, b] : [b, a]
          const [low, high] = [at(less), at(more)]
          expect(low).not.toBe(undefined)
          expect(low).not.toBe(null)
          expect(compareScalars(low!, high!)).toBeLessThanOrEqual(0)
        }),
        { numRuns: runs(300) },
      )
    }
  }
})

test('bounds of a column are bounds of what keeps its order', () => {
  for (const [values, type, exprs] of VALUES) {
    for (const expr of exprs) {
      const { name } = orderedAs(expr)!
      const inside = (value: Scalar) =>
        foldConstant(substitute(expr, [{ name, expr: literalExpr(value, type) }]))!
      fc.assert(
        fc.property(values, values, values, (a, b, c) => {
          const isNan = [a, b, c].some((value) => Number.isNaN(value))
          const [min, value, max] = [a, b, c].sort(compareScalars)
          if (isNan) return
          const statistics = { nulls: 0, nans: 0, min: min!, max: max! }
          const known = { rows: 3, statistics: statistics as never }
          const { least, greatest } = boundsOf(expr, () => known)
          if (least !== null) expect(compareScalars(least, inside(value!))).toBeLessThanOrEqual(0)
          if (greatest !== null)
            expect(compareScalars(greatest, inside(value!))).toBeGreaterThanOrEqual(0)
        }),
        { numRuns: runs(100) },
      )
    }
  }
})

test('what may fall, fail, be null or come from several columns keeps no order', () => {
  for (const expr of [
    call('lower', s),
    call('left', call('lower', s), int(4)),
    call('slice', s, int(1), int(2)),
    call('slice', s, int(0)),
    call('left', s, int(-1)),
    call('left', s, x),
    call('month', d),
    call('neg', x),
    call('abs', x),
    call('add', x, int(1)),
    call('add', x, x),
    call('intDiv', x, int(-2)),
    call('intDiv', int(100), x),
    call('round', f),
    call('truncate', call('dateAdd', d, int(1), text('month')), text('month')),
    castExpr(x, utf8),
    castExpr(s, int32),
    castExpr(l, int32),
    castExpr(f, int64),
    castExpr(f, float32),
    castExpr(l, int32, { orNull: true }),
    castExpr(at, timestamp('ms', 'UTC')),
    int(7),
    call('coalesce', x, int(0)),
  ]) {
    expect(orderedAs(expr), printExpr(expr)).toBe(undefined)
  }
})
