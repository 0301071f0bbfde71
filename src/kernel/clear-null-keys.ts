import type { Vector } from '../arrow/vector.ts'

/** Writes -1 to the ids of those of `length` rows that have a null in any of their keys. */
export function clearNullKeys(keys: readonly Vector[], length: number, ids: Int32Array): void {
  for (const { validity } of keys) {
    if (validity === null) continue
    for (let row = 0; row < length; row++) if (validity[row] === 0) ids[row] = -1
  }
}
