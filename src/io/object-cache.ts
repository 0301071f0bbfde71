import fs from 'node:fs/promises'
import path from 'node:path'
import { crc32, sha256Hex } from './checksum.ts'
import { newTxid, nowMs } from './clock-and-ids.ts'
import type { ObjectContent } from './object-store.ts'
import { pooled } from './pooled.ts'
import { UNFINISHED_PREFIX } from './store-key.ts'

const ENTRY = /^[0-9a-f]{64}\.object$/
/** Shares of the bound: that an entry may have, that may be added unseen, and that evicting leaves. */
const ENTRY_SHARE = 1 / 4
const UNSEEN_SHARE = 1 / 16
const LEFT_SHARE = 7 / 8
/** An unfinished file that is older was left by a process that is gone. */
const ABANDONED_MS = 3_600_000
const STATS_AT_ONCE = 16

/** Where copies of objects are kept, and how much of them. */
export interface ObjectCacheOptions {
  /** Folder of a local disk, made when it is missing; processes may share it. */
  readonly folder: string
  /** Bytes that all copies have together, about; the least recently used go first. */
  readonly bytesMax: number
}

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
  readonly #folder: string
  readonly #bytesMax: number
  readonly #running = new Set<Promise<void>>()
  /** Bytes added by this process since it last looked at the folder; all, before the first look. */
  #unseen = Number.POSITIVE_INFINITY

  constructor({ folder, bytesMax }: ObjectCacheOptions) {
    this.#folder = path.resolve(folder)
    this.#bytesMax = bytesMax
  }

  /** Whether a copy of so many bytes is kept at all. */
  takes(bytes: number): boolean {
    return bytes <= this.#bytesMax * ENTRY_SHARE
  }

  /** The object's bytes, when there is a whole copy of them. */
  async find(identity: ObjectIdentity): Promise<Uint8Array | undefined> {
    const file = this.#fileOf(identity)
    try {
      const bytes = await fs.readFile(file)
      if (!isRight(bytes, identity)) {
        await fs.rm(file, { force: true })
        return undefined
      }
      const now = nowMs() / 1000
      await fs.utimes(file, now, now).catch(() => {})
      return bytes
    } catch {
      return undefined
    }
  }

  /** Keeps a copy in the background, if `bytes` are what the object holds. */
  keep(identity: ObjectIdentity, bytes: Uint8Array): void {
    if (!this.takes(bytes.length) || !isRight(bytes, identity)) return
    const work = this.#write(this.#fileOf(identity), bytes)
      .catch(() => {})
      .finally(() => {
        this.#running.delete(work)
      })
    this.#running.add(work)
  }

  /** Answers once all copies begun so far are written. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  #fileOf({ store, key, bytes, crc32: crc }: ObjectIdentity): string {
    const name = sha256Hex(Buffer.from(JSON.stringify([store, key, bytes, crc])))
    return path.join(this.#folder, `${name}.object`)
  }

  async #write(file: string, bytes: Uint8Array): Promise<void> {
    await fs.mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const temporary = path.join(this.#folder, `${UNFINISHED_PREFIX}${newTxid()}`)
    try {
      await fs.writeFile(temporary, bytes, { flag: 'wx', mode: 0o600 })
      await fs.rename(temporary, file)
    } catch (error) {
      await fs.rm(temporary, { force: true })
      throw error
    }
    this.#unseen += bytes.length
    if (this.#unseen < this.#bytesMax * UNSEEN_SHARE) return
    this.#unseen = 0
    await this.#evict()
  }

  /** Removes what was least recently used until the rest fits; others may do the same meanwhile. */
  async #evict(): Promise<void> {
    const names = await fs.readdir(this.#folder)
    const found = await pooled(names, STATS_AT_ONCE, async (name) => {
      const file = path.join(this.#folder, name)
      const stat = await fs.lstat(file).catch(() => undefined)
      return stat?.isFile() === true ? [{ name, file, stat }] : []
    })
    const files = found.flat()
    for (const { name, file, stat } of files) {
      const isAbandoned =
        name.startsWith(UNFINISHED_PREFIX) && stat.mtimeMs < nowMs() - ABANDONED_MS
      if (isAbandoned) await fs.rm(file, { force: true })
    }
    const entries = files.filter(({ name }) => ENTRY.test(name))
    let bytes = entries.reduce((sum, { stat }) => sum + stat.size, 0)
    if (bytes <= this.#bytesMax * (1 - UNSEEN_SHARE)) return
    for (const { file, stat } of entries.sort((a, b) => a.stat.mtimeMs - b.stat.mtimeMs)) {
      if (bytes <= this.#bytesMax * LEFT_SHARE) return
      await fs.rm(file, { force: true })
      bytes -= stat.size
    }
  }
}

function isRight(found: Uint8Array, { bytes, crc32: crc }: ObjectContent): boolean {
  return found.length === bytes && crc32(found) === crc
}
