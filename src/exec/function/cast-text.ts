import { type DataType, isExact, layoutOf, typeText } from '../../arrow/data-type.ts'
import { parseScalar, type Scalar } from '../../arrow/scalar.ts'
import { exactVector, textAt, type Vector } from '../../arrow/vector.ts'
import { clip, GraupelError, invalid } from '../../error.ts'
import { TextSink } from '../../kernel/text.ts'
import { utf8Of } from './argument.ts'
import type { CastOptions } from './cast-options.ts'

/** Texts read as values of `type`; a text that is none as `options` say. */
export function parseTexts(input: Vector, type: DataType, options: CastOptions): Vector {
  const texts = utf8Of(input)
  const { length, validity } = texts
  const kept = validity?.slice(0, length) ?? new Uint8Array(length).fill(1)
  const values = new Array<Scalar>(length).fill(null)
  for (let i = 0; i < length; i++) {
    if (kept[i] === 0) continue
    const value = parseText(textAt(texts, i), type, options)
    if (value === null) kept[i] = 0
    values[i] = value
  }
  return vectorOfScalars(values, type, kept.includes(0) ? kept : null)
}

function parseText(text: string, type: DataType, { orNull }: CastOptions): Scalar {
  try {
    return parseScalar(text, type)
  } catch (error) {
    if (!(error instanceof GraupelError)) throw error
    if (orNull) return null
    throw invalid(`cannot cast "${clip(text)}" to ${typeText(type)}; tryCast gives null instead`, {
      value: clip(text),
      from: 'utf8',
      to: typeText(type),
    })
  }
}

/** A vector of canonical values; null where `validity` is 0. */
function vectorOfScalars(
  values: readonly Scalar[],
  type: DataType,
  validity: Uint8Array | null,
): Vector {
  const head = { type, length: values.length, validity }
  const layout = layoutOf(type)
  switch (layout) {
    case 'bool':
      return { ...head, layout, values: Uint8Array.from(values, (value) => (value ? 1 : 0)) }
    case 'i32':
      return { ...head, layout, values: Int32Array.from(values, (value) => Number(value)) }
    case 'f64':
      if (isExact(type)) {
        return exactVector(
          type,
          values.map((value) => (value ?? 0n) as bigint),
          validity,
        )
      }
      return { ...head, layout, values: Float64Array.from(values, (value) => Number(value)) }
    case 'utf8': {
      const sink = new TextSink(values.length, values.length * 16)
      for (const value of values) {
        if (typeof value === 'string') sink.appendString(value)
        else if (value instanceof Uint8Array) sink.append(value, 0, value.length)
        sink.endRow()
      }
      const { bytes, starts, ends } = sink
      return { ...head, layout, bytes, starts, ends }
    }
  }
}
