import { invalid } from '../error.ts'
import type { QueryCache } from '../exec/query-cache.ts'
import type { ResultFolder } from '../io/result-folder.ts'
import { bytesOf } from './byte-size.ts'
import type { CacheOptions } from './lake.ts'

const RESULT_BYTES = 64 * 2 ** 20

const FOLDER_BYTES = 2 ** 30
const NAMES = ['resultBytes', 'columnBytes', 'folder', 'folderBytes']

/** The cache that `connect` was asked for; null for none. Throws INVALID for what cannot be one. */
export async function cacheOf(
  asked: boolean | CacheOptions | undefined,
): Promise<QueryCache | null> {
  if (asked === false) return null
  if (asked !== undefined && asked !== true && (typeof asked !== 'object' || asked === null)) {
    const hint = `true, false or { ${NAMES.join(', ')} }`
    throw invalid(`connect: cache has to be ${hint}, got ${asked}`, { cache: asked })
  }
  const told: CacheOptions = typeof asked === 'object' ? asked : {}
  for (const name of Object.keys(told)) {
    if (NAMES.includes(name)) continue
    throw invalid(`connect: unknown option "cache.${name}"; options: ${NAMES.join(', ')}`, {
      option: name,
    })
  }
  const { resultBytes = RESULT_BYTES, columnBytes = 0 } = told
  const limits = {
    resultBytes: orOff(resultBytes, 'cache.resultBytes'),
    columnBytes: orOff(columnBytes, 'cache.columnBytes'),
  }
  const folder = await folderOf(told, limits.resultBytes)
  if (limits.resultBytes + limits.columnBytes === 0) return null
  const { QueryCache } = await import('../exec/query-cache.ts')
  return new QueryCache({ ...limits, folder })
}

async function folderOf(
  { folder, folderBytes }: CacheOptions,
  resultBytes: number,
): Promise<ResultFolder | null> {
  if (folder === undefined) {
    if (folderBytes === undefined) return null
    throw invalid('connect: cache.folderBytes needs cache.folder', { folderBytes })
  }
  if (typeof folder !== 'string' || folder === '' || folder.includes('\0')) {
    throw invalid('connect: cache.folder has to be the path of a folder', { folder })
  }
  if (resultBytes === 0) throw invalid('connect: cache.folder needs cache.resultBytes', { folder })
  const { ResultFolder } = await import('../io/result-folder.ts')
  const bytesMax = bytesOf(folderBytes ?? FOLDER_BYTES, 'connect: cache.folderBytes')
  return new ResultFolder({ folder, bytesMax })
}

const orOff = (size: number | string, option: string): number =>
  size === 0 ? 0 : bytesOf(size, `connect: ${option}`)
