import { expect, it } from 'vitest'
import { type WasmKernels, wasmKernels } from '../../../src/kernel/wasm/kernels.ts'
import { runs } from '../../support/random.ts'

export type KernelName = keyof WasmKernels['run']

/** Where each kernel is held to its twin. */
export const HELD_IN = {
  countLines: 'whole-chunks',
  findSeparators: 'find-separators',
  onlyPrintable: 'whole-chunks',
  decodeInt32: 'decode-number',
  decodeExact: 'decode-number',
  decodeDecimal: 'decode-number',
  decodeCents: 'decode-number',
  decodeDates: 'decode-number',
  decodeDigits: 'decode-number',
  decodeFloats: 'decode-number',
  decodeTimestamps: 'decode-number',
  decodeTexts: 'decode-text',
  selectLines: 'select-lines',
  gatherLines: 'gather-lines',
  gatherEven: 'gather-lines',
  selectInt32: 'select-decoded',
  selectFloat64: 'select-decoded',
  packInt32: 'select-decoded',
  packFloat64: 'select-decoded',
  keepInt32: 'keep-keys',
  keepFloat64: 'keep-keys',
  combineWholes: 'blocks',
  ascendingFloat64: 'blocks',
  ascendingInt32: 'blocks',
  spanOf: 'blocks',
  sumFloat64Near: 'blocks',
  sumInt32Near: 'blocks',
  sumFloat64ByGroup: 'blocks',
  sumInt32ByGroup: 'blocks',
  countByGroup: 'blocks',
  sumFloat64: 'blocks',
  sumInt32: 'blocks',
  findTexts: 'blocks',
  enterText: 'blocks',
  evenTexts: 'blocks',
  findPairs: 'blocks',
} as const satisfies Record<KernelName, string>

/** Chunks on which each kernel is run at least, times the factor in GRAUPEL_TEST_RUNS. */
const CHUNKS = 200

const calls = new Map<string, number>()

function counted(name: string, run: (...args: number[]) => number) {
  return (...args: number[]) => {
    calls.set(name, (calls.get(name) ?? 0) + 1)
    return run(...args)
  }
}

const kernels = wasmKernels()!
const functions = Object.entries(kernels.run) as [string, (...args: number[]) => number][]
Object.assign(kernels, {
  run: Object.fromEntries(functions.map(([name, run]) => [name, counted(name, run)])),
})

/** The names of all functions that the module exports. */
export const EXPORTED: readonly string[] = functions
  .filter(([, run]) => typeof run === 'function')
  .map(([name]) => name)

/** The last tests of the file `name`: its random chunks have reached every kernel held there. */
export function reachesKernelsOf(name: (typeof HELD_IN)[KernelName]): void {
  const held = (Object.keys(HELD_IN) as KernelName[]).filter((kernel) => HELD_IN[kernel] === name)
  it.each(held)(`reaches %s on ${runs(CHUNKS)} random chunks or more`, (kernel) => {
    expect(calls.get(kernel) ?? 0).toBeGreaterThanOrEqual(runs(CHUNKS))
  })
}
