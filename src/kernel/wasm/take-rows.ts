import { take, type Utf8Vector, type Vector } from '../../arrow/vector.ts'
import { addressOf, BLOCK_ROWS_MAX, newFloat64, newInt32 } from './blocks.ts'
import { wasmKernels } from './kernels.ts'

/**
 * As `take`, by WebAssembly for what stands in the kernels' memory. The result is in the pipeline's
 * blocks then.
 *
 * @param rows Ascending.
 */
export function takeRows(vector: Vector, rows: Uint32Array, count: number): Vector {
  if (vector.validity !== null) return take(vector, rows, count)
  const head = { type: vector.type, length: count, validity: null }
  switch (vector.layout) {
    case 'f64': {
      const values = newFloat64(count)
      return packed(vector.values, rows, count, values, 8)
        ? { ...head, layout: 'f64', values }
        : take(vector, rows, count)
    }
    case 'i32': {
      const values = newInt32(count)
      return packed(vector.values, rows, count, values, 4)
        ? { ...head, layout: 'i32', values }
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
  const [source, target] = [addressOf(from), addressOf(to)]
  if (source === 0 || target === 0 || count > BLOCK_ROWS_MAX) return false
  const { run, ints, places } = wasmKernels()!
  const { WANTED } = places
  new Uint32Array(ints.buffer, WANTED, count).set(rows.subarray(0, count))
  if (width === 8) run.packFloat64(source, WANTED, count, 0, target)
  else run.packInt32(source, WANTED, count, 0, target)
  return true
}
