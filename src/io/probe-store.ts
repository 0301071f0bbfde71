import type { ObjectStore } from './object-store.ts'
import type { ProbeReport } from './s3/probe-store.ts'
import type { S3Options } from './s3/s3-options.ts'
import { openStore } from './store-url.ts'

/**
 * Tries whether a store keeps what commits rely on: of those who create a key, or swap a cell, at
 * the same time, exactly one wins. About 35 small requests on keys below `_probe/`, which are
 * removed afterwards; `lines` of the report are for people.
 *
 * @param store A URL as for `connect`, or a store of one's own.
 * @param options How a bucket is reached; for `s3:` URLs only.
 * Throws INVALID for a URL, keys or rights that are wrong, UNAVAILABLE when the store does not answer.
 */
export async function probeStore(
  store: string | ObjectStore,
  options: S3Options = {},
): Promise<ProbeReport> {
  const { probeStore: probeOpenStore } = await import('./s3/probe-store.ts')
  if (typeof store !== 'string') return probeOpenStore(store)
  const { unguardedS3Store } = await import('./s3/open-s3-store.ts')
  const isBucket = /^s3:/i.test(store)
  const opened = isBucket ? unguardedS3Store(store, options) : openStore(store, options)
  return probeOpenStore(await opened)
}
