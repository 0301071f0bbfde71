const WORD = 4
/** Bytes of room that texts are packed with beyond them. */
export const PACK_SLACK: number = WORD
/** Bytes from which on a text is copied at once. */
const LONG = 64

/** Texts: row i is `bytes[starts[i] .. ends[i])`. */
interface Texts {
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
}

/**
 * Copies the texts of rows `from` to `to` of `source`, one behind the other.
 *
 * @param target Receives them from row `row` and byte `at` on; its bytes need `PACK_SLACK` more.
 * @returns The byte behind the last.
 *
 * Pure but for `target`; does not throw.
 */
export function packTexts(
  source: Texts,
  from: number,
  to: number,
  target: Texts,
  row: number,
  at: number,
): number {
  const end = packedRun(source, from, to, target, row, at)
  return end >= 0 ? end : packedOneByOne(source, from, to, target, row, at)
}

/**
 * The texts of the first `length` rows of `source`, which have `size` bytes, one behind the other: row i
 * is `bytes[bounds[i] .. bounds[i + 1])`. There are `PACK_SLACK` bytes more.
 */
export function packedTexts(
  source: Texts,
  length: number,
  size: number,
): { readonly bytes: Uint8Array; readonly bounds: Int32Array } {
  const bytes = new Uint8Array(size + PACK_SLACK)
  const bounds = new Int32Array(length + 1)
  // Each text ends where the next one begins.
  const target = { bytes, starts: bounds.subarray(0, length), ends: bounds.subarray(1) }
  packTexts(source, 0, length, target, 0, 0)
  return { bytes, bounds }
}

/** The same where the texts lie so already; -1 where they do not. */
function packedRun(
  { bytes, starts, ends }: Texts,
  from: number,
  to: number,
  target: Texts,
  row: number,
  at: number,
): number {
  const first = from < to ? starts[from]! : 0
  const shift = at - first
  let last = first
  for (let i = from, own = row; i < to; i++, own++) {
    if (starts[i] !== last) return -1
    target.starts[own] = last + shift
    last = ends[i]!
    target.ends[own] = last + shift
  }
  target.bytes.set(bytes.subarray(first, last), at)
  return last + shift
}

function packedOneByOne(
  { bytes, starts, ends }: Texts,
  from: number,
  to: number,
  target: Texts,
  row: number,
  at: number,
): number {
  const source = viewOf(bytes)
  const view = viewOf(target.bytes)
  const lastWord = bytes.length - WORD
  let p = at
  for (let i = from, own = row; i < to; i++, own++) {
    const start = starts[i]!
    const size = ends[i]! - start
    if (size > LONG) target.bytes.set(bytes.subarray(start, start + size), p)
    else if (start + size > lastWord) {
      for (let k = 0; k < size; k++) target.bytes[p + k] = bytes[start + k]!
    } else {
      // The last word may be longer than the text: the next one is written over that.
      for (let k = 0; k < size; k += WORD) view.setInt32(p + k, source.getInt32(start + k))
    }
    target.starts[own] = p
    p += size
    target.ends[own] = p
  }
  return p
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}
