import type { DataType } from '../../arrow/data-type.ts'
import type { Scalar } from '../../arrow/scalar.ts'

const LIMIT = 64
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export interface TextBound {
  readonly value: Scalar
  readonly exact: boolean
}

/** A lower bound of text or binary `bytes`: the first 64 of them, whole code points for text. */
export function lowerBound(bytes: Uint8Array, type: DataType): TextBound {
  if (bytes.length <= LIMIT) return { value: boundOf(bytes, type), exact: true }
  return { value: boundOf(bytes.subarray(0, cutAt(bytes, type)), type), exact: false }
}

/**
 * An upper bound: the first 64 bytes with the last code point (byte, for binary) that has a
 * successor raised to it; the whole value when none has.
 */
export function upperBound(bytes: Uint8Array, type: DataType): TextBound {
  if (bytes.length <= LIMIT) return { value: boundOf(bytes, type), exact: true }
  const cut = bytes.subarray(0, cutAt(bytes, type))
  const raised = type.name === 'binary' ? raiseBytes(cut) : raiseText(decoder.decode(cut))
  return raised === undefined
    ? { value: boundOf(bytes, type), exact: true }
    : { value: raised, exact: false }
}

function boundOf(bytes: Uint8Array, type: DataType): string | Uint8Array {
  return type.name === 'binary' ? new Uint8Array(bytes) : decoder.decode(bytes)
}

function cutAt(bytes: Uint8Array, type: DataType): number {
  let cut = LIMIT
  if (type.name !== 'binary') while ((bytes[cut]! & 0xc0) === 0x80) cut--
  return cut
}

function raiseBytes(bytes: Uint8Array): Uint8Array | undefined {
  let last = bytes.length - 1
  while (last >= 0 && bytes[last] === 255) last--
  if (last < 0) return undefined
  const raised = new Uint8Array(bytes.subarray(0, last + 1))
  raised[last]!++
  return raised
}

function raiseText(text: string): string | undefined {
  const points = Array.from(text, (point) => point.codePointAt(0)!)
  while (points.at(-1) === 0x10ffff) points.pop()
  const last = points.pop()
  if (last === undefined) return undefined
  points.push(last === 0xd7ff ? 0xe000 : last + 1)
  return String.fromCodePoint(...points)
}
