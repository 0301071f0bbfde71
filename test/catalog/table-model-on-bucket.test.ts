import { afterAll, expect, it } from 'vitest'
import { s3Store } from '../../src/io/s3/open-s3-store.ts'
import { runs } from '../support/random.ts'
import { noteUntested, startS3 } from '../support/rgw.ts'
import { makeBucket } from '../support/s3-bucket.ts'
import { equalsItsModel } from './table-model.ts'

const server = await startS3()
if (typeof server === 'string') {
  noteUntested(server)
  it('may go without a server only where CI is not set', () => {
    expect(process.env['CI'], server).toBeUndefined()
  })
} else {
  const bucket = await makeBucket(server)
  afterAll(async () => {
    await bucket.remove()
    await server.stop()
  }, 60_000)

  it('a table in a bucket is equal to its model after every step', async () => {
    let folders = 0
    const run = equalsItsModel(async () => {
      const url = `s3://${bucket.name}/model ${folders++}`
      return { store: await s3Store(url, bucket.options), close: async () => {} }
    })
    await run(runs(6))
  }, 300_000)
}
