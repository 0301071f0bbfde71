import { type Batch, takeBatch } from '../../arrow/batch.ts'
import type { Vector } from '../../arrow/vector.ts'
import type { Action, AddPartition } from '../../catalog/model/commit-record.ts'
import { KeyOwners, keyRange } from '../../exec/row-change.ts'
import { columnExpr } from '../../plan/expr-walk.ts'
import type { FoundRows } from './found-rows.ts'
import type { KeyRule } from './rules.ts'
import { keyConflict, violation } from './violation.ts'

const NONE = new Uint32Array(0)

/**
 * Keeps one key of a table in one write: no two rows of ours have a key, and none has that of a row
 * that is there and stays. Null keys pass. Holds every key that is written, in memory.
 */
export class KeyGuard {
  readonly rule: KeyRule
  readonly #found: FoundRows | null
  readonly #keys: KeyOwners
  /** Rows that stay as they are, of partitions of which not all do. */
  readonly #left = new Map<number, Uint32Array>()

  /** @param found What the table has; null when all of it goes. */
  constructor(rule: KeyRule, found: FoundRows | null) {
    this.rule = rule
    this.#found = found
    this.#keys = new KeyOwners(rule.columns.map(({ type }) => type))
  }

  /** The key columns of `rows`. */
  keysOf(rows: Batch): Vector[] {
    const { positions } = rows.schema
    return this.rule.columns.map(({ name }) => rows.columns[positions.get(name)!]!)
  }

  /** Numbers the keys of rows that are to be added, once it is known which of them are there. */
  async number(rows: Batch): Promise<Int32Array> {
    const keys = this.keysOf(rows)
    const ids = this.#keys.number(keys, rows.length)
    await this.#lookFor(keys)
    return ids
  }

  isFree(id: number): boolean {
    return this.#keys.isFree(id)
  }

  take(id: number): void {
    this.#keys.take(id)
  }

  /** Keys that are taken from here on may be given back. */
  mark(): void {
    this.#keys.mark()
  }

  giveBack(): void {
    this.#keys.giveBack()
  }

  /** Only the rows `kept` of a partition stay, and they keep their keys. */
  shrink(partition: number, kept: Uint32Array): void {
    this.#left.set(partition, kept)
  }

  /** All rows of a partition go, but for those that come back with the keys of `rows`. */
  replace(partition: number, rows: Batch | null): void {
    this.#left.set(partition, NONE)
    if (rows === null) return
    const vectors = this.keysOf(rows)
    const ids = this.#keys.number(vectors, rows.length)
    for (let row = 0; row < rows.length; row++) {
      const id = ids[row]!
      if (!this.#keys.isFree(id)) throw violation({ rule: this.rule, vectors, row }, undefined)
      this.#keys.take(id)
    }
  }

  /** Compares the keys of replaced rows with those that stay, once it is known which do. */
  async settle(): Promise<void> {
    if (this.#keys.count > 0) await this.#lookFor(this.#keys.keys())
  }

  /** Throws CONFLICT when what others did in `since` has a key of ours. */
  async admit(since: readonly Action[], table: string): Promise<void> {
    if (this.#keys.count === 0 || this.#found === null || since.length === 0) return
    const { columns } = this.rule
    const range = this.#range(this.#keys.keys())
    for (const added of brought(since)) {
      if (!(await this.#found.isNew(added, columns))) continue
      const rows = await this.#found.readAdded(added, columns, range)
      if (rows === null) continue
      const row = this.#keys.note(rows.columns, rows.length)
      if (row >= 0) throw keyConflict({ rule: this.rule, vectors: rows.columns, row }, table)
    }
  }

  /** Takes note of the rows that stay with one of `keys`. */
  async #lookFor(keys: readonly Vector[]): Promise<void> {
    if (this.#found === null) return
    const { columns } = this.rule
    for (const partition of await this.#found.partitions(columns, this.#range(keys))) {
      const left = this.#left.get(partition.id)
      if (left?.length === 0) continue
      const whole = await this.#found.read(partition, columns)
      const rows = left === undefined ? whole : takeBatch(whole, left, left.length)
      const row = this.#keys.note(rows.columns, rows.length)
      if (row < 0) continue
      throw violation({ rule: this.rule, vectors: rows.columns, row }, undefined)
    }
  }

  #range(keys: readonly Vector[]) {
    return keyRange(this.rule.columns.map(columnExpr), keys)
  }
}

/** The partitions that are live after `actions` and were not before, or not so. */
function brought(actions: readonly Action[]): Iterable<AddPartition> {
  const added = new Map<number, AddPartition>()
  for (const action of actions) {
    if (action.kind === 'removePartition') added.delete(action.id)
    else added.set(action.id, action)
  }
  return added.values()
}
