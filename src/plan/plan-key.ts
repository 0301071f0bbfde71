import type { PartitionSet } from '../catalog/model/partition-set.ts'
import { type Column, fileText } from '../catalog/model/table.ts'
import { columnsOf } from './expr-children.ts'
import type { LogicalPlan, Scan, Values } from './logical-plan.ts'

/** Rows of values that are worth writing out. */
const VALUES_ROWS_MAX = 4096

/**
 * A text that two bound plans share only when they give the same rows: every property of every
 * node, with all literals and their types, and for each scan the files that it reads, by place,
 * length and checksum. A table's name, its version and the partitions that are not read are no
 * part of it, so that a write to other partitions leaves the text as it is.
 *
 * Null for a plan without such a text: over rows in memory, or a scan that is not bound.
 *
 * @param storeName Tells apart the stores of the plan's tables, by their URLs.
 */
export function planKey(plan: LogicalPlan, storeName: (url: string) => string): string | null {
  const writer = new KeyWriter(storeName)
  return writer.write(plan) ? writer.text : null
}

/** The files that a scan reads of one partition, and the form of their values, as a text. */
function filesOf(
  columns: readonly Column[],
  { statistics }: PartitionSet,
  { id, rows }: { readonly id: number; readonly rows: number },
): string | null {
  const files: unknown[] = [id, rows]
  for (const column of columns) {
    const known = statistics.get(column.id)
    if (known === undefined) return null
    const file = known.get(id)
    files.push(file === undefined ? null : [fileText(file.file), file.bytes, file.crc32])
  }
  return JSON.stringify(files)
}

function columnsRead({ table, columns, predicate }: Scan): Column[] {
  const names = predicate === null ? new Set<string>() : columnsOf(predicate)
  const ids = new Set(columns.map(({ id }) => id))
  return table.columns.filter(({ id, name }) => ids.has(id) || names.has(name))
}

/** Writes plain data so that no two different values give the same text. */
class KeyWriter {
  text = ''
  readonly #storeName: (url: string) => string

  constructor(storeName: (url: string) => string) {
    this.#storeName = storeName
  }

  /** False when `value` holds something that has no text. */
  write(value: unknown): boolean {
    switch (typeof value) {
      case 'string':
        this.text += JSON.stringify(value)
        return true
      case 'number':
        this.text += Object.is(value, -0) ? '-0' : String(value)
        return true
      case 'bigint':
        this.text += `${value}n`
        return true
      case 'boolean':
      case 'undefined':
        this.text += String(value)
        return true
      case 'object':
        return this.#object(value)
      default:
        return false
    }
  }

  #object(value: object | null): boolean {
    if (value === null) {
      this.text += 'null'
      return true
    }
    if (Array.isArray(value)) return this.#list('[', value)
    if (value instanceof Uint8Array || value instanceof Int32Array) return this.#numbers(value)
    if (value instanceof Float64Array) return this.#numbers(value)
    if (value instanceof Map) return this.#list('map[', [...value].flat(1))
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return false
    const kind = (value as { readonly kind?: unknown }).kind
    if (kind === 'scan') return this.#scan(value as Scan)
    if (kind === 'values' && 'batches' in value) return this.#values(value as Values)
    return this.#entries(value)
  }

  #entries(value: object): boolean {
    this.text += '{'
    for (const name of Object.keys(value).sort()) {
      this.text += `${JSON.stringify(name)}:`
      if (!this.write((value as { readonly [name: string]: unknown })[name])) return false
      this.text += ','
    }
    this.text += '}'
    return true
  }

  #list(start: string, values: readonly unknown[]): boolean {
    this.text += start
    for (const value of values) {
      if (!this.write(value)) return false
      this.text += ','
    }
    this.text += ']'
    return true
  }

  #numbers(values: Uint8Array | Int32Array | Float64Array): boolean {
    this.text += values.constructor.name
    return this.#list('[', Array.from(values as Float64Array))
  }

  #scan(scan: Scan): boolean {
    const { table, columns, predicate, limit, partitions } = scan
    if (partitions === null) return false
    const { storeUrl, tableId, folder } = table
    const read = columnsRead(scan)
    const kept = new Set(partitions.kept)
    const head = [this.#storeName(storeUrl), tableId, folder, read, columns.map(({ id }) => id)]
    if (!this.#list('scan[', [...head, predicate, limit])) return false
    for (const partition of partitions.all.partitions) {
      const files = kept.has(partition.id) ? filesOf(read, partitions.all, partition) : ''
      if (files === null) return false
      this.text += files
    }
    return true
  }

  /** Rows that came of statistics stand in the text; those of a user are none of a cache's. */
  #values({ origin, batches, schema }: Values): boolean {
    const rows = batches.reduce((sum, { length }) => sum + length, 0)
    if (origin !== 'metadata' || rows > VALUES_ROWS_MAX) return false
    this.text += 'values'
    return this.write(schema.fields) && this.write(batches)
  }
}
