import { fileURLToPath } from 'node:url'
import { clip, invalid } from '../error.ts'
import { localStore } from './local-store.ts'
import { memoryStore } from './memory-store.ts'
import type { ObjectStore } from './object-store.ts'
import type { S3Options } from './s3/s3-options.ts'

/**
 * Opens the store that a URL names: `memory:` (a new empty one), a path (`./lake`, `/data/lake`),
 * `file:///data/lake` or `s3://bucket/prefix`. Throws INVALID for anything else.
 *
 * @param options How a bucket is reached; only for `s3:`.
 */
export async function openStore(url: string, options: S3Options = {}): Promise<ObjectStore> {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(url)?.[1]?.toLowerCase()
  const [stray] = Object.entries(options).find(([, value]) => value !== undefined) ?? []
  if (stray !== undefined && scheme !== 's3') {
    throw invalid(`"${clip(url)}": the option "${stray}" is for "s3:" URLs only`, { option: stray })
  }
  if (scheme === undefined) return localStore(url)
  if (scheme === 'memory') {
    if (url.length === 'memory:'.length) return memoryStore()
    throw invalid(`"${clip(url)}": "memory:" takes nothing after it`, { url })
  }
  if (scheme === 'file') return localStore(fileFolder(url))
  if (scheme === 's3') return (await import('./s3/open-s3-store.ts')).s3Store(url, options)
  throw invalid(`"${clip(url)}" is no store; use a folder, "s3://bucket" or "memory:"`, { url })
}

function fileFolder(url: string): string {
  try {
    return fileURLToPath(url)
  } catch (cause) {
    throw invalid(`"${clip(url)}" is no URL of a local folder: use "file:///folder"`, {
      url,
      cause: String(cause),
    })
  }
}
