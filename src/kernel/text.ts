/** Collects rows of text into one run of bytes. */
export class TextSink {
  readonly starts: Int32Array
  readonly ends: Int32Array
  #bytes: Uint8Array
  #size = 0
  #row = 0

  /** @param bytes How many are expected; more are taken too. */
  constructor(rows: number, bytes: number) {
    this.starts = new Int32Array(rows)
    this.ends = new Int32Array(rows)
    this.#bytes = new Uint8Array(Math.max(bytes, 16))
  }

  /** The collected bytes; call once all rows are in. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** Appends to the row that is open. */
  append(from: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start)
    const size = end - start
    const bytes = this.#bytes
    const at = this.#size
    if (size > 48) bytes.set(from.subarray(start, end), at)
    else for (let i = 0; i < size; i++) bytes[at + i] = from[start + i]!
    this.#size += size
  }

  appendString(text: string): void {
    this.#reserve(text.length * 3)
    const bytes = this.#bytes
    let at = this.#size
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code >= 128) {
        this.#size += encoder.encodeInto(text, bytes.subarray(this.#size)).written
        return
      }
      bytes[at++] = code
    }
    this.#size = at
  }

  /** Closes the open row, which begins where the one before ended. */
  endRow(): void {
    const row = this.#row++
    this.starts[row] = row === 0 ? 0 : this.ends[row - 1]!
    this.ends[row] = this.#size
  }

  #reserve(size: number): void {
    if (this.#size + size <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#size + size))
    grown.set(this.#bytes.subarray(0, this.#size))
    this.#bytes = grown
  }
}

const encoder = new TextEncoder()

/** Whether `bytes[start .. end)` are all below 128. */
export function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let any = 0
  for (let i = start; i < end; i++) any |= bytes[i]!
  return any < 128
}

/** The number of code points in `bytes[start .. end)`. */
export function countCodePoints(bytes: Uint8Array, start: number, end: number): number {
  let count = 0
  for (let i = start; i < end; i++) count += Number((bytes[i]! & 0xc0) !== 0x80)
  return count
}

/** The index of the byte where code point `count` (from 0) after `start` begins, at most `end`. */
export function skipCodePoints(
  bytes: Uint8Array,
  start: number,
  end: number,
  count: number,
): number {
  let at = start
  for (let left = count; left > 0 && at < end; left--) {
    at++
    while (at < end && (bytes[at]! & 0xc0) === 0x80) at++
  }
  return at
}

/** Copies `bytes[start .. end)`, all ASCII, to `out[at ..)` with its letters in the other case. */
export function mapAsciiCase(
  bytes: Uint8Array,
  start: number,
  end: number,
  target: 'lower' | 'upper',
  out: Uint8Array,
  at: number,
): void {
  const first = target === 'lower' ? 65 : 97
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!
    out[at + i - start] = byte ^ (Number((byte - first) >>> 0 < 26) << 5)
  }
}

/** Whether `byte` is ASCII white space: tab, line feed, vertical tab, form feed, return, space. */
export function isSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13)
}
