import { GraupelError } from '../../error.ts'
import type { ObjectStore } from '../object-store.ts'
import { type ProbeReport, probeStore } from './probe-store.ts'
import { type Bucket, openBucket } from './s3-bucket.ts'
import { parseS3Url, S3_LIMITS, type S3Limits, type S3Options } from './s3-options.ts'
import { S3Store } from './s3-store.ts'

/** Reports of buckets that this process has probed, or is probing. */
const probed = new Map<string, Promise<ProbeReport>>()

/**
 * Opens the store at `s3://bucket/prefix`. Nothing is sent yet; before its first conditional write
 * a bucket is probed once per process, and one that lets two racers win is refused for writing.
 *
 * Throws INVALID for a URL, endpoint or client that cannot be used. The store throws INVALID when
 * bucket, region, keys or rights are wrong, UNAVAILABLE when it does not answer in time.
 */
export async function s3Store(
  url: string,
  options: S3Options = {},
  limits: Partial<S3Limits> = {},
): Promise<ObjectStore> {
  const bucket = await openBucket(parseS3Url(url), options, { ...S3_LIMITS, ...limits })
  const unguarded = unguardedStore(bucket)
  const place = JSON.stringify([bucket.url, bucket.quotedEtags])
  let admitted: Promise<void> | undefined
  return new S3Store(bucket, () => {
    admitted ??= admit(place, unguarded).catch((error: unknown) => {
      admitted = undefined
      throw error
    })
    return admitted
  })
}

/** The store as it is, which is not probed before it is written to. Throws as `s3Store` does. */
export async function unguardedS3Store(url: string, options: S3Options = {}): Promise<ObjectStore> {
  return unguardedStore(await openBucket(parseS3Url(url), options, S3_LIMITS))
}

const unguardedStore = (bucket: Bucket) => new S3Store(bucket, async () => {})

async function admit(place: string, store: ObjectStore): Promise<void> {
  let report = probed.get(place)
  if (report === undefined) {
    report = probeStore(store)
    probed.set(place, report)
    // What a probe that broke off has seen says nothing.
    report.catch(() => probed.delete(place))
  }
  refuseUnsafe(await report)
}

/** Throws INVALID, with the reasons, unless the probed store keeps every law. */
export function refuseUnsafe(report: ProbeReport): void {
  if (report.isSafe) return
  const broken = report.checks.filter(({ holds }) => !holds)
  const reasons = broken.map(({ law, found }) => `${law} (${found})`).join('; ')
  throw new GraupelError(
    'INVALID',
    `"${report.store}" cannot be written to, as commits could be lost: it does not hold that ${reasons}`,
    { store: report.store, broken: broken.map(({ law }) => law) },
  )
}
