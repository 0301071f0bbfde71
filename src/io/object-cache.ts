import { CacheFolder, type CacheFolderOptions } from './cache-folder.ts'
import { crc32, sha256Hex } from './checksum.ts'
import type { ObjectContent } from './object-store.ts'

/** An object that never changes: where it is, and what it holds. */
export interface ObjectIdentity extends ObjectContent {
  readonly store: string
  readonly key: string
}

/**
 * Copies of immutable objects in a folder. A copy is handed out only when its length and CRC-32
 * are the object's; whatever is wrong with the folder costs a fetch and never an answer.
 */
export class ObjectCache {
  readonly #files: CacheFolder

  constructor(options: CacheFolderOptions) {
    this.#files = new CacheFolder(options, '.object')
  }

  /** Whether a copy of so many bytes is kept at all. */
  takes(bytes: number): boolean {
    return this.#files.takes(bytes)
  }

  /** The object's bytes, when there is a whole copy of them. */
  find(identity: ObjectIdentity): Promise<Uint8Array | undefined> {
    return this.#files.find(nameOf(identity), (bytes) => isRight(bytes, identity))
  }

  /** Keeps a copy in the background, if `bytes` are what the object holds. */
  keep(identity: ObjectIdentity, bytes: Uint8Array): void {
    if (isRight(bytes, identity)) this.#files.keep(nameOf(identity), bytes)
  }

  /** Answers once all copies begun so far are written. */
  settled(): Promise<void> {
    return this.#files.settled()
  }
}

function nameOf({ store, key, bytes, crc32: crc }: ObjectIdentity): string {
  return sha256Hex(Buffer.from(JSON.stringify([store, key, bytes, crc])))
}

function isRight(found: Uint8Array, { bytes, crc32: crc }: ObjectContent): boolean {
  return found.length === bytes && crc32(found) === crc
}
