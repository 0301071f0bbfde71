import { expect, it } from 'vitest'
import { memoryStore } from '../../../src/io/memory-store.ts'
import type { ObjectStore } from '../../../src/io/object-store.ts'
import { refuseUnsafe } from '../../../src/io/s3/open-s3-store.ts'
import { probeStore } from '../../../src/io/s3/probe-store.ts'

const brokenLaws = async (store: ObjectStore) => {
  const report = await probeStore(store)
  expect(report.isSafe).toBe(report.checks.every(({ holds }) => holds))
  return report.checks.filter(({ holds }) => !holds).map(({ law }) => law)
}

it('finds nothing wrong with the reference', async () => {
  expect(await brokenLaws(memoryStore())).toEqual([])
})

it('notices a store that pays no heed to conditions, as many imitations of S3 do', async () => {
  const store = memoryStore()
  store.create = async (key, body) => {
    await store.replace(key, body)
    return 'created'
  }
  const { swapCell } = store
  store.swapCell = async (key, _token, body) => {
    for (;;) {
      const cell = await store.readCell(key)
      const answer = await swapCell.call(store, key, cell?.token ?? null, body)
      if (answer.outcome === 'swapped') return answer
    }
  }
  const laws = await brokenLaws(store)
  expect(laws).toHaveLength(4)
  const report = await probeStore(store)
  expect(() => refuseUnsafe(report)).toThrow(/cannot be written to.*exactly one wins/)
})

it('tells people line by line, as plain data', async () => {
  const store = memoryStore()
  const good = await probeStore(store)
  expect(good.lines.at(-1)).toBe('memory:: safe for many writers')
  expect(good.lines.slice(0, -1)).toHaveLength(good.checks.length)
  expect(good.lines.slice(0, -1).every((line) => line.startsWith('ok '))).toBe(true)
  expect(JSON.parse(JSON.stringify(good))).toEqual(good)
  store.create = async () => 'created'
  const bad = await probeStore(store)
  expect(bad.lines.at(-1)).toBe('memory:: NOT safe for many writers')
  expect(bad.lines.filter((line) => line.startsWith('FAIL'))).toHaveLength(
    bad.checks.filter(({ holds }) => !holds).length,
  )
})

it('notices a store that looks first and writes then', async () => {
  const store = memoryStore()
  store.create = async (key, body) => {
    if ((await store.get(key)) !== null) return 'exists'
    await new Promise((resolve) => setTimeout(resolve, 5))
    await store.replace(key, body)
    return 'created'
  }
  expect(await brokenLaws(store)).toEqual([expect.stringMatching(/create a key at the same time/)])
})
