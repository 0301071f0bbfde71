import type { Batch } from '../../arrow/batch.ts'
import { ownVector } from '../../arrow/own-vector.ts'
import type { Vector } from '../../arrow/vector.ts'

/** Buffers that are given away with a message instead of being copied. */
export type Moved = Set<ArrayBuffer>

/** Notes the buffers of `batch`, which are its own, in `moved`. */
export function moveBatch({ columns }: Batch, moved: Moved): void {
  for (const column of columns) moveVector(column, moved)
}

/**
 * `vector` in buffers of its own, which are noted in `moved`. Copied even from own buffers: whoever
 * made the vector may still want them.
 */
export function packVector(vector: Vector, moved: Moved): Vector {
  const own = ownVector(vector)
  moveVector(own, moved)
  return own
}

function moveVector(own: Vector, moved: Moved): void {
  const arrays =
    own.layout === 'utf8'
      ? [own.bytes, own.starts, own.ends, own.validity]
      : [own.layout === 'big' ? null : own.values, own.validity]
  for (const array of arrays) if (array !== null) moved.add(array.buffer as ArrayBuffer)
}
