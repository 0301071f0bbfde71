import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Batch } from '../arrow/batch.ts'
import type { Schema } from '../arrow/schema.ts'
import { corrupt, GraupelError, invalid } from '../error.ts'
import { BLOCK_HEAD_BYTES, BlockBuffer, readBlock } from './spill-block.ts'

/** What the names of spill folders begin with: one that is left over belongs to a dead process. */
export const SPILL_PREFIX = 'graupel-spill-'

/** Small blocks are written together. */
const CHUNK_BYTES = 1 << 16

/** Throws INVALID when `folder` is in the folder of the store at `storeUrl`: that holds tables only. */
export function requireOutside(
  folder: string | undefined,
  storeUrl: string,
  option = 'spillFolder',
): void {
  if (folder === undefined || !storeUrl.startsWith('file:')) return
  const way = path.relative(fileURLToPath(storeUrl), path.resolve(folder))
  if (way.split(path.sep)[0] === '..' || path.isAbsolute(way)) return
  throw invalid(`the ${option} "${folder}" is inside the lake; choose one outside`, { folder })
}

/**
 * A private folder for what an operator cannot keep in memory: made when the first file is, open
 * to this user alone, and gone with all files by `remove`.
 */
export class SpillFolder {
  readonly #parent: string
  readonly #blocks = new BlockBuffer()
  readonly #writers = new Set<SpillWriter>()
  #path: string | null = null
  #files = 0

  /** @param parent An existing folder; the system's own for temporary files when undefined. */
  constructor(parent: string | undefined) {
    this.#parent = parent ?? os.tmpdir()
  }

  /** A new file for rows of `of`. Throws UNAVAILABLE when it cannot be made. */
  writer(of: Schema): SpillWriter {
    return attempt(this.#parent, () => {
      // mkdtemp makes a folder that only its owner may enter.
      this.#path ??= fs.mkdtempSync(path.join(this.#parent, `${SPILL_PREFIX}${process.pid}-`))
      const file = path.join(this.#path, `${this.#files++}`)
      const writer = new SpillWriter(of, file, this.#blocks, () => this.#writers.delete(writer))
      this.#writers.add(writer)
      return writer
    })
  }

  /** Closes what is being written, and removes the folder and all that is in it. */
  remove(): void {
    for (const writer of this.#writers) writer.close()
    const folder = this.#path
    this.#path = null
    if (folder !== null) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Appends rows to one file. */
export class SpillWriter {
  readonly #schema: Schema
  readonly #path: string
  readonly #blocks: BlockBuffer
  readonly #onClose: () => void
  readonly #fd: number
  #chunk: Uint8Array | null = null
  #buffered = 0
  #bytes = 0
  #rows = 0
  #isOpen = true

  constructor(of: Schema, file: string, blocks: BlockBuffer, onClose: () => void) {
    this.#schema = of
    this.#path = file
    this.#blocks = blocks
    this.#onClose = onClose
    this.#fd = fs.openSync(file, 'wx', 0o600)
  }

  get rows(): number {
    return this.#rows
  }

  /** Writes `rows` as one block and answers its bytes. Throws UNAVAILABLE, as by a full disk. */
  append(rows: Batch): number {
    const before = this.#bytes
    for (const block of this.#blocks.blocks(rows)) {
      if (this.#buffered + block.length > CHUNK_BYTES) this.#flush()
      if (block.length >= CHUNK_BYTES >> 2) {
        this.#flush()
        this.#write(block)
      } else {
        this.#chunk ??= new Uint8Array(CHUNK_BYTES)
        this.#chunk.set(block, this.#buffered)
        this.#buffered += block.length
      }
      this.#bytes += block.length
    }
    this.#rows += rows.length
    return this.#bytes - before
  }

  /** Ends the file, which can then be read. */
  finish(): SpillFile {
    this.#flush()
    this.close()
    return new SpillFile(this.#schema, this.#path, this.#rows, this.#bytes)
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#chunk = null
    fs.closeSync(this.#fd)
    this.#onClose()
  }

  #flush(): void {
    if (this.#buffered === 0) return
    this.#write(this.#chunk!.subarray(0, this.#buffered))
    this.#buffered = 0
  }

  #write(bytes: Uint8Array): void {
    attempt(this.#path, () => {
      let at = 0
      while (at < bytes.length) at += fs.writeSync(this.#fd, bytes, at, bytes.length - at)
    })
  }
}

/** A finished file of rows. */
export class SpillFile {
  readonly schema: Schema
  readonly rows: number
  readonly bytes: number
  readonly #path: string

  constructor(of: Schema, file: string, rows: number, bytes: number) {
    this.schema = of
    this.rows = rows
    this.bytes = bytes
    this.#path = file
  }

  /** The rows, block by block as they were written. Ending early closes the file. */
  *batches(): Generator<Batch, void, undefined> {
    const fd = attempt(this.#path, () => fs.openSync(this.#path, 'r'))
    try {
      const head = new Int32Array(BLOCK_HEAD_BYTES / 4)
      for (let at = 0; at < this.bytes; at += head[0]!) {
        readExactly(fd, new Uint8Array(head.buffer), at, this.#path)
        const block = new Uint8Array(head[0]!)
        readExactly(fd, block, at, this.#path)
        yield readBlock(this.schema, block)
      }
    } finally {
      fs.closeSync(fd)
    }
  }

  /** Removes the file before its folder is. */
  remove(): void {
    fs.rmSync(this.#path, { force: true })
  }
}

function readExactly(fd: number, target: Uint8Array, position: number, file: string): void {
  let at = 0
  while (at < target.length) {
    const count = attempt(file, () =>
      fs.readSync(fd, target, at, target.length - at, position + at),
    )
    if (count === 0) throw corrupt(`the spill file "${file}" has been cut short`, { file })
    at += count
  }
}

function attempt<T>(file: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof GraupelError) throw error
    const { code = 'an error' } = error as NodeJS.ErrnoException
    const message = `cannot spill to "${file}": ${code}; free space there, choose another spillFolder or raise memoryLimit`
    throw new GraupelError('UNAVAILABLE', message, { file, code }, { cause: error })
  }
}
