import { invalid } from '../../error.ts'
import { crc32 } from '../../io/checksum.ts'
import { hexDigest } from '../../io/digest.ts'
import { compilePattern } from '../../io/pattern.ts'
import type { ScalarFunction } from './argument.ts'
import { jointValidity } from './argument.ts'
import { NUMBER_TEXT_FUNCTIONS } from './number-text.ts'
import { type RowResult, rowFunction, rowReader, vectorOfResults } from './row-function.ts'
import { DISTANCE_FUNCTIONS } from './text-distance.ts'
import { chunk, split } from './text-pieces.ts'

const TEXT_MAX = 1 << 24
const encoder = new TextEncoder()

const bytesOf = (value: string | Uint8Array): Uint8Array =>
  typeof value === 'string' ? encoder.encode(value) : value

function sized(name: string, characters: number): void {
  if (characters <= TEXT_MAX) return
  throw invalid(`${name}: a text of ${characters} characters; at most ${TEXT_MAX} are made`, {
    characters,
  })
}

/** Each word's first letter in upper case, the rest in lower case. */
function titleCase(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\p{L}\p{N}]+/gu, ([first = '', ...rest]) => first.toUpperCase() + rest.join(''))
}

function repeat(text: string, count: number): string {
  sized('repeat', text.length * Math.max(0, count))
  return text.repeat(Math.max(0, count))
}

/** `text` made `size` characters long: cut, or with `fill` over and over at one side. */
function pad(side: 'start' | 'end') {
  return (text: string, size: number, fill = ' '): string => {
    const characters = [...text]
    if (characters.length >= size) return characters.slice(0, Math.max(0, size)).join('')
    if (fill === '') throw invalid('a text cannot be padded with an empty one', { size })
    sized('pad', size)
    const filling = [...fill]
    const missing = Array.from(
      { length: size - characters.length },
      (_, at) => filling[at % filling.length],
    ).join('')
    return side === 'start' ? missing + text : text + missing
  }
}

/** The first `count` characters; all but the last `-count` for a negative one. */
const left = (text: string, count: number): string => [...text].slice(0, count).join('')

/** The last `count` characters; all but the first `-count` for a negative one. */
function right(text: string, count: number): string {
  const characters = [...text]
  return characters.slice(count < 0 ? -count : Math.max(0, characters.length - count)).join('')
}

/** Position of `part` in characters, from 0; -1 where it is not. */
function indexOf(text: string, part: string): number {
  const at = text.indexOf(part)
  return at < 0 ? -1 : [...text.slice(0, at)].length
}

const countMatches = (text: string, part: string): number =>
  part === '' ? 0 : text.split(part).length - 1

/** The part at `index`, from 0 or from the end; empty where there is none. */
function splitPart(text: string, separator: string, index: number): string {
  const parts = separator === '' ? [text] : text.split(separator)
  return parts.at(index) ?? ''
}

/** Each character of `from` replaced by the one of `to` at its place, or left out. */
function translate(text: string, from: string, to: string): string {
  const others = [...to]
  const map = new Map<string, string>()
  for (const [at, character] of [...from].entries()) {
    if (!map.has(character)) map.set(character, others[at] ?? '')
  }
  return Array.from(text, (character) => map.get(character) ?? character).join('')
}

function trimCharacters(text: string, characters: string): string {
  const set = new Set(characters)
  const all = [...text]
  let start = 0
  let end = all.length
  while (start < end && set.has(all[start]!)) start++
  while (start < end && set.has(all[end - 1]!)) end--
  return all.slice(start, end).join('')
}

function fromCodePoint(code: number): string {
  if (code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)) {
    return String.fromCodePoint(code)
  }
  throw invalid(`fromCodePoint: ${code} is no character's code point`, { code })
}

/**
 * Levenshtein distance in characters: the least number of insertions, deletions and replacements.
 * Source: R. Wagner, M. Fischer, "The String-to-String Correction Problem", 1974.
 */
function editDistance(left: string, right: string): number {
  const [a, b] = [[...left], [...right]]
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}

function fromHex(text: string): Uint8Array {
  if (text.length % 2 === 0 && /^[0-9a-f]*$/i.test(text)) return Buffer.from(text, 'hex')
  throw invalid('fromHex: the text has to be pairs of hexadecimal digits', { length: text.length })
}

function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')) return bytes
  throw invalid('fromBase64: the text is not base64', { length: text.length })
}

/** Source: RFC 3986, section 2.3: all but letters, digits and `-_.~`. */
function urlEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function urlDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid('urlDecode: the text is no percent-encoded UTF-8', { length: text.length })
  }
}

/** The part that the group `group` (0: the whole) of the first match covers; null without one. */
function matchAt(text: string, pattern: string, group = 0): RowResult {
  const compiled = compilePattern(pattern)
  if (group < 0 || group > compiled.groupCount()) {
    throw invalid(`the expression has ${compiled.groupCount()} groups, and none ${group}`, {
      group,
    })
  }
  const matcher = compiled.matcher(text)
  return matcher.find() ? matcher.group(group) : null
}

function countPattern(text: string, pattern: string): number {
  const matcher = compilePattern(pattern).matcher(text)
  let count = 0
  while (matcher.find()) count++
  return count
}

function replacePattern(text: string, pattern: string, replacement: string): string {
  const matcher = compilePattern(pattern).matcher(text)
  try {
    return matcher.replaceAll(replacement)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw invalid(`the replacement "${replacement.slice(0, 60)}" does not fit: ${why}`, {
      replacement: replacement.slice(0, 60),
    })
  }
}

/** The parts that are not null, with the first argument between them. */
const concatWith: ScalarFunction = ([separator, ...parts], type, length) => {
  const validity = jointValidity([separator!], length)
  const between = rowReader(separator!)
  const readers = parts.map((part) => ({
    read: rowReader(part),
    isNull: (row: number) => part.validity?.[part.length === 1 ? 0 : row] === 0,
  }))
  const results = Array.from({ length }, (_, row) => {
    if (validity !== null && validity[row] === 0) return null
    const found = readers.filter(({ isNull }) => !isNull(row))
    return found.map(({ read }) => read(row)).join(between(row) as string)
  })
  return vectorOfResults(type, results)
}

const coded = (encoding: 'hex' | 'base64') =>
  rowFunction((value: string | Uint8Array) => Buffer.from(bytesOf(value)).toString(encoding))

const digest = (algorithm: 'md5' | 'sha1' | 'sha256' | 'sha512') =>
  rowFunction((value: string | Uint8Array) => hexDigest(algorithm, bytesOf(value)))

/** With `count` characters from `start` on, from 0, replaced by `part`. */
function splice(text: string, start: number, count: number, part: string): string {
  const characters = [...text]
  const from = Math.max(0, start)
  const past = from + Math.max(0, count)
  return characters.slice(0, from).join('') + part + characters.slice(past).join('')
}

/** Position of the last `part` in characters, from 0; -1 where it is not. */
function lastIndexOf(text: string, part: string): number {
  const at = text.lastIndexOf(part)
  return at < 0 ? -1 : [...text.slice(0, at)].length
}

/** Functions of text beyond the plainest. Positions and lengths count characters. */
export const TEXT_FUNCTIONS = {
  concatWith,
  reverse: rowFunction((text: string) => [...text].reverse().join('')),
  titleCase: rowFunction(titleCase),
  repeat: rowFunction(repeat),
  padStart: rowFunction(pad('start')),
  padEnd: rowFunction(pad('end')),
  left: rowFunction(left),
  right: rowFunction(right),
  indexOf: rowFunction(indexOf),
  countMatches: rowFunction(countMatches),
  splitPart: rowFunction(splitPart),
  split: rowFunction(split),
  chunk: rowFunction(chunk),
  translate: rowFunction(translate),
  stripPrefix: rowFunction((text: string, part: string) =>
    text.startsWith(part) ? text.slice(part.length) : text,
  ),
  stripSuffix: rowFunction((text: string, part: string) =>
    text.endsWith(part) ? text.slice(0, text.length - part.length) : text,
  ),
  trimCharacters: rowFunction(trimCharacters),
  byteLength: rowFunction((value: string | Uint8Array) => bytesOf(value).length),
  codePoint: rowFunction((text: string) => text.codePointAt(0) ?? 0),
  fromCodePoint: rowFunction(fromCodePoint),
  editDistance: rowFunction(editDistance),
  toHex: coded('hex'),
  fromHex: rowFunction(fromHex),
  toBase64: coded('base64'),
  fromBase64: rowFunction(fromBase64),
  urlEncode: rowFunction(urlEncode),
  urlDecode: rowFunction(urlDecode),
  md5: digest('md5'),
  sha256: digest('sha256'),
  matches: rowFunction((text: string, pattern: string) =>
    compilePattern(pattern).matcher(text).find(),
  ),
  matchAt: rowFunction(matchAt),
  countPattern: rowFunction(countPattern),
  replacePattern: rowFunction(replacePattern),
  sha1: digest('sha1'),
  sha512: digest('sha512'),
  crc32: rowFunction((value: string | Uint8Array) => crc32(bytesOf(value))),
  splice: rowFunction(splice),
  stripAccents: rowFunction((text: string) =>
    text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC'),
  ),
  normalize: rowFunction((text: string, form: string) => text.normalize(form)),
  lastIndexOf: rowFunction(lastIndexOf),
  ...DISTANCE_FUNCTIONS,
  ...NUMBER_TEXT_FUNCTIONS,
} satisfies Record<string, ScalarFunction>
