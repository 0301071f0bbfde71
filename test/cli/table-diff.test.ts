import { expect, test } from 'vitest'
import { int32, int64, utf8 } from '../../src/arrow/data-type.ts'
import { columnChanges, columnChangeText } from '../../src/cli/table-diff.ts'

const id = { id: 1, name: 'id', type: int64, nullable: false, folder: 'id' }
const city = { id: 2, name: 'city', type: utf8, nullable: false, folder: 'city' }

const texts = (...of: Parameters<typeof columnChanges>) =>
  columnChanges(...of).map(columnChangeText)

test('columns are told apart by their ids: a new name is no new column', () => {
  expect(texts([id, city], [id, city])).toEqual([])
  expect(texts([id, city], [id, { ...city, name: 'town', nullable: true }])).toEqual([
    '~ city utf8 → town utf8?',
  ])
  expect(texts([id, city], [{ ...id, type: int32 }])).toEqual([
    '~ id int64 → id int32',
    '- city utf8',
  ])
  expect(texts([id], [id, { ...id, id: 3 }])).toEqual(['+ id int64'])
})
