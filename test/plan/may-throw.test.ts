import { expect, test } from 'vitest'
import { decimal, float64, int32, int64, utf8 } from '../../src/arrow/data-type.ts'
import { castExpr } from '../../src/plan/expr-walk.ts'
import { mayThrow } from '../../src/plan/may-throw.ts'
import { call, column, int, text } from '../support/plan-fixture.ts'

const x = column('x')
const f = column('f', float64)
const s = column('s', utf8)

test('comparison, logic, floats and searches in text raise no errors', () => {
  for (const expr of [
    call('gt', x, int(5)),
    call('not', call('isNull', x)),
    call('add', f, f),
    call('like', s, text('a%')),
    call('intDiv', x, int(2)),
    castExpr(x, int64),
    castExpr(x, decimal(12, 2)),
    castExpr(column('m', decimal(9, 2)), decimal(12, 4)),
    castExpr(s, int32, { orNull: true }),
  ]) {
    expect(mayThrow(expr)).toBe(false)
  }
})

test('overflow, division by zero and casts that fail do, at any depth', () => {
  for (const expr of [
    call('add', x, int(5)),
    call('intDiv', int(2), x),
    castExpr(s, int32),
    castExpr(x, decimal(9, 2)),
    castExpr(f, int64),
    castExpr(column('m', decimal(9, 2)), decimal(10, 4)),
  ]) {
    expect(mayThrow(expr)).toBe(true)
    expect(mayThrow(call('isNull', expr))).toBe(true)
  }
})
