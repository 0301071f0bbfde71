import { concat, isNull, take, type Vector } from '../../arrow/vector.ts'
import type { AggregateOptions } from '../../plan/expr.ts'
import { listAgg } from '../aggregate/list-agg.ts'
import { RowsState } from '../aggregate/rows-state.ts'
import type { FrameBounds } from './frame-bounds.ts'

/** The texts that each place sees, joined: as long to make as they are. */
export function joinedTexts(
  { from, to }: FrameBounds,
  vectors: readonly Vector[],
  options: AggregateOptions,
): Vector {
  const keys = vectors.slice(1).map(({ type }) => type)
  const [texts] = vectors
  const joined = Array.from({ length: texts!.length }, (_, place) => {
    const state = new RowsState(listAgg(keys, options))
    const rows: number[] = []
    for (let at = from[place]!; at < to[place]!; at++) if (!isNull(texts!, at)) rows.push(at)
    const seen = vectors.map((vector) => take(vector, Uint32Array.from(rows), rows.length))
    state.update(null, seen[0]!, rows.length, 1, seen.slice(1))
    return state.finish(1)
  })
  return joined.length === 0 ? texts! : concat(texts!.type, joined)
}
