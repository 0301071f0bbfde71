import { type BucketKeys, clickhouse, type QueryEngine } from '../../src/remote/index.ts'
import { startS3 } from '../support/rgw.ts'
import { makeBucket, type TestBucket } from '../support/s3-bucket.ts'
import { startClickHouse } from './start-clickhouse.ts'

/** A bucket of a real S3 server, and ClickHouse beside it. */
export interface RemotePlace {
  readonly bucket: TestBucket
  readonly engine: QueryEngine
  /** Of ClickHouse. */
  readonly url: string
  /** How many queries run there that read files. */
  running(): Promise<number>
  stop(): Promise<void>
}

export async function startRemotePlace(): Promise<RemotePlace> {
  const store = await startS3()
  if (typeof store === 'string') throw new Error(store)
  const server = await startClickHouse()
  const bucket = await makeBucket(store)
  const s3Credentials = store.credentials ?? keysOfEnvironment()
  return {
    bucket,
    url: server.url,
    async running() {
      const sql =
        "SELECT count() FROM system.processes WHERE query LIKE '%RawBLOB%' AND query NOT LIKE '%system.processes%'"
      const answer = await fetch(server.url, { method: 'POST', body: sql })
      return Number(await answer.text())
    },
    engine: clickhouse({ url: server.url, s3Credentials }),
    async stop() {
      await bucket.remove()
      await server.stop()
      await store.stop()
    },
  }
}

function keysOfEnvironment(): BucketKeys {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } =
    process.env
  return { accessKeyId, secretAccessKey }
}
