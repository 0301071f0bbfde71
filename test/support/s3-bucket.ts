import { randomBytes } from 'node:crypto'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import type { S3Options } from '../../src/io/s3/s3-options.ts'
import type { S3Server } from './rgw.ts'

/** A bucket of its own on a test server, and how stores reach it. */
export interface TestBucket {
  readonly name: string
  readonly options: S3Options
  readonly client: S3Client
  remove(): Promise<void>
}

export async function makeBucket(server: S3Server): Promise<TestBucket> {
  const { endpoint, credentials } = server
  const name = `graupel-test-${randomBytes(6).toString('hex')}`
  const region = process.env.AWS_REGION ?? 'us-east-1'
  const options = { endpoint, region, ...(credentials === undefined ? {} : { credentials }) }
  const client = new S3Client({ ...options, forcePathStyle: true, maxAttempts: 1 })
  await client.send(new CreateBucketCommand({ Bucket: name }))
  const remove = async () => {
    for (;;) {
      const page = await client.send(new ListObjectsV2Command({ Bucket: name }))
      const keys = (page.Contents ?? []).map(({ Key }) => Key!)
      if (keys.length === 0) break
      for (let at = 0; at < keys.length; at += 16) {
        const commands = keys
          .slice(at, at + 16)
          .map((Key) => new DeleteObjectCommand({ Bucket: name, Key }))
        await Promise.all(commands.map((command) => client.send(command)))
      }
    }
    await client.send(new DeleteBucketCommand({ Bucket: name }))
    client.destroy()
  }
  return { name, options, client, remove }
}
