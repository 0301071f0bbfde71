import { paginateListObjectsV2 } from '@aws-sdk/client-s3'
import { connect, type DataFrame, type Lake, t } from 'graupel'
import {
  type BucketKeys,
  type ClickHouseOptions,
  clickhouse,
  type QueryEngine,
} from '../../src/remote/index.ts'
import { startS3 } from '../support/rgw.ts'
import { makeBucket, type TestBucket } from '../support/s3-bucket.ts'
import { type ClickHouseNode, startClickHouse } from './start-clickhouse.ts'

/** A bucket of a real S3 server, and a ClickHouse of three nodes beside it. */
export interface RemotePlace {
  readonly bucket: TestBucket
  readonly options: ClickHouseOptions
  /** Deals plans to all nodes. */
  readonly engine: QueryEngine
  /** Deals plans to all nodes, and shuffles every join that can be. */
  readonly shuffling: QueryEngine
  /** Runs all by the first node. */
  readonly single: QueryEngine
  readonly nodes: readonly ClickHouseNode[]
  readonly keys: BucketKeys
  /** Keys of what shuffles have left in the bucket. */
  leftovers(): Promise<string[]>
  /** How many queries of an engine run on each node. */
  running(): Promise<number[]>
  stop(): Promise<void>
}

export async function startRemotePlace(): Promise<RemotePlace> {
  const store = await startS3()
  if (typeof store === 'string') throw new Error(store)
  const { nodes, stop } = await startClickHouse(3)
  const bucket = await makeBucket(store)
  const keys = store.credentials ?? keysOfEnvironment()
  const url = nodes.map((node) => node.url)
  const cluster = nodes.map(({ address }) => address)
  const options = { url, cluster, s3Credentials: keys }
  return {
    bucket,
    nodes,
    keys,
    options,
    engine: clickhouse(options),
    shuffling: clickhouse({ ...options, shuffleFromBytes: 1 }),
    single: clickhouse({ url: url[0]!, s3Credentials: keys }),
    running: () =>
      Promise.all(
        nodes.map(async (node) =>
          Number(
            await node.ask(
              "SELECT count() FROM system.processes WHERE query LIKE '%RawBLOB%' AND query NOT LIKE '%system.processes%'",
            ),
          ),
        ),
      ),
    async leftovers() {
      const found: string[] = []
      for await (const { Contents = [] } of paginateListObjectsV2(
        { client: bucket.client },
        { Bucket: bucket.name },
      )) {
        found.push(...Contents.map(({ Key }) => Key!).filter((key) => key.includes('_tmp/')))
      }
      return found
    },
    async stop() {
      await bucket.remove()
      await stop()
      await store.stop()
    },
  }
}

function keysOfEnvironment(): BucketKeys {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } =
    process.env
  return { accessKeyId, secretAccessKey }
}

/** Partitions of the table that `numbersIn` makes, and the rows of each. */
export const PARTITIONS = 6
export const ROWS = 400

/** A lake of its own in the bucket, with numbers from 0 on in partitions of one size, and their texts. */
export async function numbersIn(
  { bucket }: RemotePlace,
  prefix: string,
): Promise<{ lake: Lake; numbers: DataFrame<any> }> {
  const lake = await connect(`s3://${bucket.name}/${prefix}`, bucket.options)
  const db = await lake.database('a/b', { create: true })
  const table = await db.createTable('numbers', { a: t.int64(), b: t.utf8() })
  for (let part = 0; part < PARTITIONS; part++) {
    const rows = Array.from({ length: ROWS }, (_, at) => BigInt(part * ROWS + at))
    await table.insert(rows.map((a) => ({ a, b: `row ${a}` })))
  }
  return { lake, numbers: table as never }
}
