import { type Batch, batch, batchBytes, takeBatch } from '../../arrow/batch.ts'
import { nullVector } from '../../arrow/constant-vector.ts'
import { float64 } from '../../arrow/data-type.ts'
import { type Field, field, type Schema, schema } from '../../arrow/schema.ts'
import type { Vector } from '../../arrow/vector.ts'
import type { SpillFile } from '../../io/spill-folder.ts'
import { JoinTable } from '../../kernel/join-table.ts'
import type { Expr } from '../../plan/expr.ts'
import type { Join } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import { evaluate } from '../evaluate.ts'
import { BatchCollector } from '../operator/batch-collector.ts'
import type { HeldMemory } from '../operator/held-memory.ts'
import { JoinOutput } from '../operator/join-output.ts'
import { Pacer } from '../operator/pacer.ts'
import { mergeRuns } from './merge-runs.ts'
import { mergedBatches, RowPartitions } from './row-partitions.ts'
import { SpillSpace } from './spill-space.ts'

/** Parts are dealt again at most so often: what still does not fit is of few keys. */
const DEPTH_MAX = 4

/** What it takes to hold `rows` rows of `bytes` bytes as the build side of a join. */
export function buildBytes(bytes: number, rows: number): number {
  // The rows are copied once to stand together; then there are a hash table, row numbers, marks.
  return 2 * bytes + rows * 64
}

/** Rows of one side: numbered, and dealt to files by their keys. */
class Side {
  readonly schema: Schema
  readonly keys: readonly Expr[]
  readonly #isKept: 'all' | 'keyed'
  #rows = 0

  /** @param isKept `keyed` when rows with a null among their keys cannot be in the result. */
  constructor(of: Schema, keys: readonly Expr[], isKept: 'all' | 'keyed') {
    let name = 'row'
    while (of.positions.has(name)) name += '_'
    this.schema = schema([...of.fields, field(name, float64)])
    this.keys = keys
    this.#isKept = isKept
  }

  keysOf(rows: Batch): Vector[] {
    return this.keys.map((key) => evaluate(key, rows))
  }

  /** `rows` with their numbers beside them, less those that cannot count. */
  numbered(rows: Batch): Batch {
    const { length } = rows
    const values = new Float64Array(length)
    for (let row = 0; row < length; row++) values[row] = this.#rows + row
    this.#rows += length
    const number: Vector = { type: float64, layout: 'f64', length, validity: null, values }
    const all = batch(this.schema, [...rows.columns, number], length)
    if (this.#isKept === 'all') return all
    const valid = new Uint8Array(length).fill(1)
    for (const { validity } of this.keysOf(rows)) {
      if (validity !== null) for (let row = 0; row < length; row++) valid[row]! &= validity[row]!
    }
    return selected(all, valid, 1)
  }
}

/**
 * A join whose build side does not fit: both sides are dealt to files by a hash of their keys, and
 * the files are joined pair by pair. Rows are numbered, and the results are merged by the numbers:
 * the order is that of a join in memory.
 */
export class SpillJoin {
  readonly #plan: Join
  readonly #context: ExecContext
  readonly #memory: HeldMemory
  readonly #space: SpillSpace
  readonly #pacer: Pacer
  readonly #left: Side
  readonly #right: Side
  readonly #leftParts: RowPartitions
  readonly #rightParts: RowPartitions
  /** Left columns, then right ones unless the join only selects, all with their numbers. */
  readonly #pairs: Schema
  /** Pairs in the order of the left rows, and right rows without a match. */
  readonly #runs: SpillFile[] = []
  readonly #unmatched: SpillFile[] = []

  constructor(
    plan: Join,
    [left, right]: readonly [Schema, Schema],
    context: ExecContext,
    memory: HeldMemory,
  ) {
    const { how } = plan
    this.#plan = plan
    this.#context = context
    this.#memory = memory
    this.#space = new SpillSpace(context)
    this.#pacer = new Pacer(context)
    const keepsLeft = how === 'left' || how === 'full' || how === 'anti'
    const keepsRight = how === 'right' || how === 'full'
    this.#left = new Side(left, plan.leftKeys, keepsLeft ? 'all' : 'keyed')
    this.#right = new Side(right, plan.rightKeys, keepsRight ? 'all' : 'keyed')
    this.#leftParts = new RowPartitions(this.#space, this.#left.schema, 0)
    this.#rightParts = new RowPartitions(this.#space, this.#right.schema, 0)
    const fields: Field[] = [...this.#left.schema.fields]
    if (!this.#isSelecting) fields.push(...this.#right.schema.fields)
    this.#pairs = schema(fields.map(({ type }, position) => field(`${position}`, type)))
  }

  get #isSelecting(): boolean {
    return this.#plan.how === 'semi' || this.#plan.how === 'anti'
  }

  addRight(rows: Batch): void {
    const own = this.#right.numbered(rows)
    if (own.length > 0) this.#rightParts.add(own, this.#right.keysOf(own))
  }

  addLeft(rows: Batch): void {
    const own = this.#left.numbered(rows)
    if (own.length > 0) this.#leftParts.add(own, this.#left.keysOf(own))
  }

  /** The rows of the join; once. */
  async *results(): AsyncGenerator<Batch, void, undefined> {
    await this.#joinParts(this.#leftParts.finish(), this.#rightParts.finish(), 1)
    const leftNumber = this.#left.schema.fields.length - 1
    const isAsked = (position: number) =>
      position !== leftNumber && (this.#isSelecting || position < this.#pairs.fields.length - 1)
    for (const [runs, number] of [
      [this.#runs, leftNumber],
      [this.#unmatched, this.#pairs.fields.length - 1],
    ] as const) {
      const keysOf = ({ columns }: Batch) =>
        [columns[number]!, columns.at(-1)!].map(
          (vector) => ({ vector, descending: false, nulls: 'last' }) as const,
        )
      for await (const { columns, length } of mergeRuns(this.#space, this.#pairs, runs, keysOf)) {
        const asked = columns.filter((_, position) => isAsked(position))
        yield batch(this.#plan.schema, asked, length)
      }
    }
  }

  remove(): void {
    this.#space.remove()
  }

  async #joinParts(
    left: readonly (SpillFile | null)[],
    right: readonly (SpillFile | null)[],
    depth: number,
  ): Promise<void> {
    for (const [part, leftFile] of left.entries()) {
      const rightFile = right[part] ?? null
      const fits =
        rightFile === null ||
        rightFile.rows <= this.#context.batchRowsMax ||
        buildBytes(rightFile.bytes, rightFile.rows) <= this.#context.memoryShare
      if (fits || leftFile === null || depth > DEPTH_MAX) await this.#joinPart(leftFile, rightFile)
      else {
        const again = [
          await this.#deal(this.#left, leftFile, depth),
          await this.#deal(this.#right, rightFile, depth),
        ] as const
        await this.#joinParts(...again, depth + 1)
      }
      leftFile?.remove()
      rightFile?.remove()
    }
  }

  async #deal(side: Side, file: SpillFile, seed: number): Promise<(SpillFile | null)[]> {
    const parts = new RowPartitions(this.#space, side.schema, seed)
    for (const rows of mergedBatches(file, this.#context.batchRowsMax)) {
      await this.#pacer.step(rows.length * rows.columns.length)
      parts.add(rows, side.keysOf(rows))
    }
    return parts.finish()
  }

  /** Joins two files, as much of the right one at a time as there is room for. */
  async #joinPart(left: SpillFile | null, right: SpillFile | null): Promise<void> {
    const { how } = this.#plan
    const rightKept = how === 'right' || how === 'full'
    if (left === null && !rightKept) return
    const matched = new Uint8Array(left?.rows ?? 0)
    for (const rows of right === null ? [] : this.#chunks(right, matched.byteLength)) {
      await this.#joinChunk(left, rows, matched)
    }
    this.#memory.hold(matched.byteLength)
    if (left === null || how === 'inner' || how === 'right') return
    const wanted = how === 'semi' ? 1 : 0
    const writer = this.#space.writer(this.#pairs)
    let from = 0
    for (const rows of mergedBatches(left, this.#context.batchRowsMax)) {
      await this.#pacer.step(rows.length * rows.columns.length)
      const own = selected(rows, matched.subarray(from, from + rows.length), wanted)
      from += rows.length
      const nulls = this.#isSelecting
        ? []
        : this.#right.schema.fields.map(({ type }) => nullVector(type, own.length))
      const columns = [...own.columns, ...nulls]
      this.#space.appendRun(writer, batch(this.#pairs, columns, own.length))
    }
    this.#runs.push(writer.finish())
  }

  *#chunks(file: SpillFile, heldBytes: number): Generator<Batch, void, undefined> {
    let collector = new BatchCollector(file.schema)
    let needed = heldBytes
    for (const rows of mergedBatches(file, this.#context.batchRowsMax)) {
      const more = buildBytes(batchBytes(rows), rows.length)
      if (!this.#memory.fit(needed + more)) {
        const all = collector.all()
        collector = new BatchCollector(file.schema)
        if (all !== null) yield all
        needed = heldBytes
        this.#memory.hold(needed + more)
      }
      needed += more
      collector.add(rows)
    }
    const all = collector.all()
    if (all !== null) yield all
  }

  /** Writes the pairs of the left rows and some right ones, and marks left rows with a match. */
  async #joinChunk(left: SpillFile | null, right: Batch, matched: Uint8Array): Promise<void> {
    const { batchRowsMax } = this.#context
    const { keys } = this.#right
    const types = keys.map(({ type }) => type)
    const table = new JoinTable(types, this.#right.keysOf(right), right.length)
    const output = new JoinOutput(this.#pairs, right, this.#isSelecting ? 0 : batchRowsMax)
    const ids = new Int32Array(batchRowsMax)
    const writer = this.#space.writer(this.#pairs)
    let from = 0
    for (const rows of left === null ? [] : mergedBatches(left, batchRowsMax)) {
      table.probe(this.#left.keysOf(rows), rows.length, ids)
      for (let row = 0; row < rows.length; row++) if (ids[row]! >= 0) matched[from + row] = 1
      from += rows.length
      await this.#pacer.step(rows.length)
      const cursor = { row: this.#isSelecting ? rows.length : 0, match: 0 }
      while (cursor.row < rows.length) {
        const { leftRows, rightRows } = output
        const count = table.matches(cursor, ids, rows.length, leftRows, rightRows, 'drop')
        await this.#pacer.step(count * this.#pairs.fields.length)
        this.#space.appendRun(writer, output.pairs(rows, count))
      }
    }
    this.#runs.push(writer.finish())
    if (this.#plan.how !== 'right' && this.#plan.how !== 'full') return
    const alone = output.unmatched(this.#left.schema)
    this.#unmatched.push(await this.#space.write(this.#pairs, alone))
  }
}

/** The rows of `of` whose mark is `wanted`. */
function selected(of: Batch, marks: Uint8Array, wanted: number): Batch {
  const rows = new Uint32Array(of.length)
  let count = 0
  for (let row = 0; row < of.length; row++) if (marks[row] === wanted) rows[count++] = row
  return count === of.length ? of : takeBatch(of, rows, count)
}
