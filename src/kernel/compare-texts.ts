import { type Comparison, holds } from './compare-numbers.ts'

/** Rows of text: row i is `bytes[starts[i & mask] .. ends[i & mask])`. */
export interface Texts {
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** -1 reads row by row, 0 repeats the first row. */
  readonly mask: number
}

/** Order of two runs of bytes: negative, 0 or positive. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const size = Math.min(aEnd - aStart, bEnd - bStart)
  for (let i = 0; i < size; i++) {
    const difference = a[aStart + i]! - b[bStart + i]!
    if (difference !== 0) return difference
  }
  return aEnd - aStart - (bEnd - bStart)
}

/** Whether `size` bytes of `a` from `aStart` are those of `b` from `bStart`. */
export function bytesEqual(
  a: Uint8Array,
  aStart: number,
  b: Uint8Array,
  bStart: number,
  size: number,
): boolean {
  for (let i = 0; i < size; i++) if (a[aStart + i] !== b[bStart + i]) return false
  return true
}

/** `out[i]` = 1 where `a op b` by the order of their bytes, else 0. */
export function compareTexts(
  op: Comparison,
  a: Texts,
  b: Texts,
  length: number,
  out: Uint8Array,
): void {
  if (op === 'eq' || op === 'ne') {
    equalTexts(a, b, length, op === 'ne' ? 1 : 0, out)
    return
  }
  for (let i = 0; i < length; i++) {
    const x = i & a.mask
    const y = i & b.mask
    const aStart = a.starts[x]!
    const bStart = b.starts[y]!
    const sign = compareBytes(a.bytes, aStart, a.ends[x]!, b.bytes, bStart, b.ends[y]!)
    out[i] = Number(holds(op, sign))
  }
}

function equalTexts(a: Texts, b: Texts, length: number, flip: number, out: Uint8Array): void {
  for (let i = 0; i < length; i++) {
    const x = i & a.mask
    const y = i & b.mask
    const aStart = a.starts[x]!
    const bStart = b.starts[y]!
    const size = a.ends[x]! - aStart
    const same = size === b.ends[y]! - bStart && bytesEqual(a.bytes, aStart, b.bytes, bStart, size)
    out[i] = Number(same) ^ flip
  }
}
