import { clip, invalid } from '../error.ts'
import { sha256Hex } from '../io/checksum.ts'

const KEPT = /[A-Za-z0-9_.-]/
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i
const WHOLE_BYTES_MAX = 120
const CUT_BYTES = 96
const NAME_BYTES_MAX = 16_384
const FOLDER = /^(?:[A-Za-z0-9!-]|[A-Za-z0-9!-][A-Za-z0-9_.!-]{0,253}[A-Za-z0-9_!-])$/

/**
 * The folder of a namespace, database, table or column called `name`, on any store and any
 * operating system. Plain names are their own; every other byte becomes `!XX`. A long name is cut
 * and ends with `!h` and 16 digits of its hash.
 *
 * Throws INVALID for a name that is no well-formed text or longer than 16,384 bytes.
 */
export function folderName(name: string): string {
  if (!name.isWellFormed()) {
    throw invalid(`name "${clip(name)}" holds a lone surrogate`, { name: clip(name) })
  }
  if (Buffer.byteLength(name) > NAME_BYTES_MAX) {
    throw invalid(`name "${clip(name)}" is longer than ${NAME_BYTES_MAX} bytes`, {
      name: clip(name),
    })
  }
  if (name === '') return '!e'
  const parts = Array.from(Buffer.from(name), escapeByte)
  const first = name.charAt(0)
  if (first === '_' || first === '.' || DEVICE.test(name)) parts[0] = hex(first.charCodeAt(0))
  if (name.endsWith('.')) parts[parts.length - 1] = '!2E'
  const whole = parts.join('')
  if (whole.length <= WHOLE_BYTES_MAX) return whole
  let cut = ''
  for (const part of parts) {
    if (cut.length + part.length > CUT_BYTES) break
    cut += part
  }
  return `${cut}!h${sha256Hex(Buffer.from(name)).slice(0, 16)}`
}

/**
 * `folderName(name)`, or that with `!-<suffix>` when a folder in `taken` would be the same where
 * case does not count.
 *
 * @param taken Folders in use, in lower case (`foldFolder`).
 * @param suffix Distinct for each name, of digits and lower-case letters: an id.
 */
export function freeFolderName(name: string, taken: ReadonlySet<string>, suffix: string): string {
  const folder = folderName(name)
  return taken.has(foldFolder(folder)) ? `${folder}!-${suffix}` : folder
}

/** What two folders share when a file system that ignores case takes them for one. */
export function foldFolder(folder: string): string {
  return folder.toLowerCase()
}

/** Whether `folder` may stand in stored metadata as the name of one folder. */
export function isFolderName(folder: string): boolean {
  return FOLDER.test(folder) && !DEVICE.test(folder)
}

function escapeByte(byte: number): string {
  const character = String.fromCharCode(byte)
  return KEPT.test(character) ? character : hex(byte)
}

function hex(byte: number): string {
  return `!${byte.toString(16).toUpperCase().padStart(2, '0')}`
}

/** Whether `key` can be a table's folder in a store: three names of folders, so below its root. */
export function isTableFolder(key: string): boolean {
  const parts = key.split('/')
  return parts.length === 3 && parts.every(isFolderName)
}
