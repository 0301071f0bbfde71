import { expect, test } from 'vitest'
import { connect, t } from '../../src/index.ts'

test('assertSchema gives the frame that has these columns, and refuses every other', async () => {
  await using lake = await connect('memory:')
  const columns = { id: t.int64(), s: t.utf8().nullable(), ['__proto__']: t.decimal(9, 2) }
  const frame = lake.from([{ id: 1n, s: null, ['__proto__']: '1.00' }], columns)
  expect(frame.assertSchema(columns)).toBe(frame)
  const { id, s } = columns
  for (const other of [
    { id, s },
    { s, id, ['__proto__']: t.decimal(9, 2) },
    { id, s: t.utf8(), ['__proto__']: t.decimal(9, 2) },
    { id, s, ['__proto__']: t.decimal(9, 3) },
    { id, s, ['__proto__']: t.decimal(9, 2), more: id },
  ]) {
    expect(() => frame.assertSchema(other)).toThrow('assertSchema: the frame has columns (')
  }
  expect(() => frame.assertSchema({ id: 'int64' as never })).toThrow('such as t.int64()')
})
