import fs from 'node:fs'
import path from 'node:path'
import { corrupt } from '../error.ts'
import { crc32 } from './checksum.ts'
import { nowMs } from './clock-and-ids.ts'
import { createExclusive, isMissing, readWhole } from './local-file.ts'
import type { Cell, SwapOutcome } from './object-store.ts'

const NAME = /^(\d{20})\.json$/
const TRAILER = /\ncrc32 ([0-9a-f]{8})\n$/
const TRAILER_BYTES = 16
const NEWLINE = 10
const CLOSING_BRACE = 125
const KEPT = 64
const SURELY_KEPT = 32
const KEPT_MS = 10_000

/**
 * A cell on a file system, which has no compare-and-swap: a folder of numbered files, of which
 * the highest is the value. `n` is swapped for `n + 1` by linking that name exclusively.
 */
export async function readNumberedCell(folder: string): Promise<Cell | null> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const numbers = listNumbers(folder)
    const newest = numbers.at(-1)
    if (newest === undefined) return null
    let vanished = false
    for (let i = numbers.length - 1; i >= 0; i--) {
      const stored = await readWhole(fileOf(folder, numbers[i]!))
      vanished = stored === undefined
      if (stored === undefined) break
      const body = withoutTrailer(stored, fileOf(folder, numbers[i]!))
      if (body !== undefined) return { body, token: String(newest) }
    }
    if (!vanished) break
  }
  throw corrupt(`"${folder}" holds no whole version of the cell`, { folder })
}

/**
 * Claims the number after `token`'s. After a claim the folder is listed until two listings agree:
 * a higher number means that others went on, from this content or past it, so the answer is
 * `unknown` and the content's lineage has to tell.
 */
export async function swapNumberedCell(
  folder: string,
  token: string | null,
  body: Uint8Array,
): Promise<SwapOutcome> {
  const claimed = token === null ? 1 : Number(token) + 1
  const newest = listNumbers(folder).at(-1)
  const stored = withTrailer(body)
  const file = fileOf(folder, claimed)
  if (newest !== undefined && newest > claimed && !fs.existsSync(file))
    return { outcome: 'unknown' }
  const answer = newest === claimed ? 'exists' : await createExclusive(file, stored)
  if (answer === 'exists') {
    const there = await readWhole(file)
    if (there === undefined) return { outcome: 'unknown' }
    if (Buffer.compare(there, stored) !== 0) return { outcome: 'lost' }
  }
  const numbers = settledNumbers(folder)
  if (numbers.at(-1) !== claimed) return { outcome: 'unknown' }
  try {
    trim(folder, numbers)
  } catch {
    // What is left over is harmless, and the swap stands.
  }
  return { outcome: 'swapped', token: String(claimed) }
}

function settledNumbers(folder: string): number[] {
  let before = listNumbers(folder)
  for (;;) {
    const now = listNumbers(folder)
    if (now.length === before.length && now.at(-1) === before.at(-1)) return now
    before = now
  }
}

function listNumbers(folder: string): number[] {
  let names: string[]
  try {
    names = fs.readdirSync(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
  const numbers: number[] = []
  for (const name of names) {
    const digits = NAME.exec(name)?.[1]
    if (digits !== undefined && Number.isSafeInteger(Number(digits))) numbers.push(Number(digits))
  }
  return numbers.sort((a, b) => a - b)
}

/** Removes old numbers, never one that a reader or a writer of the last seconds may be at. */
function trim(folder: string, numbers: readonly number[]): void {
  const newest = numbers.at(-1)!
  for (const number of numbers.slice(0, Math.max(0, numbers.length - KEPT))) {
    if (number >= newest - SURELY_KEPT) return
    const file = fileOf(folder, number)
    const stat = fs.lstatSync(file, { throwIfNoEntry: false })
    if (stat === undefined) continue
    if (nowMs() - stat.mtimeMs < KEPT_MS) return
    fs.rmSync(file, { force: true })
  }
}

function fileOf(folder: string, number: number): string {
  return `${folder}${path.sep}${String(number).padStart(20, '0')}.json`
}

function withTrailer(body: Uint8Array): Uint8Array {
  const sum = crc32(body).toString(16).padStart(8, '0')
  return Buffer.concat([body, Buffer.from(`\ncrc32 ${sum}\n`)])
}

/**
 * The content before the trailer; undefined for a torn file, which has none. A file with a
 * trailer that does not fit was whole once and has changed since: that must not pass in silence.
 */
function withoutTrailer(stored: Uint8Array, file: string): Uint8Array | undefined {
  const end = stored.length - TRAILER_BYTES
  if (end < 0) return undefined
  const sum = TRAILER.exec(Buffer.from(stored.subarray(end)).toString('latin1'))?.[1]
  if (sum === undefined) {
    // A torn file ends early; one whose JSON ends just before the trailer has a damaged trailer.
    if (stored[end - 2] !== CLOSING_BRACE || stored[end - 1] !== NEWLINE) return undefined
    throw corrupt(`"${file}" has changed since it was written: its trailer is damaged`, { file })
  }
  const body = stored.subarray(0, end)
  if (crc32(body) === Number.parseInt(sum, 16)) return body
  throw corrupt(`"${file}" has changed since it was written: its checksum does not fit`, { file })
}
