import { randomBytes } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ImportFile, unpackedChunks } from './import-file.ts'

/** A file on a local disk, for formats that are not read from front to back. */
export interface LocalCopy {
  readonly path: string
  /** Removes what was made for it. */
  remove(): Promise<void>
}

/**
 * The file itself where it is on a local disk and not packed, else a temporary copy. Either way `tap` is told of all
 * its chunks, when there is one.
 */
export async function localCopy(
  file: ImportFile,
  tap: ((chunk: Uint8Array) => void) | undefined,
): Promise<LocalCopy> {
  if (file.path !== undefined && file.packed === 'none') {
    if (tap !== undefined) for await (const chunk of file.chunks()) tap(chunk)
    return { path: file.path, remove: async () => {} }
  }
  const path = join(tmpdir(), `graupel-import-${randomBytes(8).toString('hex')}`)
  const remove = () => rm(path, { force: true })
  const handle = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of unpackedChunks(file, tap)) await handle.writeFile(chunk)
    return { path, remove }
  } catch (error) {
    await remove()
    throw error
  } finally {
    await handle.close()
  }
}
