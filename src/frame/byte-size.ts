import { invalid } from '../error.ts'

const UNITS = new Map([
  ['B', 1],
  ['KB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['TB', 1e12],
  ['KIB', 2 ** 10],
  ['MIB', 2 ** 20],
  ['GIB', 2 ** 30],
  ['TIB', 2 ** 40],
])

/**
 * `256MB`, `1.5 GiB` or a number, in bytes. Throws INVALID for anything else; `where` names what
 * was given, as in `connect: memoryLimit`.
 */
export function bytesOf(size: number | string, where: string): number {
  if (typeof size === 'number' && Number.isFinite(size) && size > 0) return Math.floor(size)
  const [, number, unit] = /^(\d{1,15}(?:\.\d{1,6})?)\s?([KMGT]?i?B)$/i.exec(String(size)) ?? []
  const scale = unit === undefined ? undefined : UNITS.get(unit.toUpperCase())
  if (typeof size !== 'string' || scale === undefined || Number(number) <= 0) {
    const hint = 'a number of bytes or text such as "256MB"'
    throw invalid(`${where} has to be ${hint}, got ${JSON.stringify(size)}`, {
      [where.slice(where.indexOf(': ') + 2)]: size,
    })
  }
  return Math.floor(Number(number) * scale)
}
