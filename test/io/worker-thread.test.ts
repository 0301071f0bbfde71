import { expect, test } from 'vitest'
import { startWorker } from '../../src/io/worker-thread.ts'

test('a worker that cannot be started fails its calls as UNAVAILABLE, now and later', async () => {
  const worker = startWorker(new URL('file:///no/such/module.js'))
  await expect(worker.call({}, () => {})).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await expect(worker.call({}, () => {})).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

test('tasks are worked on although the caller leaves the event loop no turn', async () => {
  const worker = startWorker(new URL('../support/counting-worker.ts', import.meta.url))
  const count = new Int32Array(new SharedArrayBuffer(4))
  await worker.call(count, () => {})
  const calls = [1, 2, 3].map(() => worker.call(count, () => {}))
  for (let seen = 1; seen < 4; seen = Atomics.load(count, 0)) {
    expect(Atomics.wait(count, 0, seen, 20_000)).not.toBe('timed-out')
  }
  await Promise.all(calls)
})
