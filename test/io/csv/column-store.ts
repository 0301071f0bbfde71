import type { DataType } from '../../../src/arrow/data-type.ts'
import { layoutOf } from '../../../src/arrow/data-type.ts'
import { type Scalar, scalarAt } from '../../../src/arrow/scalar.ts'
import type { ColumnStatistics } from '../../../src/arrow/statistics.ts'
import { exactVector, type Vector } from '../../../src/arrow/vector.ts'
import type { ColumnReader } from '../../../src/io/csv/column-reader.ts'
import { openColumn } from '../../../src/io/csv/open-column.ts'
import type { ByteSource, ObjectStore } from '../../../src/io/object-store.ts'

export interface StoreShape {
  /** Answers with promises, as a bucket does. */
  readonly waits?: boolean
  /** Bytes that one read gives at most. */
  readonly chunk?: number
}

/** A store that holds one file under every key. */
export function oneFileStore(bytes: Uint8Array, shape: StoreShape = {}): ObjectStore {
  const source: ByteSource = {
    byteLength: bytes.length,
    read(target, position) {
      const size = Math.min(target.length, bytes.length - position, shape.chunk ?? 2 ** 30)
      target.set(bytes.subarray(position, position + size))
      return shape.waits === true ? Promise.resolve(size) : size
    },
    close() {},
  }
  const open = async () => source
  return { url: 'memory:', open } as unknown as ObjectStore
}

export function columnFile(type: DataType, statistics: ColumnStatistics) {
  return { key: 't/c/partition1.csv', name: 'c', type, statistics }
}

/** A vector of `values` in canonical scalar form. */
export function vectorOf(type: DataType, values: readonly Scalar[]): Vector {
  const { length } = values
  const hasNull = values.includes(null)
  const validity = hasNull ? Uint8Array.from(values, (value) => (value === null ? 0 : 1)) : null
  const head = { type, length, validity }
  switch (layoutOf(type)) {
    case 'bool':
      return { ...head, layout: 'bool', values: Uint8Array.from(values, Number) }
    case 'i32':
      return { ...head, layout: 'i32', values: Int32Array.from(values, Number) }
    case 'f64':
      if (type.name !== 'float64' && type.name !== 'float32') {
        return exactVector(
          type,
          values.map((value) => (value as bigint | null) ?? 0n),
          validity,
        )
      }
      return { ...head, layout: 'f64', values: Float64Array.from(values, Number) }
    case 'utf8': {
      const parts = values.map((value) =>
        value === null
          ? new Uint8Array(0)
          : value instanceof Uint8Array
            ? value
            : new TextEncoder().encode(value as string),
      )
      const starts = new Int32Array(length)
      const ends = new Int32Array(length)
      let at = 0
      for (const [row, part] of parts.entries()) {
        starts[row] = at
        at += part.length
        ends[row] = at
      }
      return { ...head, layout: 'utf8', bytes: new Uint8Array(Buffer.concat(parts)), starts, ends }
    }
  }
}

export function scalarsOf(vector: Vector): Scalar[] {
  return Array.from({ length: vector.length }, (_, row) => scalarAt(vector, row))
}

export async function openBytes(
  bytes: Uint8Array,
  type: DataType,
  statistics: ColumnStatistics,
  shape: StoreShape = {},
): Promise<ColumnReader> {
  return openColumn(oneFileStore(bytes, shape), columnFile(type, statistics))
}

/** All rows of a file. */
export async function readAll(
  bytes: Uint8Array,
  type: DataType,
  statistics: ColumnStatistics,
  shape: StoreShape = {},
): Promise<Scalar[]> {
  const reader = await openBytes(bytes, type, statistics, shape)
  const values = scalarsOf(await reader.read(statistics.rows))
  reader.close()
  return values
}
