import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Batch, batch } from '../../src/arrow/batch.ts'
import {
  bool,
  type DataType,
  date,
  decimal,
  float64,
  int32,
  int64,
  utf8,
} from '../../src/arrow/data-type.ts'
import type { Scalar } from '../../src/arrow/scalar.ts'
import { field, schema } from '../../src/arrow/schema.ts'
import { evaluate, selectRows } from '../../src/exec/evaluate.ts'
import type { Expr } from '../../src/plan/expr.ts'
import type { FunctionName } from '../../src/plan/function.ts'
import { runs } from '../support/random.ts'
import { nullable, outcome, scalarsOf, valuesOf, vectorOf } from './function/vectors.ts'

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

type Branch = Extract<Expr, { kind: 'case' }>['branches'][number]

const branch = (when: Expr, then: Expr): Branch => ({ when, then })

function batchOf(columns: Record<string, [DataType, readonly Scalar[]]>): Batch {
  const entries = Object.entries(columns)
  const fields = entries.map(([name, [type]]) => field(name, type))
  const vectors = entries.map(([, [type, values]]) => vectorOf(type, values))
  return batch(schema(fields), vectors, entries[0]![1][1].length)
}

const a = column('a', int64)
const x = column('x', int64)
const zero = literal(0n, int64)
const quotient = call('intDiv', int64, a, x)
const division = batchOf({
  a: [int64, [10n, 11n, 12n, 13n, null]],
  x: [int64, [2n, 0n, 3n, null, 0n]],
})

describe('what is guarded is not computed', () => {
  const nonZero = call('ne', bool, x, zero)

  test('a branch of a case sees only its own rows', () => {
    const guarded: Expr = {
      kind: 'case',
      branches: [branch(nonZero, quotient)],
      otherwise: literal(-1n, int64),
      type: int64,
      nullable: true,
    }
    expect(scalarsOf(evaluate(guarded, division))).toEqual([5n, -1n, 4n, -1n, -1n])
    expect(outcome(() => evaluate(quotient, division))).toBe('INVALID')
  })

  test('the first true branch wins, whatever the others say', () => {
    const branches = [
      branch(call('gt', bool, a, literal(11n, int64)), literal('big', utf8)),
      branch(call('gt', bool, a, literal(10n, int64)), column('t', utf8)),
    ]
    const expr: Expr = {
      kind: 'case',
      branches,
      otherwise: literal(null, utf8),
      type: utf8,
      nullable: true,
    }
    const of = batchOf({
      a: [int64, [10n, 11n, 12n, null]],
      t: [utf8, ['p', 'é', 'r', 's']],
    })
    expect(scalarsOf(evaluate(expr, of))).toEqual([null, 'é', 'big', null])
  })

  test('and and or ask their right side only where the left leaves it open', () => {
    const positive = call('gt', bool, quotient, zero)
    const guarded = call('and', bool, nonZero, positive)
    const of = batchOf({ a: [int64, [10n, 11n, -9n]], x: [int64, [2n, 0n, 3n]] })
    expect(scalarsOf(evaluate(guarded, of))).toEqual([true, false, false])
    const other = call('or', bool, call('eq', bool, x, zero), positive)
    expect(scalarsOf(evaluate(other, of))).toEqual([true, true, false])
    expect([...selected(guarded, of)]).toEqual([0])
  })

  test('later arguments of coalesce see only the rows that are still null', () => {
    const of = batchOf({
      t: [int64, [1n, null, null]],
      a: [int64, [1n, 6n, null]],
      x: [int64, [0n, 3n, 1n]],
    })
    const expr = call('coalesce', int64, column('t', int64), quotient, literal(7n, int64))
    expect(scalarsOf(evaluate(expr, of))).toEqual([1n, 2n, 7n])
  })

  test('no rows compute nothing, not even what is constant', () => {
    const none = batchOf({ a: [int64, []] })
    const impossible = call('intDiv', int64, literal(1n, int64), zero)
    expect(evaluate(impossible, none).length).toBe(0)
    expect(outcome(() => evaluate(impossible, division))).toBe('INVALID')
  })

  test('constants fill the batch', () => {
    const expr = call('add', int64, literal(1n, int64), literal(2n, int64))
    expect(scalarsOf(evaluate(expr, division))).toEqual([3n, 3n, 3n, 3n, 3n])
    expect(
      scalarsOf(
        evaluate(
          { kind: 'cast', input: expr, orNull: false, type: utf8, nullable: false },
          division,
        ),
      ),
    ).toEqual(['3', '3', '3', '3', '3'])
  })
})

function selected(predicate: Expr, of: Batch, rows: number[] | null = null): Uint32Array {
  const among = rows === null ? null : Uint32Array.from(rows)
  const count = rows?.length ?? of.length
  const out = new Uint32Array(of.length)
  return out.subarray(0, selectRows(predicate, of, among, count, out))
}

/** The rows that `evaluate` finds true. */
function reference(predicate: Expr, of: Batch, rows: number[] | null): number[] {
  const truths = scalarsOf(evaluate(predicate, of))
  return (rows ?? truths.map((_, row) => row)).filter((row) => truths[row] === true)
}

const COMPARISONS = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte'] as const
const TESTS = ['startsWith', 'endsWith', 'contains', 'like'] as const
const TYPES: DataType[] = [bool, int32, int64, decimal(12, 2), float64, utf8, date]

function predicates(type: DataType, value: fc.Arbitrary<Scalar>): fc.Arbitrary<Expr> {
  const c = column('c', type)
  const constant = nullable(value).map((of) => literal(of, type))
  const compared = fc
    .tuple(fc.constantFrom(...COMPARISONS), constant, fc.boolean())
    .map(([name, of, swap]) => (swap ? call(name, bool, of, c) : call(name, bool, c, of)))
  const nulls = fc
    .constantFrom('isNull' as const, 'isNotNull' as const)
    .map((name) => call(name, bool, c))
  const among = fc
    .array(nullable(value), { maxLength: 4 })
    .map((values): Expr => ({ kind: 'in', input: c, values, type: bool, nullable: true }))
  const negated = compared.map((of) => call('not', bool, of))
  const simple = [compared, compared, nulls, among, negated]
  if (type.name === 'bool') simple.push(fc.constant(c))
  if (type.name === 'utf8') {
    const matched = fc
      .tuple(fc.constantFrom(...TESTS), constant)
      .map(([name, of]) => call(name, bool, c, of))
    simple.push(matched, matched)
  }
  return fc
    .array(fc.oneof(...simple), { minLength: 1, maxLength: 4 })
    .map((all) => (all.length === 1 ? all[0]! : call('and', bool, ...all)))
}

describe('selectRows', () => {
  for (const type of TYPES) {
    test(`finds the rows of ${type.name} for which the predicate is true`, () => {
      const value = valuesOf(type).filter((of) => typeof of !== 'string' || !of.endsWith('\\'))
      const values = fc.array(nullable(value), { minLength: 1, maxLength: 12 })
      const dense = fc.array(value, { minLength: 1, maxLength: 12 })
      const property = fc
        .oneof(values, dense)
        .chain((rows) =>
          fc.tuple(
            fc.constant(rows),
            predicates(
              type,
              fc.oneof(value, fc.constantFrom(...rows.map((row) => row ?? rows[0]!))),
            ),
            fc.option(fc.subarray(rows.map((_, row) => row))),
          ),
        )
      fc.assert(
        fc.property(property, ([rows, predicate, among]) => {
          const of = batchOf({ c: [type, rows] })
          expect([...selected(predicate, of, among)]).toEqual(reference(predicate, of, among))
        }),
        { numRuns: runs(600) },
      )
    })
  }

  test('the rows looked at may be the rows written', () => {
    const of = batchOf({ c: [int32, [5, 1, null, 7, 9]] })
    const rows = Uint32Array.of(0, 2, 3, 4)
    const predicate = call('gt', bool, column('c', int32), literal(5, int32))
    expect(selectRows(predicate, of, rows, 4, rows)).toBe(2)
    expect([...rows.subarray(0, 2)]).toEqual([3, 4])
  })

  test('a later conjunct is not asked about rows that an earlier one has dropped', () => {
    const guard = call('ne', bool, x, zero)
    const both = call('and', bool, guard, call('gt', bool, quotient, zero))
    expect([...selected(both, division)]).toEqual([0, 2])
  })
})
