import { expect, it } from 'vitest'
import { memoryStore } from '../../src/io/memory-store.ts'
import { requestScheduler } from '../../src/testing/request-scheduler.ts'
import { objectStoreConformance } from '../conformance/object-store.ts'

objectStoreConformance('a scheduled store outside of a run', async () => {
  const store = requestScheduler(1).store(memoryStore(), 'a')
  return { store, again: () => store, close: async () => {} }
})

/** Who of three swaps an empty cell first, and in which order the requests went. */
async function firstOf(seed: number) {
  const bare = memoryStore()
  const scheduler = requestScheduler(seed)
  const ends = await scheduler.run(
    ['a', 'b', 'c'].map((name) => async () => {
      const store = scheduler.store(bare, name)
      await store.get('nothing')
      return store.swapCell('c.json', null, Buffer.from(name))
    }),
  )
  const outcomes = ends.map((end) => (end.status === 'fulfilled' ? end.value.outcome : end.reason))
  const winner = Buffer.from((await bare.readCell('c.json'))!.body).toString()
  return { winner, outcomes, trace: scheduler.trace }
}

it('lets each of three racers win under some seed, and the same one under the same', async () => {
  const winners = new Set<string>()
  const orders = new Set<string>()
  for (let seed = 0; seed < 40; seed++) {
    const found = await firstOf(seed)
    expect(found.outcomes.filter((outcome) => outcome === 'swapped')).toHaveLength(1)
    expect(found.trace).toHaveLength(12)
    expect(await firstOf(seed)).toEqual(found)
    winners.add(found.winner)
    orders.add(found.trace.join())
  }
  expect([...winners].sort()).toEqual(['a', 'b', 'c'])
  expect(orders.size).toBeGreaterThan(35)
})

it('tells how each actor ended', async () => {
  const ends = await requestScheduler(1).run([
    async () => 1,
    async () => {
      throw new Error('no')
    },
  ])
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
})
