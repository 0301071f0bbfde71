import { invalid } from '../error.ts'
import { QueryCache } from '../exec/query-cache.ts'
import { bytesOf } from './byte-size.ts'
import type { CacheOptions } from './lake.ts'

const RESULT_BYTES = 64 * 2 ** 20

/** The cache that `connect` was asked for; null for none. Throws INVALID for what cannot be one. */
export function cacheOf(asked: boolean | CacheOptions | undefined): QueryCache | null {
  if (asked === false) return null
  if (asked !== undefined && asked !== true && (typeof asked !== 'object' || asked === null)) {
    const hint = 'true, false or { resultBytes, columnBytes }'
    throw invalid(`connect: cache has to be ${hint}, got ${asked}`, { cache: asked })
  }
  const told: CacheOptions = typeof asked === 'object' ? asked : {}
  for (const name of Object.keys(told)) {
    if (name === 'resultBytes' || name === 'columnBytes') continue
    throw invalid(`connect: unknown option "cache.${name}"; options: resultBytes, columnBytes`, {
      option: name,
    })
  }
  const { resultBytes = RESULT_BYTES, columnBytes = 0 } = told
  const limits = {
    resultBytes: orOff(resultBytes, 'cache.resultBytes'),
    columnBytes: orOff(columnBytes, 'cache.columnBytes'),
  }
  return limits.resultBytes + limits.columnBytes === 0 ? null : new QueryCache(limits)
}

const orOff = (size: number | string, option: string): number =>
  size === 0 ? 0 : bytesOf(size, `connect: ${option}`)
