import { copyText } from '../../arrow/vector.ts'
import { lineAfter, skipLines } from '../../kernel/skip-lines.ts'
import type { LineBuffer } from './byte-window.ts'

const cursor = new Int32Array(2)

/**
 * Passes over `rowCount` lines, of which few are wanted, by counting the others: for numbers or
 * times that are known to be right.
 *
 * @param window Where the lines pass by.
 * @param scratch Receives the lines `rows[0 .. count)`, one behind another.
 * @returns A step that uses up what is in the window and answers whether all is done.
 */
export function leapLines(
  window: LineBuffer,
  scratch: LineBuffer,
  rowCount: number,
  rows: Uint32Array,
  count: number,
): () => boolean {
  let passed = 0
  let selected = 0
  return () => {
    for (;;) {
      const wanted = selected < count ? rows[selected]! : rowCount
      if (passed < wanted) {
        const { bytes, words, start, end } = window
        skipLines(bytes, words, start, end, wanted - passed, cursor)
        window.start = cursor[0]!
        passed += cursor[1]!
        if (passed < wanted) return false
      }
      if (selected === count) return true
      const { bytes, start, end } = window
      const next = lineAfter(bytes, start, end)
      if (next === start) return false
      const needed = scratch.end + next - start
      if (needed > scratch.capacity) scratch.grow(needed * 2)
      copyText(bytes, start, scratch.bytes, scratch.end, next - start)
      scratch.end = needed
      window.start = next
      selected++
      passed++
    }
  }
}
