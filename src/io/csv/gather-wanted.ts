import { wasmGatherLines } from '../../kernel/wasm/gather-lines.ts'
import type { LineBuffer } from './byte-window.ts'

/** Of a run of `rowCount` rows, of which `passed` have passed by, `selected` of the `count` wanted. */
export interface WantedLines {
  readonly selected: number
  readonly count: number
  readonly passed: number
  readonly rowCount: number
}

/**
 * Copies wanted lines of `lines` to `scratch`, by WebAssembly for all that is there, and moves both on; answers
 * how many were copied. `cursor[1]` is how many rows have passed then, and `cursor[3]` 0 unless the scratch is full.
 */
export function gatherWanted(
  lines: LineBuffer,
  scratch: LineBuffer,
  rows: Uint32Array,
  { selected, count, passed, rowCount }: WantedLines,
  cursor: Int32Array,
): number {
  const { address, start, end } = lines
  const [from, to] = [address + start, address + end]
  const target = scratch.address + scratch.end
  const full = scratch.address + scratch.capacity
  const copied = wasmGatherLines(
    from,
    to,
    passed,
    rowCount,
    rows,
    selected,
    count,
    target,
    full,
    cursor,
  )
  lines.start = cursor[0]! - address
  scratch.end = cursor[2]! - scratch.address
  return copied
}
