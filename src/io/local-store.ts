import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { GraupelError, invalid, throwIfAborted } from '../error.ts'
import { readNumberedCell, swapNumberedCell } from './local-cell.ts'
import {
  createExclusive,
  errno,
  isMissing,
  openFile,
  readWhole,
  replaceFile,
  safePath,
} from './local-file.ts'
import type {
  ByteSource,
  Cell,
  ObjectStore,
  StoredObject,
  StoreOptions,
  SwapOutcome,
} from './object-store.ts'
import {
  assertCellKey,
  assertKey,
  assertPrefix,
  storeFailure,
  UNFINISHED_PREFIX,
} from './store-key.ts'
import { Turns } from './turns.ts'

/**
 * A store in a folder of a local disk; the folder is made at the first write. Objects are durable
 * (fsync of file and folder) when `create` answers. Processes may share the folder.
 *
 * @param folder Absolute, or relative to the working directory.
 */
export function localStore(folder: string): ObjectStore {
  if (folder === '' || folder.includes('\0')) {
    throw invalid(`"${folder}" is no folder`, { folder })
  }
  return new LocalStore(path.resolve(folder))
}

class LocalStore implements ObjectStore {
  readonly url: string
  readonly #root: string
  readonly #turns = new Turns()

  constructor(root: string) {
    this.#root = root
    this.url = pathToFileURL(root).href
  }

  get(key: string, options?: StoreOptions): Promise<Uint8Array | null> {
    return this.#run('read', key, options, async (file) => (await readWhole(file)) ?? null)
  }

  open(key: string, options?: StoreOptions): Promise<ByteSource | null> {
    return this.#run('open', key, options, async (file) => {
      const opened = openFile(file)
      return opened === undefined ? null : fileSource(opened.fd, opened.stat.size, key)
    })
  }

  create(key: string, body: Uint8Array, options?: StoreOptions): Promise<'created' | 'exists'> {
    return this.#run('create', key, options, (file) => createExclusive(file, body))
  }

  replace(key: string, body: Uint8Array, options?: StoreOptions): Promise<void> {
    return this.#run('replace', key, options, (file) => replaceFile(file, body))
  }

  async readCell(key: string, options?: StoreOptions): Promise<Cell | null> {
    assertCellKey(key)
    await this.#turns.next()
    return this.#run('read', cellFolder(key), options, readNumberedCell)
  }

  async swapCell(
    key: string,
    token: string | null,
    body: Uint8Array,
    options?: StoreOptions,
  ): Promise<SwapOutcome> {
    assertCellKey(key)
    return this.#run('swap', cellFolder(key), options, (file) =>
      swapNumberedCell(file, token, body),
    )
  }

  delete(key: string, options?: StoreOptions): Promise<void> {
    return this.#run('delete', key, options, async (file) => {
      const stat = fs.lstatSync(file, { throwIfNoEntry: false })
      if (stat?.isFile()) fs.rmSync(file, { force: true })
    })
  }

  async *list(prefix: string, options?: StoreOptions): AsyncGenerator<StoredObject> {
    assertPrefix(prefix)
    const folder = prefix === '' ? this.#root : safePath(this.#root, prefix.slice(0, -1))
    yield* walk(folder, prefix, options)
  }

  async *folders(prefix: string, options?: StoreOptions): AsyncGenerator<string> {
    assertPrefix(prefix)
    throwIfAborted(options?.signal)
    const folder = prefix === '' ? this.#root : safePath(this.#root, prefix.slice(0, -1))
    for (const { name, isFolder } of entries(folder, prefix)) if (isFolder) yield name
  }

  async #run<T>(
    operation: string,
    key: string,
    options: StoreOptions | undefined,
    body: (file: string) => Promise<T>,
  ): Promise<T> {
    assertKey(key)
    throwIfAborted(options?.signal)
    try {
      return await body(safePath(this.#root, key))
    } catch (error) {
      throw mediumFailure(operation, key, error)
    }
  }
}

function mediumFailure(operation: string, key: string, error: unknown): GraupelError {
  const code = errno(error)
  if (code === 'ELOOP' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ENAMETOOLONG') {
    return new GraupelError(
      'INVALID',
      `storage cannot ${operation} "${key}": ${code} (a part of it is a link, a file or a folder, or too long)`,
      { operation, key },
      { cause: error },
    )
  }
  return storeFailure(operation, key, error)
}

const cellFolder = (key: string) => key.slice(0, -'.json'.length)

function fileSource(fd: number, byteLength: number, key: string): ByteSource {
  let open = true
  return {
    byteLength,
    read(target, position) {
      try {
        return target.length === 0 ? 0 : fs.readSync(fd, target, 0, target.length, position)
      } catch (error) {
        throw storeFailure('read', key, error)
      }
    },
    close() {
      if (open) fs.closeSync(fd)
      open = false
    },
  }
}

async function* walk(
  folder: string,
  prefix: string,
  options: StoreOptions | undefined,
): AsyncGenerator<StoredObject> {
  throwIfAborted(options?.signal)
  for (const { name, isFolder } of entries(folder, prefix)) {
    if (isFolder) {
      yield* walk(path.join(folder, name), `${prefix}${name}/`, options)
      continue
    }
    const stat = fs.lstatSync(path.join(folder, name), { throwIfNoEntry: false })
    if (stat !== undefined) yield { key: prefix + name, byteLength: stat.size }
  }
}

/** Files and folders in the order that their keys have: a folder's keys go on with `/`. */
function entries(folder: string, prefix: string): { name: string; isFolder: boolean }[] {
  let found: fs.Dirent[]
  try {
    found = fs.readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if (isMissing(error)) return []
    throw storeFailure('list', prefix, error)
  }
  return found
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .filter(({ name }) => !name.startsWith(UNFINISHED_PREFIX))
    .map((entry) => ({
      name: entry.name,
      isFolder: entry.isDirectory(),
      order: Buffer.from(entry.isDirectory() ? `${entry.name}/` : entry.name),
    }))
    .sort((a, b) => Buffer.compare(a.order, b.order))
}
