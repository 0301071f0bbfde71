import { take, type Utf8Vector, type Vector } from '../../arrow/vector.ts'
import { addressOf, BLOCK_ROWS_MAX, newFloat64, newInt32 } from './blocks.ts'
import { wantedAt } from './gather-lines.ts'
import { wasmKernels } from './kernels.ts'

/**
 * As `take`, by WebAssembly for what stands in the kernels' memory. The result is in the pipeline's
 * blocks then.
 *
 * @param rows Ascending.
 */
export function takeRows(vector: Vector, rows: Uint32Array, count: number): Vector {
  if (vector.validity !== null) return take(vector, rows, count)
  const { type, layout } = vector
  switch (layout) {
    case 'f64': {
      const values = newFloat64(count)
      return packed(vector.values, rows, count, values, 8)
        ? { type, length: count, validity: null, layout, values }
        : take(vector, rows, count)
    }
    case 'i32': {
      const values = newInt32(count)
      return packed(vector.values, rows, count, values, 4)
        ? { type, length: count, validity: null, layout, values }
        : take(vector, rows, count)
    }
    case 'utf8':
      return takeTexts(vector, rows, count)
    default:
      return take(vector, rows, count)
  }
}

function takeTexts(vector: Utf8Vector, rows: Uint32Array, count: number): Vector {
  const starts = newInt32(count)
  const ends = newInt32(count)
  const done =
    packed(vector.starts, rows, count, starts, 4) && packed(vector.ends, rows, count, ends, 4)
  return done ? { ...vector, length: count, starts, ends } : take(vector, rows, count)
}

function packed(
  from: Float64Array | Int32Array,
  rows: Uint32Array,
  count: number,
  to: Float64Array | Int32Array,
  width: 4 | 8,
): boolean {
  const source = addressOf(from)
  const target = addressOf(to)
  if (source === 0 || target === 0 || count > BLOCK_ROWS_MAX) return false
  const { run } = wasmKernels()!
  const wanted = wantedAt(rows, 0, count)
  if (width === 8) run.packFloat64(source, wanted, count, 0, target)
  else run.packInt32(source, wanted, count, 0, target)
  return true
}
