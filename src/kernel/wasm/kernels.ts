import { WASM_MODULE } from './module.generated.ts'

/**
 * 64 KiB pages of the memory: scratch, slots for the bytes of files, blocks for vectors, and sets of
 * keys. Untouched ones cost nothing.
 */
const PAGES = 464

type Decode = (
  from: number,
  to: number,
  out: number,
  limit: number,
  validity: number,
  ...more: number[]
) => number

type Select = (
  values: number,
  count: number,
  base: number,
  least: number,
  greatest: number,
  flip: number,
  validity: number,
  out: number,
) => number

type Keep = (
  values: number,
  base: number,
  rows: number,
  count: number,
  least: number,
  bits: number,
) => number

type Pack = (values: number, rows: number, count: number, base: number, out: number) => void

/** The functions of assembly/, which take positions in the memory. */
interface WasmFunctions {
  readonly countLines: (from: number, to: number) => number
  readonly findSeparators: (
    from: number,
    to: number,
    base: number,
    delimiter: number,
    out: number,
  ) => number
  readonly decodeInt32: Decode
  readonly decodeExact: Decode
  readonly decodeDecimal: Decode
  readonly decodeCents: Decode
  readonly decodeDates: Decode
  readonly decodeDigits: Decode
  readonly decodeFloats: Decode
  readonly decodeTimestamps: Decode
  readonly selectInt32: Select
  readonly selectFloat64: Select
  readonly keepInt32: Keep
  readonly keepFloat64: Keep
  readonly packInt32: Pack
  readonly packFloat64: Pack
  readonly onlyPrintable: (from: number, to: number) => number
  readonly decodeTexts: (
    from: number,
    to: number,
    limit: number,
    shift: number,
    starts: number,
    ends: number,
    validity: number,
    plain: number,
  ) => number
  readonly selectLines: (
    from: number,
    to: number,
    row: number,
    rows: number,
    literal: number,
    size: number,
    rare: number,
    rarer: number,
    atStart: number,
    atEnd: number,
    out: number,
    at: number,
  ) => number
  readonly gatherLines: (
    from: number,
    to: number,
    row: number,
    rows: number,
    wanted: number,
    count: number,
    target: number,
    targetEnd: number,
  ) => number
  readonly gatherEven: (
    from: number,
    stride: number,
    row: number,
    wanted: number,
    count: number,
    target: number,
  ) => void
  readonly combineWholes: Combine
  readonly ascendingFloat64: Ascending
  readonly ascendingInt32: Ascending
  readonly spanOf: (ids: number, count: number) => number
  readonly sumFloat64Near: SumNear
  readonly sumInt32Near: SumNear
  readonly sumFloat64ByGroup: SumByGroup
  readonly sumInt32ByGroup: SumByGroup
  readonly countByGroup: (groups: number, count: number, groupCount: number) => void
  readonly sumFloat64: (values: number, count: number) => number
  readonly sumInt32: (values: number, count: number) => number
  readonly findTexts: (
    bytes: number,
    starts: number,
    ends: number,
    row: number,
    count: number,
    table: number,
    slots: number,
    out: number,
  ) => number
  readonly evenTexts: (
    starts: number,
    ends: number,
    count: number,
    first: number,
    stride: number,
    width: number,
  ) => void
  readonly findPairs: (
    left: number,
    right: number,
    row: number,
    count: number,
    cells: number,
    width: number,
    size: number,
    out: number,
  ) => number
  readonly enterText: (
    start: number,
    size: number,
    id: number,
    table: number,
    slots: number,
  ) => void
}

/** `a op b` row by row; a side at 0 is its constant. */
type Combine = (
  op: number,
  a: number,
  constantA: number,
  b: number,
  constantB: number,
  count: number,
  least: number,
  greatest: number,
  out: number,
) => number

type SumByGroup = (values: number, groups: number, count: number, groupCount: number) => number

type SumNear = (values: number, groups: number, count: number, base: number, sums: number) => number

type Ascending = (
  values: number,
  count: number,
  last: number,
  id: number,
  out: number,
  keys: number,
) => number

/** The kernels of this thread and their memory, which neither grows nor moves. */
export interface WasmKernels {
  readonly run: WasmFunctions
  readonly bytes: Uint8Array
  readonly ints: Int32Array
  readonly floats: Float64Array
  readonly places: MemoryMap
}

/** Positions in the memory; see assembly/memory-map.ts. */
interface MemoryMap {
  readonly BLOCKS: number
  readonly CURSOR: number
  readonly KEYS: number
  readonly KEYS_END: number
  readonly OUT: number
  readonly ROWS_MAX: number
  readonly VALIDITY: number
  readonly WANTED: number
  readonly SELECTED: number
  readonly LANES: number
  readonly LITERAL: number
  readonly SLOTS: number
}

/** What of WebAssembly's own interface is used here; the types of Node.js have none of it. */
interface WebAssemblyApi {
  readonly CompileError: new () => Error
  readonly Module: new (bytes: Uint8Array) => object
  readonly Memory: new (size: {
    initial: number
    maximum: number
  }) => { readonly buffer: ArrayBuffer }
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<string, unknown>> }
}

let kernels: WasmKernels | null | undefined

/**
 * The kernels in WebAssembly, compiled at the first call; null where there is no SIMD, and then the
 * loops in TypeScript do the work.
 */
export function wasmKernels(): WasmKernels | null {
  if (kernels === undefined) kernels = instantiate()
  return kernels
}

function instantiate(): WasmKernels | null {
  const api = Reflect.get(globalThis, 'WebAssembly') as WebAssemblyApi | undefined
  const module = api && compiled(api)
  if (api === undefined || module === undefined) return null
  const memory = new api.Memory({ initial: PAGES, maximum: PAGES })
  const { exports } = new api.Instance(module, { env: { memory } })
  const place = (name: keyof MemoryMap) => (exports[name] as { readonly value: number }).value
  return {
    run: exports as unknown as WasmFunctions,
    bytes: new Uint8Array(memory.buffer),
    ints: new Int32Array(memory.buffer),
    floats: new Float64Array(memory.buffer),
    places: {
      BLOCKS: place('BLOCKS'),
      CURSOR: place('CURSOR'),
      KEYS: place('KEYS'),
      KEYS_END: place('KEYS_END'),
      LANES: place('LANES'),
      OUT: place('OUT'),
      ROWS_MAX: place('ROWS_MAX'),
      VALIDITY: place('VALIDITY'),
      WANTED: place('WANTED'),
      SELECTED: place('SELECTED'),
      LITERAL: place('LITERAL'),
      SLOTS: place('SLOTS'),
    },
  }
}

/** Undefined where something that the kernels use is not known, as SIMD. */
function compiled(api: WebAssemblyApi): object | undefined {
  try {
    return new api.Module(Buffer.from(WASM_MODULE, 'base64'))
  } catch (error) {
    if (error instanceof api.CompileError) return undefined
    throw error
  }
}
