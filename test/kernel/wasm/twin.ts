import fc from 'fast-check'
import { wasmKernels } from '../../../src/kernel/wasm/kernels.ts'
import { freeSlot, takeSlot } from '../../../src/kernel/wasm/slots.ts'

/** Bytes in the kernels' memory, seen by a twin as an array of its own. */
export interface Chunk {
  readonly address: number
  readonly bytes: Uint8Array
  readonly words: Int32Array
  readonly view: DataView
  readonly from: number
  readonly to: number
}

const NOISE = 5_000

/**
 * Puts `text` at `from` of a slot, other bytes before and behind it, and hands it to `work`. What
 * stands behind is what an earlier file may have left there: newlines and digits too.
 */
export function withChunk<T>(text: string, from: number, work: (chunk: Chunk) => T): T {
  const { bytes: memory } = wasmKernels()!
  const address = takeSlot()
  if (address === 0) throw new Error('no slot is free')
  try {
    const size = from + text.length + NOISE
    const bytes = memory.subarray(address, address + size)
    for (let i = 0; i < size; i++) bytes[i] = i % 7 === 0 ? 10 : 48 + (i % 10)
    bytes.set(Buffer.from(text, 'latin1'), from)
    const words = new Int32Array(memory.buffer, address, size >> 2)
    const view = new DataView(memory.buffer, address, size)
    return work({ address, bytes, words, view, from, to: from + text.length })
  } finally {
    freeSlot(address)
  }
}

/**
 * Lines as files have them: long runs of `usual` lines, so that whole blocks of a kernel are met,
 * with some of `rare` among them or none, cut behind a newline.
 */
export function anyLines(
  usual: fc.Arbitrary<string>,
  rare: fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  const some = fc.tuple(fc.array(usual, { minLength: 1, maxLength: 12 }), fc.nat(200))
  const parts = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: some.map(([lines, times]) => repeated(lines, times)) },
      { weight: 1, arbitrary: fc.array(rare, { minLength: 1, maxLength: 2 }) },
    ),
    { maxLength: 6 },
  )
  return parts.map((lines) =>
    lines
      .flat()
      .map((line) => `${line}\n`)
      .join(''),
  )
}

function repeated(lines: readonly string[], times: number): string[] {
  return Array.from({ length: times }, (_, i) => lines[i % lines.length]!)
}
