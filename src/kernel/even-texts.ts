import { addressOf } from './wasm/blocks.ts'
import { wasmKernels } from './wasm/kernels.ts'

/**
 * Writes the ranges of `count` texts of `width` bytes that stand one behind another, with `gap` bytes
 * between them, to rows `row` and on.
 *
 * @param first Where the first one begins.
 */
export function evenTexts(
  starts: Int32Array,
  ends: Int32Array,
  row: number,
  count: number,
  first: number,
  { width, gap }: { readonly width: number; readonly gap: number },
): void {
  const stride = width + gap
  const [from, to] = [addressOf(starts), addressOf(ends)]
  if (from !== 0 && to !== 0) {
    wasmKernels()!.run.evenTexts(from + row * 4, to + row * 4, count, first, stride, width)
    return
  }
  for (let i = 0; i < count; i++) {
    const start = first + i * stride
    starts[row + i] = start
    ends[row + i] = start + width
  }
}
