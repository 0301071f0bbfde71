import { expect, it } from 'vitest'
import { type RetryPolicy, retrying, type Verdict } from '../../src/io/retry.ts'

const policy: RetryPolicy = { attemptsMax: 5, deadlineMs: 2000, pauseMs: 1, pauseMsMax: 4 }
const failing = (times: number) => {
  const tries: number[] = []
  const work = async (attempt: number) => {
    tries.push(attempt)
    if (tries.length <= times) throw new Error(`failure ${tries.length}`)
    return 'answer'
  }
  return { tries, work }
}
const always = (verdict: Verdict) => ({ policy, verdictOf: () => verdict })

it('tries again until it is answered, and counts the tries', async () => {
  const { tries, work } = failing(4)
  expect(await retrying(work, always('again'))).toBe('answer')
  expect(tries).toEqual([0, 1, 2, 3, 4])
})

it('gives up after so many tries, or at once, with the last error', async () => {
  const many = failing(9)
  await expect(retrying(many.work, always('later'))).rejects.toThrow('failure 5')
  const once = failing(9)
  await expect(retrying(once.work, always('stop'))).rejects.toThrow('failure 1')
  expect(once.tries).toEqual([0])
})

it('begins no try after the deadline', async () => {
  const { tries, work } = failing(1e9)
  const hurried = { ...policy, attemptsMax: 1e9, deadlineMs: 60, pauseMs: 10, pauseMsMax: 10 }
  const begun = performance.now()
  await expect(retrying(work, { policy: hurried, verdictOf: () => 'again' })).rejects.toThrow(
    'failure',
  )
  expect(performance.now() - begun).toBeLessThan(1000)
  expect(tries.length).toBeGreaterThan(1)
})

it('stops when the signal fires, also while it pauses', async () => {
  const abort = new AbortController()
  const slow = { ...policy, pauseMs: 60_000, pauseMsMax: 60_000, deadlineMs: 1e9 }
  const { work } = failing(9)
  setTimeout(() => abort.abort(), 30)
  const trying = retrying(work, { policy: slow, signal: abort.signal, verdictOf: () => 'later' })
  await expect(trying).rejects.toMatchObject({ code: 'ABORTED' })
})
