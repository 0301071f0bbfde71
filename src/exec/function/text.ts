import { expand, nullVector } from '../../arrow/constant-vector.ts'
import { layoutOf } from '../../arrow/data-type.ts'
import { isNull, textAt, textLength, type Utf8Vector } from '../../arrow/vector.ts'
import { invalid } from '../../error.ts'
import { indexOfBytes } from '../../kernel/like.ts'
import {
  countCodePoints,
  isAscii,
  isSpace,
  mapAsciiCase,
  skipCodePoints,
  TextSink,
} from '../../kernel/text.ts'
import { float64Side, jointValidity, type ScalarFunction, textsOf, utf8Of } from './argument.ts'

function changeCase(target: 'lower' | 'upper'): ScalarFunction {
  return ([arg], type, length) => {
    const input = utf8Of(expand(arg!, length))
    const { bytes, starts, ends, validity } = input
    const size = textLength(input)
    const out = { starts: new Int32Array(length), ends: new Int32Array(length) }
    const sink = new Uint8Array(size)
    let at = 0
    for (let i = 0; i < length; i++) {
      const start = starts[i]!
      const end = ends[i]!
      if (!isAscii(bytes, start, end)) return changeUnicode(target, input)
      out.starts[i] = at
      mapAsciiCase(bytes, start, end, target, sink, at)
      at += end - start
      out.ends[i] = at
    }
    return { layout: 'utf8', type, length, validity, bytes: sink, ...out }
  }
}

function changeUnicode(target: 'lower' | 'upper', input: Utf8Vector): Utf8Vector {
  const { type, length, validity } = input
  const sink = new TextSink(length, textLength(input) + 64)
  for (let i = 0; i < length; i++) {
    if (!isNull(input, i)) {
      const text = textAt(input, i)
      sink.appendString(target === 'lower' ? text.toLowerCase() : text.toUpperCase())
    }
    sink.endRow()
  }
  const { bytes, starts, ends } = sink
  return { layout: 'utf8', type, length, validity, bytes, starts, ends }
}

export const lower = changeCase('lower')
export const upper = changeCase('upper')

/** Code points of a text; bytes of a binary value. */
export const length: ScalarFunction = ([arg], type, rows) => {
  const { bytes, starts, ends, validity, type: of } = utf8Of(expand(arg!, rows))
  const values = new Int32Array(rows)
  if (of.name === 'binary') for (let i = 0; i < rows; i++) values[i] = ends[i]! - starts[i]!
  else for (let i = 0; i < rows; i++) values[i] = countCodePoints(bytes, starts[i]!, ends[i]!)
  const head = { type, length: rows, validity }
  if (layoutOf(type) === 'i32') return { ...head, layout: 'i32', values }
  return { ...head, layout: 'f64', values: new Float64Array(values) }
}

function trimmer(at: { readonly start: boolean; readonly end: boolean }): ScalarFunction {
  return ([arg], type, rows) => {
    const input = utf8Of(expand(arg!, rows))
    const { bytes } = input
    const starts = input.starts.slice(0, rows)
    const ends = input.ends.slice(0, rows)
    for (let i = 0; i < rows; i++) {
      let start = starts[i]!
      let end = ends[i]!
      if (at.start) while (start < end && isSpace(bytes[start]!)) start++
      if (at.end) while (start < end && isSpace(bytes[end - 1]!)) end--
      const wide = start < end && (bytes[start]! >= 128 || bytes[end - 1]! >= 128)
      if (wide && !isNull(input, i)) {
        const text = textAt(input, i)
        start = at.start ? ends[i]! - Buffer.byteLength(text.trimStart()) : start
        end = at.end ? Math.max(start, starts[i]! + Buffer.byteLength(text.trimEnd())) : end
      }
      starts[i] = start
      ends[i] = end
    }
    return { ...input, type, starts, ends }
  }
}

export const trim = trimmer({ start: true, end: true })
export const trimStart = trimmer({ start: true, end: false })
export const trimEnd = trimmer({ start: false, end: true })

/**
 * The characters from `start` (negative: counted from the end), `count` of them or all. INVALID
 * for a negative count.
 */
export const sliceText: ScalarFunction = ([text, start, count], type, rows) => {
  const args = count === undefined ? [text!, start!] : [text!, start!, count]
  const validity = jointValidity(args, rows)
  const input = utf8Of(expand(text!, rows))
  const { bytes } = input
  const from = float64Side(start!)
  const size = count === undefined ? null : float64Side(count)
  const starts = new Int32Array(rows)
  const ends = new Int32Array(rows)
  for (let i = 0; i < rows; i++) {
    if (validity !== null && validity[i] === 0) continue
    const end = input.ends[i]!
    const first = from.values[i & from.mask]!
    const wanted = size === null ? Number.POSITIVE_INFINITY : size.values[i & size.mask]!
    if (wanted < 0) throw invalid(`slice: negative length ${wanted}`, { length: wanted })
    let skip = first
    if (first < 0) {
      skip = Math.max(0, countCodePoints(bytes, input.starts[i]!, end) + first)
    }
    const begin = skipCodePoints(bytes, input.starts[i]!, end, skip)
    starts[i] = begin
    ends[i] = wanted >= end - begin ? end : skipCodePoints(bytes, begin, end, wanted)
  }
  return { ...input, type, validity, starts, ends }
}

/** Every occurrence of the second argument replaced by the third; an empty one is none. */
export const replace: ScalarFunction = ([text, from, to], type, rows) => {
  const args = [text!, from!, to!]
  const validity = jointValidity(args, rows)
  const [texts, needles, others] = [textsOf(text!), textsOf(from!), textsOf(to!)]
  const sink = new TextSink(rows, rows * 16)
  for (let i = 0; i < rows; i++) {
    if (validity === null || validity[i] === 1) {
      const n = i & needles.mask
      const t = i & texts.mask
      const o = i & others.mask
      const needle = needles.bytes.subarray(needles.starts[n]!, needles.ends[n]!)
      const end = texts.ends[t]!
      let at = texts.starts[t]!
      let hit = needle.length === 0 ? -1 : indexOfBytes(texts.bytes, at, end, needle)
      while (hit >= 0) {
        sink.append(texts.bytes, at, hit)
        sink.append(others.bytes, others.starts[o]!, others.ends[o]!)
        at = hit + needle.length
        hit = indexOfBytes(texts.bytes, at, end, needle)
      }
      sink.append(texts.bytes, at, end)
    }
    sink.endRow()
  }
  const { bytes, starts, ends } = sink
  return { layout: 'utf8', type, length: rows, validity, bytes, starts, ends }
}

/** All arguments one after another; null where any is null. */
export const concatText: ScalarFunction = (args, type, rows) => {
  const validity = jointValidity(args, rows)
  if (validity !== null && !validity.includes(1)) return nullVector(type, rows)
  const parts = args.map(textsOf)
  const sink = new TextSink(rows, rows * 16)
  for (let i = 0; i < rows; i++) {
    if (validity === null || validity[i] === 1) {
      for (const { bytes, starts, ends, mask } of parts) {
        sink.append(bytes, starts[i & mask]!, ends[i & mask]!)
      }
    }
    sink.endRow()
  }
  const { bytes, starts, ends } = sink
  return { layout: 'utf8', type, length: rows, validity, bytes, starts, ends }
}
