import fs from 'node:fs'
import path from 'node:path'
import { clip, invalid } from '../error.ts'
import { newTxid } from './clock-and-ids.ts'
import { UNFINISHED_PREFIX } from './store-key.ts'

// Importing `node:util` would load what is behind each of its names.
const { promisify } = process.getBuiltinModule('node:util')
const fsync = promisify(fs.fsync)
const write = promisify(fs.write) as (
  fd: number,
  body: Uint8Array,
  offset: number,
  length: number,
) => Promise<{ bytesWritten: number }>

const NO_FOLLOW = fs.constants.O_NOFOLLOW ?? 0
const SYNC_WRITE_BYTES_MAX = 1 << 20

/** The code of a failed system call, e.g. `ENOENT`; '' for anything else. */
export function errno(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? '')
}

/**
 * The path of `key`, which has been checked, below `root`. Throws INVALID when a component on the way
 * is a symbolic link: a store never leaves its root.
 */
export function safePath(root: string, key: string): string {
  // Both are normal, and to make sure of it again would take longer than all else here.
  let at = root.endsWith(path.sep) ? root.slice(0, -path.sep.length) : root
  for (const segment of key.split('/')) {
    at = `${at}${path.sep}${segment}`
    const stat = fs.lstatSync(at, { throwIfNoEntry: false })
    if (stat === undefined) return path.join(root, key)
    if (stat.isSymbolicLink()) {
      throw invalid(
        `"${clip(key)}": "${segment}" is a symbolic link, which a store never follows`,
        {
          key,
          segment,
        },
      )
    }
  }
  return at
}

/** Opens a regular file for reading; undefined when there is none (or a folder). */
export function openFile(file: string): { fd: number; stat: fs.Stats } | undefined {
  let fd: number
  try {
    fd = fs.openSync(file, fs.constants.O_RDONLY | NO_FOLLOW)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  const stat = fs.fstatSync(fd)
  if (stat.isFile()) return { fd, stat }
  fs.closeSync(fd)
  return undefined
}

export function isMissing(error: unknown): boolean {
  const code = errno(error)
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/** The whole file, or undefined when there is none. */
export async function readWhole(file: string): Promise<Uint8Array | undefined> {
  const opened = openFile(file)
  if (opened === undefined) return undefined
  try {
    const body = new Uint8Array(opened.stat.size)
    let at = 0
    while (at < body.length) {
      const count = fs.readSync(opened.fd, body, at, Math.min(body.length - at, 1 << 24), at)
      if (count === 0) return body.subarray(0, at)
      at += count
    }
    return body
  } finally {
    fs.closeSync(opened.fd)
  }
}

/**
 * Creates `file` with `body`, visible whole or not at all and durable once this answers: a
 * temporary file beside it, fsync, an exclusive hard link, fsync of the folder.
 */
export async function createExclusive(
  file: string,
  body: Uint8Array,
): Promise<'created' | 'exists'> {
  if (fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined) return 'exists'
  const temporary = await writeTemporary(file, body, { durable: true })
  try {
    fs.linkSync(temporary, file)
  } catch (error) {
    if (errno(error) === 'EEXIST') return 'exists'
    throw error
  } finally {
    fs.unlinkSync(temporary)
  }
  await syncFolder(path.dirname(file))
  return 'created'
}

/** Writes `file` over whatever is there, by renaming: readers see the old or the new content. */
export async function replaceFile(file: string, body: Uint8Array): Promise<void> {
  const temporary = await writeTemporary(file, body, { durable: false })
  try {
    fs.renameSync(temporary, file)
  } catch (error) {
    fs.rmSync(temporary, { force: true })
    throw error
  }
}

async function writeTemporary(
  file: string,
  body: Uint8Array,
  { durable }: { durable: boolean },
): Promise<string> {
  const temporary = path.join(path.dirname(file), `${UNFINISHED_PREFIX}${newTxid()}`)
  const fd = await openNew(temporary)
  try {
    let at = 0
    while (at < body.length) {
      const rest = body.length - at
      if (rest <= SYNC_WRITE_BYTES_MAX) at += fs.writeSync(fd, body, at, rest)
      else at += (await write(fd, body, at, Math.min(rest, 1 << 24))).bytesWritten
    }
    if (durable) await fsync(fd)
  } catch (error) {
    fs.rmSync(temporary, { force: true })
    throw error
  } finally {
    fs.closeSync(fd)
  }
  return temporary
}

async function openNew(file: string): Promise<number> {
  try {
    return fs.openSync(file, 'wx')
  } catch (error) {
    if (errno(error) !== 'ENOENT') throw error
  }
  await makeFolder(path.dirname(file))
  return fs.openSync(file, 'wx')
}

/** Makes `folder` and those above it, each durable in its parent. */
async function makeFolder(folder: string): Promise<void> {
  const first = fs.mkdirSync(folder, { recursive: true })
  if (first === undefined) return
  for (let at = folder; ; at = path.dirname(at)) {
    await syncFolder(path.dirname(at))
    if (at === first) return
  }
}

/** Makes the names in `folder` durable, where the system can (Windows cannot, and need not). */
async function syncFolder(folder: string): Promise<void> {
  let fd: number
  try {
    fd = fs.openSync(folder, fs.constants.O_RDONLY)
  } catch (error) {
    if (process.platform === 'win32') return
    throw error
  }
  try {
    await fsync(fd)
  } catch (error) {
    if (errno(error) !== 'EPERM' && errno(error) !== 'EINVAL') throw error
  } finally {
    fs.closeSync(fd)
  }
}
