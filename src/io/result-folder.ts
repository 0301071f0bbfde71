import { deserialize, serialize } from 'node:v8'
import { CacheFolder, type CacheFolderOptions } from './cache-folder.ts'
import { crc32, sha256Hex } from './checksum.ts'

/** Raised with every change of what is stored or of what keys say, so that no other version reads it. */
const EDITION = 1
const CRC_BYTES = 4

/**
 * Plain values by key, in a folder that processes share: what a CRC-32 proves to be whole. The
 * folder has to be one's own: whoever can write there can make answers up.
 */
export class ResultFolder {
  readonly #files: CacheFolder

  constructor(options: CacheFolderOptions) {
    this.#files = new CacheFolder(options, '.result')
  }

  has(key: string): Promise<boolean> {
    return this.#files.has(nameOf(key))
  }

  async find(key: string): Promise<unknown> {
    const bytes = await this.#files.find(nameOf(key), isWhole)
    return bytes === undefined ? undefined : deserialize(bytes.subarray(CRC_BYTES))
  }

  /** Keeps `value`, of objects, arrays, typed arrays and bigints, in the background. */
  keep(key: string, value: unknown): void {
    const body = serialize(value)
    const head = Buffer.alloc(CRC_BYTES)
    head.writeUInt32LE(crc32(body))
    this.#files.keep(nameOf(key), Buffer.concat([head, body]))
  }

  settled(): Promise<void> {
    return this.#files.settled()
  }
}

function isWhole(bytes: Uint8Array): boolean {
  if (bytes.length <= CRC_BYTES) return false
  const crc = Buffer.from(bytes.buffer, bytes.byteOffset, CRC_BYTES).readUInt32LE()
  return crc32(bytes.subarray(CRC_BYTES)) === crc
}

function nameOf(key: string): string {
  return sha256Hex(Buffer.from(`${EDITION} ${key}`))
}
