import { addFloat64, type Float64Operation, mulWhole, subFloat64 } from '../arithmetic.ts'
import type { Side } from '../compare-numbers.ts'
import { addressOf } from './blocks.ts'
import { wasmKernels } from './kernels.ts'

/** `addFloat64` of whole numbers, by WebAssembly where they stand in the kernels' memory. */
export const addWholes: Float64Operation = dispatched(0, addFloat64)

/** As `addWholes`. */
export const subWholes: Float64Operation = dispatched(1, subFloat64)

/** As `addWholes`, of `mulWhole`. */
export const mulWholes: Float64Operation = dispatched(2, mulWhole)

function dispatched(op: number, twin: Float64Operation): Float64Operation {
  return (a, b, length, bounds, out) => {
    const target = addressOf(out)
    const [left, right] = [placeOf(a), placeOf(b)]
    const isOnHeap = target === 0 || left < 0 || right < 0
    if (isOnHeap || (left === 0 && right === 0)) return twin(a, b, length, bounds, out)
    const { run } = wasmKernels()!
    const { least, greatest } = bounds
    const [x, y] = [left === 0 ? a.values[0]! : 0, right === 0 ? b.values[0]! : 0]
    return run.combineWholes(op, left, x, right, y, length, least, greatest, target) === 1
  }
}

/** Where the values stand; 0 for a constant, -1 for values on the heap. */
function placeOf({ values, mask }: Side<Float64Array>): number {
  return mask === 0 ? 0 : addressOf(values) || -1
}
