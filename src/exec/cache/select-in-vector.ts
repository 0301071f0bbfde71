import { take, type Vector } from '../../arrow/vector.ts'
import type { MatchQuery, RangeAnswer, RangeQuery } from '../../io/csv/column-reader.ts'
import { selectFlags, selectNumbers } from '../../kernel/select-numbers.ts'
import { selectLike } from '../../kernel/select-texts.ts'

/** What `ColumnReader.selectInRange` answers for a run whose values are those of `run`. */
export function selectInVector(
  run: Vector,
  rows: Uint32Array | null,
  count: number,
  { range, out, keep }: RangeQuery,
): RangeAnswer {
  const looked = rows === null ? run : take(run, rows, count)
  let found = selectNumbers(numbersOf(looked), range, null, count, out)
  if (looked.validity !== null) found = selectFlags(looked.validity, 1, out, found, out)
  return { count: found, vector: keep ? { ...take(looked, out, found), validity: null } : null }
}

/** Numbers on the same side of every bound of a range, all of which are within 2^53. */
function numbersOf(vector: Vector): Int32Array | Float64Array {
  switch (vector.layout) {
    case 'i32':
    case 'f64':
      return vector.values
    case 'big':
      return Float64Array.from(vector.values, Number)
    default:
      throw new Error(`a range of values without order, ${vector.layout}`)
  }
}

/** What `ColumnReader.selectMatching` answers for a run whose values are those of `run`. */
export function selectMatchesInVector(
  run: Vector,
  rows: Uint32Array | null,
  count: number,
  { program, out }: MatchQuery,
): number {
  const looked = rows === null ? run : take(run, rows, count)
  if (looked.layout !== 'utf8') throw new Error(`no text in a ${looked.layout} vector`)
  const found = selectLike(looked, program, null, count, out)
  if (looked.validity === null) return found
  return selectFlags(looked.validity, 1, out, found, out)
}
