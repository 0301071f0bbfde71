import { expect, test } from 'vitest'
import { bool, int32, int64, utf8 } from '../../src/arrow/data-type.ts'
import { foldConstant } from '../../src/exec/fold-constant.ts'
import type { Expr } from '../../src/plan/expr.ts'

const one: Expr = { kind: 'literal', value: 1n, type: int64, nullable: false }
const zero: Expr = { kind: 'literal', value: 0n, type: int64, nullable: false }

test('an expression without columns is its value, null included', () => {
  const sum: Expr = { kind: 'call', name: 'add', args: [one, one], type: int64, nullable: false }
  expect(foldConstant(sum)).toBe(2n)
  expect(
    foldConstant({ kind: 'cast', input: sum, orNull: false, type: utf8, nullable: false }),
  ).toBe('2')
  expect(foldConstant({ kind: 'literal', value: null, type: bool, nullable: true })).toBe(null)
})

test('what throws is left for the run to throw', () => {
  const division: Expr = {
    kind: 'call',
    name: 'intDiv',
    args: [one, zero],
    type: int64,
    nullable: false,
  }
  expect(foldConstant(division)).toBe(undefined)
})

test('what has columns is no constant', () => {
  expect(foldConstant({ kind: 'column', name: 'a', type: int32, nullable: true })).toBe(undefined)
})
