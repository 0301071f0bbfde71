import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonMembers } from '../../../src/io/import/json-members.ts'
import { runs } from '../../support/random.ts'

test('members are those that JSON.parse finds, however the object is written', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue())
  fc.assert(
    fc.property(object, fc.constantFrom(undefined, 1, '\t', '\r\n  '), (value, space) => {
      const text = JSON.stringify(value, null, space)
      const parsed = [...jsonMembers(text)].map(([name, part]) => [name, JSON.parse(part)])
      expect(new Map(parsed as [string, unknown][])).toEqual(
        new Map(Object.entries(JSON.parse(text))),
      )
    }),
    { numRuns: runs(500) },
  )
})

test('numbers keep their digits, and the last of two members of one name counts', () => {
  const text = ' { "a" : 12345678901234567890.10 , "b":[1,{"c":"}]\\"" }] ,"a":-0.0}'
  expect([...jsonMembers(text)]).toEqual([
    ['a', '-0.0'],
    ['b', '[1,{"c":"}]\\"" }]'],
  ])
  expect(jsonMembers('{ }').size).toBe(0)
})
