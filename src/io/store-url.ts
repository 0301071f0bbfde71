import { fileURLToPath } from 'node:url'
import { clip, invalid } from '../error.ts'
import { localStore } from './local-store.ts'
import { memoryStore } from './memory-store.ts'
import type { ObjectStore } from './object-store.ts'

/**
 * Opens the store that a URL names: `memory:` (a new empty one), a path (`./lake`, `/data/lake`)
 * or `file:///data/lake`. Throws INVALID for anything else.
 */
export async function openStore(url: string): Promise<ObjectStore> {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(url)?.[1]?.toLowerCase()
  if (scheme === undefined) return localStore(url)
  if (scheme === 'memory') {
    if (url.length === 'memory:'.length) return memoryStore()
    throw invalid(`"${clip(url)}": "memory:" takes nothing after it`, { url })
  }
  if (scheme === 'file') return localStore(fileFolder(url))
  if (scheme === 's3') {
    throw invalid(`"${clip(url)}": buckets are not supported yet; use a folder or "memory:"`, {
      url,
    })
  }
  throw invalid(`"${clip(url)}" is no store; use a folder, "file:///folder" or "memory:"`, { url })
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
