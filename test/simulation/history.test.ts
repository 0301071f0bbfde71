import { describe, expect, it } from 'vitest'
import { type Event, halfProblems, historyProblems } from './history.ts'

const write = (rows: number[], began: number, version: number | undefined): Event => ({
  ...({ kind: 'write', actor: 'w', mode: 'append', rows, began, ended: began + 1 } as const),
  outcome: version === undefined ? 'failed' : 'acknowledged',
  version,
})
const read = (rows: number[], began: number): Event => {
  return { kind: 'read', actor: 'r', rows, began, ended: began + 1 }
}

describe('the history checker', () => {
  const versions = [[], [1], [1, 2]]

  it('accepts writes in order and a reader who sees each version', () => {
    const events = [read([], 0), write([1], 1, 1), read([1], 3), write([2], 5, 2), read([1, 2], 7)]
    expect(historyProblems(events, versions)).toEqual([])
  })

  it.each([
    ['a lost write', [write([1], 1, 1), write([2], 3, 2), write([3], 5, 3)], /lost/],
    ['a failed write that is there', [write([1], 1, 1), write([2], 3, undefined)], /failed/],
    ['a wrong version', [write([1], 1, 2), write([2], 3, 2)], /told version/],
    ['a read of no version', [write([1], 1, 1), write([2], 3, 2), read([2], 9)], /no version/],
    ['a stale read', [write([1], 1, 1), write([2], 3, 2), read([1], 9)], /began after the end/],
    ['an order against time', [write([2], 1, 2), write([1], 5, 1)], /began after the end/],
    ['a read of the future', [read([1], 0), write([1], 3, 1), write([2], 5, 2)], /began after it/],
  ])('refuses %s', (_, events, problem) => {
    expect(historyProblems(events, versions).join('\n')).toMatch(problem)
  })
})

describe('the checker of halves', () => {
  const read = (orders: number[], lines: number[], first: 'orders' | 'lines' | null = null) =>
    halfProblems([{ actor: 'r', orders, lines, first }], 1000)

  it('accepts rows of both tables, those of other writers, and what came between two reads', () => {
    expect(read([1, 2, 1000], [1, 2])).toEqual([])
    expect(read([1], [1, 2], 'orders')).toEqual([])
    expect(read([1, 2], [1], 'lines')).toEqual([])
  })

  it('refuses what one table has and the other has not', () => {
    expect(read([1, 2], [1]).join()).toMatch(/half of the transaction of 2/)
    expect(read([1, 2], [1], 'orders').join()).toMatch(/half/)
    expect(read([1], [1, 2]).join()).toMatch(/half/)
  })
})
