import fs from 'node:fs/promises'
import path from 'node:path'
import { newTxid, nowMs } from './clock-and-ids.ts'
import { pooled } from './pooled.ts'
import { UNFINISHED_PREFIX } from './store-key.ts'

/** Shares of the bound: that an entry may have, that may be added unseen, and that evicting leaves. */
const ENTRY_SHARE = 1 / 4
const UNSEEN_SHARE = 1 / 16
const LEFT_SHARE = 7 / 8
/** An unfinished file that is older was left by a process that is gone. */
const ABANDONED_MS = 3_600_000
const STATS_AT_ONCE = 16

/** Where a cache keeps its entries, and how much of them. */
export interface CacheFolderOptions {
  /** Folder of a local disk, made when it is missing; processes may share it. */
  readonly folder: string
  /** Bytes that all entries have together, about; the least recently used go first. */
  readonly bytesMax: number
}

/**
 * Entries by name, a file each, in a folder that processes share: written whole or not at all. What
 * is wrong with the folder is as if an entry were not there.
 */
export class CacheFolder {
  readonly #folder: string
  readonly #bytesMax: number
  readonly #suffix: string
  readonly #running = new Set<Promise<void>>()
  /** Bytes added by this process since it last looked at the folder; all, before the first look. */
  #unseen = Number.POSITIVE_INFINITY

  /** @param suffix Ends the names of its files; others in the folder are left alone. */
  constructor({ folder, bytesMax }: CacheFolderOptions, suffix: string) {
    this.#folder = path.resolve(folder)
    this.#bytesMax = bytesMax
    this.#suffix = suffix
  }

  /** Whether an entry of so many bytes is kept at all. */
  takes(bytes: number): boolean {
    return bytes <= this.#bytesMax * ENTRY_SHARE
  }

  /** Whether there is a file for `name`. */
  async has(name: string): Promise<boolean> {
    return fs.access(this.#fileOf(name)).then(
      () => true,
      () => false,
    )
  }

  /** What was kept as `name`, if `isRight` says so of it; what is wrong is removed. */
  async find(
    name: string,
    isRight: (bytes: Uint8Array) => boolean,
  ): Promise<Uint8Array | undefined> {
    const file = this.#fileOf(name)
    try {
      const bytes = await fs.readFile(file)
      if (!isRight(bytes)) {
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

  /** Keeps `bytes` as `name` in the background, 64 hex digits. */
  keep(name: string, bytes: Uint8Array): void {
    if (!this.takes(bytes.length)) return
    const work = this.#write(this.#fileOf(name), bytes)
      .catch(() => {})
      .finally(() => {
        this.#running.delete(work)
      })
    this.#running.add(work)
  }

  /** Answers once all that was begun so far is written. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  #fileOf(name: string): string {
    return path.join(this.#folder, `${name}${this.#suffix}`)
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
    const entries = files.filter(({ name }) => this.#isEntry(name))
    let bytes = entries.reduce((sum, { stat }) => sum + stat.size, 0)
    if (bytes <= this.#bytesMax * (1 - UNSEEN_SHARE)) return
    for (const { file, stat } of entries.sort((a, b) => a.stat.mtimeMs - b.stat.mtimeMs)) {
      if (bytes <= this.#bytesMax * LEFT_SHARE) return
      await fs.rm(file, { force: true })
      bytes -= stat.size
    }
  }

  #isEntry(name: string): boolean {
    const size = name.length - this.#suffix.length
    return name.endsWith(this.#suffix) && /^[0-9a-f]{64}$/.test(name.slice(0, size))
  }
}
