import { expect, test } from 'vitest'
import { utf8 } from '../../../src/arrow/data-type.ts'
import { scalarAt } from '../../../src/arrow/scalar.ts'
import { TextStore } from '../../../src/exec/aggregate/text-store.ts'
import { vectorOf } from '../../support/scalar-rows.ts'

test('texts survive the clean-ups that thousands of changes make', () => {
  const store = new TextStore(utf8)
  const expected = Array<string>(50).fill('')
  store.grow(50)
  for (let i = 0; i < 5000; i++) {
    const group = (i * 7) % 50
    expected[group] = `${i}`.repeat((i * 13) % 17)
    store.set(group, vectorOf(utf8, [expected[group]!]), 0)
  }
  const vector = store.finish(50, null)
  expect(expected.map((_, group) => scalarAt(vector, group))).toEqual(expected)
  expect(store.bytes).toBeLessThan(40_000)
})
