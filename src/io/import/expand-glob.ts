import { readdir, stat } from 'node:fs/promises'
import { parse, sep } from 'node:path'
import { GraupelError } from '../../error.ts'

/**
 * The files that a path with `*` (any run of characters), `?` (one character) or `**` (any
 * folders, also none) names, sorted by their characters. A path that is a file as it stands is
 * taken literally. Names beginning with a dot match only a pattern that does. Throws NOT_FOUND
 * with fact `path` when there is none.
 */
export async function expandGlob(path: string): Promise<string[]> {
  if (await isFile(path)) return [path]
  const found = new Set<string>()
  if (/[*?]/.test(path)) {
    const { root } = parse(path)
    const segments = path.slice(root.length).split(sep === '\\' ? /[/\\]/ : '/')
    await descend(
      root,
      segments.filter((segment) => segment !== ''),
      found,
    )
  }
  if (found.size === 0) {
    const hint = (await isFolder(path)) ? `; it is a folder, say "${path}/*.csv"` : ''
    throw new GraupelError('NOT_FOUND', `no file matches "${path}"${hint}`, { path })
  }
  return [...found].sort((a, b) => (a < b ? -1 : 1))
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

async function descend(folder: string, segments: string[], found: Set<string>): Promise<void> {
  const [segment, ...rest] = segments
  if (segment === undefined) return
  if (segment !== '**' && !/[*?]/.test(segment)) return step(folder, segment, rest, found)
  if (segment === '**' && rest.length > 0) await descend(folder, rest, found)
  for (const entry of await entriesOf(folder)) {
    if (segment === '**') {
      if (entry.name.startsWith('.')) continue
      if (entry.isDirectory()) await descend(under(folder, entry.name), segments, found)
      else if (rest.length === 0) await step(folder, entry.name, rest, found)
    } else if (matches(entry.name, segment)) await step(folder, entry.name, rest, found)
  }
}

async function step(
  folder: string,
  name: string,
  rest: string[],
  found: Set<string>,
): Promise<void> {
  const path = under(folder, name)
  if (rest.length > 0) await descend(path, rest, found)
  else if (await isFile(path)) found.add(path)
}

/** Unlike `path.join` it keeps a leading `./`: files are named as they were asked for. */
function under(folder: string, name: string): string {
  return folder === '' || /[/\\]$/.test(folder) ? folder + name : `${folder}/${name}`
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder === '' ? '.' : folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** Whether `path` is one that a pattern with `*`, `?` and `**` (any folders, also none) names. */
export function matchesPath(path: string, pattern: string): boolean {
  const names = path.split('/')
  const wanted = pattern.split('/')
  const hidden = (name: string) => name.startsWith('.')
  // As with the characters of a name: on a mismatch only the last `**` takes one folder more.
  let [at, p, star, starAt] = [0, 0, -1, 0]
  while (at < names.length) {
    if (wanted[p] === '**') {
      if (p === wanted.length - 1) return !names.slice(at).some(hidden)
      star = p++
      starAt = at
    } else if (p < wanted.length && matches(names[at]!, wanted[p]!)) {
      p++
      at++
    } else if (star >= 0 && !hidden(names[starAt]!)) {
      p = star + 1
      at = ++starAt
    } else return false
  }
  return p === wanted.length
}

/** Linear in the name for each `*`: on a mismatch only the last star takes one character more. */
export function matches(name: string, pattern: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false
  let at = 0
  let p = 0
  let star = -1
  let starAt = 0
  while (at < name.length) {
    if (pattern[p] === '*') {
      star = p++
      starAt = at
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[at])) {
      p++
      at++
    } else if (star >= 0) {
      p = star + 1
      at = ++starAt
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}
