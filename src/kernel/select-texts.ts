import type { Utf8Vector } from '../arrow/vector.ts'
import { type Comparison, holds } from './compare-numbers.ts'
import { compareBytes } from './compare-texts.ts'
import { type LikeProgram, matchesLike } from './like.ts'
import { selectAll } from './select-numbers.ts'

/**
 * Writes the ascending rows whose text matches `program` to `out` and answers how many they are.
 * Rows, count and out as in `selectNumbers`; validity is not looked at.
 */
export function selectLike(
  texts: Utf8Vector,
  program: LikeProgram,
  rows: Uint32Array | null,
  count: number,
  out: Uint32Array,
): number {
  const { literal, kind } = program
  if (literal.length === 0 && kind !== 'equals' && kind !== 'general') {
    return selectAll(rows, count, out)
  }
  switch (kind) {
    case 'equals':
      return selectAt(texts, literal, { front: true, whole: true }, rows, count, out)
    case 'prefix':
      return selectAt(texts, literal, { front: true, whole: false }, rows, count, out)
    case 'suffix':
      return selectAt(texts, literal, { front: false, whole: false }, rows, count, out)
    default:
      return selectMatching(texts, program, rows, count, out)
  }
}

function selectMatching(
  texts: Utf8Vector,
  program: LikeProgram,
  rows: Uint32Array | null,
  count: number,
  out: Uint32Array,
): number {
  let among = rows
  let left = count
  if (rows === null && count > 1 && program.literal.length > 1 && isAscending(texts, count)) {
    left = selectContaining(texts, program.literal, count, out)
    if (program.kind === 'contains') return left
    among = out
  }
  const { bytes, starts, ends } = texts
  let kept = 0
  for (let i = 0; i < left; i++) {
    const row = among === null ? i : among[i]!
    if (matchesLike(program, bytes, starts[row]!, ends[row]!)) out[kept++] = row
  }
  return kept
}

/** Rows that begin (`front`) or end with `literal`, or are it (`whole`). `literal` may be empty. */
function selectAt(
  texts: Utf8Vector,
  literal: Uint8Array,
  { front, whole }: { readonly front: boolean; readonly whole: boolean },
  rows: Uint32Array | null,
  count: number,
  out: Uint32Array,
): number {
  const { bytes, starts, ends } = texts
  const size = literal.length
  let kept = 0
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]!
    const start = starts[row]!
    const spare = ends[row]! - start - size
    if (spare < 0 || (whole && spare !== 0)) continue
    const from = front ? start : start + spare
    let at = 0
    while (at < size && bytes[from + at] === literal[at]) at++
    if (at === size) out[kept++] = row
  }
  return kept
}

function isAscending({ starts, ends }: Utf8Vector, count: number): boolean {
  let backwards = 0
  for (let i = 1; i < count; i++) backwards |= Number(starts[i]! < ends[i - 1]!)
  return backwards === 0
}

/** Rows that stand in file order: one search over all bytes, then the row of each hit. */
function selectContaining(
  { bytes, starts, ends }: Utf8Vector,
  literal: Uint8Array,
  count: number,
  out: Uint32Array,
): number {
  const end = ends[count - 1]!
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, end)
  const needle = Buffer.from(literal.buffer, literal.byteOffset, literal.byteLength)
  let kept = 0
  let row = 0
  let hit = whole.indexOf(needle, starts[0]!)
  while (hit >= 0) {
    row = firstEndingAfter(ends, row, count, hit)
    if (row === count) break
    if (starts[row]! <= hit && hit + literal.length <= ends[row]!) {
      out[kept++] = row++
      if (row === count) break
      hit = whole.indexOf(needle, starts[row]!)
    } else hit = whole.indexOf(needle, Math.max(hit + 1, starts[row]!))
  }
  return kept
}

/** The first row from `row` on whose end is after `hit`; `count` when none is. Gallops. */
function firstEndingAfter(ends: Int32Array, row: number, count: number, hit: number): number {
  let step = 1
  let low = row
  while (low + step < count && ends[low + step]! <= hit) {
    low += step
    step *= 2
  }
  let high = Math.min(low + step, count)
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ends[middle]! <= hit) low = middle + 1
    else high = middle
  }
  return low
}

/** The rows whose text stands in `op` to `literal` by bytes; parameters as in `selectLike`. */
export function selectCompared(
  texts: Utf8Vector,
  op: Comparison,
  literal: Uint8Array,
  rows: Uint32Array | null,
  count: number,
  out: Uint32Array,
): number {
  const { bytes, starts, ends } = texts
  const size = literal.length
  let kept = 0
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]!
    const sign = compareBytes(bytes, starts[row]!, ends[row]!, literal, 0, size)
    if (holds(op, sign)) out[kept++] = row
  }
  return kept
}

/** Members that are compared one after another; more are looked up by a hash. */
const LISTED_MAX = 12

/** The rows whose text is one of `members`; parameters as in `selectLike`. */
export function selectTextMembers(
  texts: Utf8Vector,
  members: readonly Uint8Array[],
  rows: Uint32Array | null,
  count: number,
  out: Uint32Array,
): number {
  if (members.length > LISTED_MAX) return selectHashed(texts, membersOf(members), rows, count, out)
  const { bytes, starts, ends } = texts
  const heads = Int32Array.from(members, (member) => headOf(member, 0, member.length))
  let kept = 0
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]!
    const start = starts[row]!
    const end = ends[row]!
    const head = headOf(bytes, start, end)
    for (let m = 0; m < heads.length; m++) {
      if (heads[m] !== head) continue
      const member = members[m]!
      if (compareBytes(bytes, start, end, member, 0, member.length) !== 0) continue
      out[kept++] = row
      break
    }
  }
  return kept
}

/** The length of a text with its first and its last byte: equal for equal texts. */
function headOf(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return 0
  return ((end - start) << 16) | (bytes[start]! << 8) | bytes[end - 1]!
}

function selectHashed(
  texts: Utf8Vector,
  members: TextMembers,
  rows: Uint32Array | null,
  count: number,
  out: Uint32Array,
): number {
  const { bytes, starts, ends } = texts
  let kept = 0
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]!
    if (hasText(members, bytes, starts[row]!, ends[row]!)) out[kept++] = row
  }
  return kept
}

/** A set of texts by a cheap hash of their bytes. */
type TextMembers = ReadonlyMap<number, readonly Uint8Array[]>

function membersOf(texts: readonly Uint8Array[]): TextMembers {
  const members = new Map<number, Uint8Array[]>()
  for (const text of texts) {
    const hash = hashBytes(text, 0, text.length)
    const bucket = members.get(hash)
    if (bucket === undefined) members.set(hash, [text])
    else bucket.push(text)
  }
  return members
}

function hasText(members: TextMembers, bytes: Uint8Array, start: number, end: number): boolean {
  const bucket = members.get(hashBytes(bytes, start, end))
  if (bucket === undefined) return false
  for (const text of bucket) {
    if (compareBytes(bytes, start, end, text, 0, text.length) === 0) return true
  }
  return false
}

function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return hash & 0x3fffffff
}
