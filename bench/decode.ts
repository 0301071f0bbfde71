/**
 * Nanoseconds a value of encoding and of decoding through `openColumn`, per column type. Alone it
 * prints them: `npx tsx bench/decode.ts`.
 */
import { fileURLToPath } from 'node:url'
import { date, decimal, float64, int32, int64, timestamp, utf8 } from '../src/arrow/data-type.ts'
import type { Utf8Vector, Vector } from '../src/arrow/vector.ts'
import type { ColumnReader } from '../src/io/csv/column-reader.ts'
import { encodeColumn } from '../src/io/csv/encode-column.ts'
import { openColumn } from '../src/io/csv/open-column.ts'
import type { ObjectStore } from '../src/io/object-store.ts'

const ROWS = 1_000_000
const RUN = 65_536
const PASSES = 15

let state = 1
function random(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}

const head = { length: ROWS, validity: null }

function ints(of: (row: number) => number): Int32Array {
  return Int32Array.from({ length: ROWS }, (_, row) => of(row))
}

function floats(of: (row: number) => number): Float64Array {
  return Float64Array.from({ length: ROWS }, (_, row) => of(row))
}

function texts(longest: number, alphabet: string): Utf8Vector {
  const letters = Array.from({ length: 50_000 }, () => alphabet[random(alphabet.length)]).join('')
  const bytes = new TextEncoder().encode(letters)
  const starts = ints(() => random(40_000))
  const ends = starts.map((start) => start + 1 + random(longest))
  return { ...head, type: utf8, layout: 'utf8', bytes, starts, ends }
}

const money = decimal(15, 2)
const columns: [string, Vector][] = [
  [
    'int32, 1 to 6 digits',
    { ...head, type: int32, layout: 'i32', values: ints(() => random(2e5)) },
  ],
  ['int64, 7 digits', { ...head, type: int64, layout: 'f64', values: floats((row) => 3e6 + row) }],
  [
    'decimal, price',
    { ...head, type: money, layout: 'f64', values: floats(() => random(1e7) + 9e4) },
  ],
  [
    'decimal, quantity',
    { ...head, type: money, layout: 'f64', values: floats(() => 100 + 100 * random(50)) },
  ],
  [
    'decimal, fixed 0.05',
    { ...head, type: money, layout: 'f64', values: floats(() => random(11)) },
  ],
  ['date', { ...head, type: date, layout: 'i32', values: ints(() => 8000 + random(2500)) }],
  [
    'timestamp(us)',
    {
      ...head,
      type: timestamp('us'),
      layout: 'f64',
      values: floats(() => random(2e9) * 1e6 + random(1e6)),
    },
  ],
  [
    'float64, 6 decimals',
    { ...head, type: float64, layout: 'f64', values: floats(() => random(1e8) / 1e6) },
  ],
  [
    'float64, 17 digits',
    { ...head, type: float64, layout: 'f64', values: floats(() => Math.sqrt(random(1e9))) },
  ],
  ['text, 1 byte', texts(1, 'ANR')],
  ['text, 1 to 40 bytes', texts(40, 'abcdefghijklmnop')],
  ['text, quoted', texts(40, 'abcdefghij,')],
]

/** A store of one file on the heap, so that only decoding is measured. */
function heapStore(bytes: Uint8Array): ObjectStore {
  const source = {
    byteLength: bytes.length,
    read(target: Uint8Array, position: number): number {
      const size = Math.min(target.length, bytes.length - position)
      target.set(bytes.subarray(position, position + size))
      return size
    },
    close() {},
  }
  return { url: 'memory:', open: async () => source } as unknown as ObjectStore
}

/** The least time of several passes: other work on the machine only adds. */
async function least(work: () => void | Promise<void>): Promise<number> {
  const times: number[] = []
  for (let pass = 0; pass < PASSES; pass++) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  return (Math.min(...times) * 1e6) / ROWS
}

const every50th = Uint32Array.from({ length: RUN / 50 }, (_, i) => i * 50)

/** What one column type costs on one core. */
export interface DecodeFigure {
  readonly name: string
  readonly bytesPerValue: number
  /** Nanoseconds a value: encoding, then reading all, one in 50, none, and all with the checksum. */
  readonly nanoseconds: readonly number[]
}

/** Gigabytes of CSV a second that reading all values decodes. */
export const decodeSpeed = ({ bytesPerValue, nanoseconds }: DecodeFigure): number =>
  bytesPerValue / nanoseconds[1]!

/** Measures the column types whose name begins so, all by default, one after another. */
export async function* decodeFigures(prefix = ''): AsyncGenerator<DecodeFigure> {
  for (const [name, vector] of columns) {
    if (name.startsWith(prefix)) yield await decodeFigure(name, vector)
  }
}

async function decodeFigure(name: string, vector: Vector): Promise<DecodeFigure> {
  const { bytes, statistics } = encodeColumn('c', vector)
  const file = { key: 'c/partition1.csv', name: 'c', type: vector.type, statistics }
  const store = heapStore(bytes)
  const scan = async (from: ObjectStore, step: (reader: ColumnReader, rows: number) => unknown) => {
    const reader = await openColumn(from, file)
    for (let row = 0; row < ROWS; row += RUN) {
      const answer = step(reader, Math.min(RUN, ROWS - row))
      if (answer instanceof Promise) await answer
    }
    reader.close()
  }
  const selected = (reader: ColumnReader, rows: number) => {
    let count = every50th.length
    while (every50th[count - 1]! >= rows) count--
    return reader.readSelected(rows, every50th, count)
  }
  const read = (reader: ColumnReader, rows: number) => reader.read(rows)
  const figures = [
    await least(() => void encodeColumn('c', vector)),
    await least(() => scan(store, read)),
    await least(() => scan(store, selected)),
    await least(() => scan(store, (reader, rows) => reader.skip(rows))),
    await least(() => scan(heapStore(bytes), read)),
  ]
  return { name, bytesPerValue: bytes.length / ROWS, nanoseconds: figures }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log('ns a value (least)        bytes  encode  read  1 in 50  skip  first read, with CRC')
  for await (const { name, bytesPerValue, nanoseconds } of decodeFigures()) {
    const width = bytesPerValue.toFixed(1).padStart(6)
    console.log(name.padEnd(24), width, ...nanoseconds.map((of) => of.toFixed(1).padStart(7)))
  }
}
