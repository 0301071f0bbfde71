import type { Vector } from '../../arrow/vector.ts'
import { invalid } from '../../error.ts'
import { compileLike, type LikeProgram, matchesLike } from '../../kernel/like.ts'
import { selectLike } from '../../kernel/select-texts.ts'
import { jointValidity, type ScalarFunction, textsOf, utf8Of } from './argument.ts'

/** The `pattern` of a LIKE ready to match. INVALID when it ends in a `\` that escapes nothing. */
export function likeProgram(pattern: Uint8Array): LikeProgram {
  const program = compileLike(pattern)
  if (program !== null) return program
  const text = Buffer.from(pattern).toString()
  throw invalid(`like: the pattern "${text}" ends in an escape; write \\\\ for a backslash`, {
    pattern: text,
  })
}

/** A program that looks for `literal` at `kind`, e.g. `prefix`. */
export function literalProgram(
  kind: Exclude<LikeProgram['kind'], 'general'>,
  literal: Uint8Array,
): LikeProgram {
  return { kind, literal, tokens: new Uint16Array(0) }
}

function match(programOf: (pattern: Uint8Array) => LikeProgram): ScalarFunction {
  return ([text, pattern], type, length) => {
    const validity = jointValidity([text!, pattern!], length)
    const head = { layout: 'bool', type, length, validity } as const
    if (pattern!.length === 1)
      return { ...head, values: matchConstant(text!, pattern!, programOf, length) }
    const patterns = textsOf(pattern!)
    const texts = textsOf(text!)
    const values = new Uint8Array(length)
    for (let i = 0; i < length; i++) {
      if (validity !== null && validity[i] === 0) continue
      const of = patterns.bytes.subarray(patterns.starts[i]!, patterns.ends[i]!)
      const row = i & texts.mask
      const matches = matchesLike(programOf(of), texts.bytes, texts.starts[row]!, texts.ends[row]!)
      values[i] = Number(matches)
    }
    return { ...head, values }
  }
}

function matchConstant(
  text: Vector,
  pattern: Vector,
  programOf: (pattern: Uint8Array) => LikeProgram,
  length: number,
): Uint8Array {
  const values = new Uint8Array(length)
  if (pattern.validity?.[0] === 0) return values
  const { bytes, starts, ends } = utf8Of(pattern)
  const program = programOf(bytes.subarray(starts[0]!, ends[0]!))
  const rows = new Uint32Array(text.length)
  const count = selectLike(utf8Of(text), program, null, text.length, rows)
  if (text.length !== length) return values.fill(count)
  for (let i = 0; i < count; i++) values[rows[i]!] = 1
  return values
}

export const startsWith = match((literal) => literalProgram('prefix', literal))
export const endsWith = match((literal) => literalProgram('suffix', literal))
export const contains = match((literal) => literalProgram('contains', literal))
export const like = match(likeProgram)
