import { expect, test } from 'vitest'
import { startWorker } from '../../src/io/worker-thread.ts'

test('a worker that cannot be started fails its calls as UNAVAILABLE, now and later', async () => {
  const worker = startWorker(new URL('file:///no/such/module.js'))
  await expect(worker.call({}, () => {})).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await expect(worker.call({}, () => {})).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})
