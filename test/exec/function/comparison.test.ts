import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bool,
  type DataType,
  date,
  decimal,
  float64,
  int32,
  int64,
  utf8,
} from '../../../src/arrow/data-type.ts'
import { compareScalars, type Scalar } from '../../../src/arrow/scalar.ts'
import { isMember } from '../../../src/exec/function/membership.ts'
import { SCALAR_FUNCTIONS } from '../../../src/exec/function/scalar-functions.ts'
import { runs } from '../../support/random.ts'
import { nullable, pairs, scalarsOf, valuesOf, vectorOf } from './vectors.ts'

const OPS = {
  eq: (sign: number) => sign === 0,
  ne: (sign: number) => sign !== 0,
  lt: (sign: number) => sign < 0,
  lte: (sign: number) => sign <= 0,
  gt: (sign: number) => sign > 0,
  gte: (sign: number) => sign >= 0,
}
const TYPES: DataType[] = [bool, int32, int64, decimal(38, 2), float64, utf8, date]

describe('comparison', () => {
  for (const type of TYPES) {
    test(`of ${type.name} follows the total order of its values and gives null for null`, () => {
      fc.assert(
        fc.property(pairs(type, type), nullable(valuesOf(type)), (rows, constant) => {
          const left = vectorOf(
            type,
            rows.map(([x]) => x),
          )
          const right = vectorOf(
            type,
            rows.map(([, y]) => y),
          )
          const one = vectorOf(type, [constant])
          for (const [name, holds] of Object.entries(OPS)) {
            const of = (x: Scalar, y: Scalar) =>
              x === null || y === null ? null : holds(compareScalars(x, y))
            const run = SCALAR_FUNCTIONS[name as keyof typeof OPS]
            const length = rows.length
            expect(scalarsOf(run([left, right], bool, length))).toEqual(
              rows.map(([x, y]) => of(x, y)),
            )
            expect(scalarsOf(run([left, one], bool, length))).toEqual(
              rows.map(([x]) => of(x, constant)),
            )
            expect(scalarsOf(run([one, left], bool, length))).toEqual(
              rows.map(([x]) => of(constant, x)),
            )
          }
        }),
        { numRuns: runs(100) },
      )
    })

    test(`in over ${type.name} is an or of equalities`, () => {
      fc.assert(
        fc.property(
          fc.array(nullable(valuesOf(type)), { maxLength: 10 }),
          fc.array(nullable(valuesOf(type)), { maxLength: 5 }),
          (rows, extra) => {
            const values = [...extra, ...rows.slice(0, 2)]
            const want = rows.map((row) => {
              if (values.length === 0) return false
              if (row === null) return null
              if (values.some((value) => value !== null && compareScalars(row, value) === 0))
                return true
              return values.includes(null) ? null : false
            })
            expect(scalarsOf(isMember(vectorOf(type, rows), values))).toEqual(want)
          },
        ),
        { numRuns: runs(100) },
      )
    })
  }
})

describe('three-valued logic', () => {
  const truths: Scalar[] = [true, false, null]
  const all = truths.flatMap((a) => truths.map((b) => [a, b] as const))
  const left = vectorOf(
    bool,
    all.map(([a]) => a),
  )
  const right = vectorOf(
    bool,
    all.map(([, b]) => b),
  )

  test('and is false if a side is, else null if a side is', () => {
    const want = all.map(([a, b]) =>
      a === false || b === false ? false : a === null || b === null ? null : true,
    )
    expect(scalarsOf(SCALAR_FUNCTIONS.and([left, right], bool, 9))).toEqual(want)
  })

  test('or is true if a side is, else null if a side is', () => {
    const want = all.map(([a, b]) =>
      a === true || b === true ? true : a === null || b === null ? null : false,
    )
    expect(scalarsOf(SCALAR_FUNCTIONS.or([left, right], bool, 9))).toEqual(want)
  })

  test('without nulls the two-valued tables hold', () => {
    const a = vectorOf(bool, [true, true, false, false])
    const b = vectorOf(bool, [true, false, true, false])
    expect(scalarsOf(SCALAR_FUNCTIONS.and([a, b], bool, 4))).toEqual([true, false, false, false])
    expect(scalarsOf(SCALAR_FUNCTIONS.or([a, b], bool, 4))).toEqual([true, true, true, false])
    expect(scalarsOf(SCALAR_FUNCTIONS.not([a], bool, 4))).toEqual([false, false, true, true])
  })

  test('isNull and isNotNull are never null', () => {
    expect(scalarsOf(SCALAR_FUNCTIONS.isNull([left], bool, 9))).toEqual(
      all.map(([a]) => a === null),
    )
    expect(scalarsOf(SCALAR_FUNCTIONS.isNotNull([left], bool, 9))).toEqual(
      all.map(([a]) => a !== null),
    )
  })

  test('coalesce takes the first value that is not null, nullIf drops an equal one', () => {
    fc.assert(
      fc.property(pairs(utf8, utf8), (rows) => {
        const args = [
          vectorOf(
            utf8,
            rows.map(([x]) => x),
          ),
          vectorOf(
            utf8,
            rows.map(([, y]) => y),
          ),
        ]
        const { coalesce, nullIf } = SCALAR_FUNCTIONS
        expect(scalarsOf(coalesce(args, utf8, rows.length))).toEqual(rows.map(([x, y]) => x ?? y))
        expect(scalarsOf(nullIf(args, utf8, rows.length))).toEqual(
          rows.map(([x, y]) => (x === y ? null : x)),
        )
      }),
      { numRuns: runs(100) },
    )
  })
})
