import { type Batch, batch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { Vector } from '../../arrow/vector.ts'
import { type Column, tableSchema } from '../../catalog/model/table.ts'
import type { RangeAnswer } from '../../io/csv/column-reader.ts'
import { type NumberRange, takesAll } from '../../kernel/select-numbers.ts'
import { type Blocks, inBlocks, newUint32 } from '../../kernel/wasm/blocks.ts'
import { takeRows } from '../../kernel/wasm/take-rows.ts'
import type { Expr } from '../../plan/expr.ts'
import { columnsOf } from '../../plan/expr-children.ts'
import type { ExecContext } from '../context.ts'
import { selectRows } from '../evaluate.ts'
import { patternOfPredicate, rangeOfPredicate, type TextPattern } from '../function/select-fast.ts'
import { LiveBound } from '../live-bound.ts'
import type { PartitionReader, Run } from './partition-reader.ts'

/** One conjunct of a scan's predicate, and what is still to be read after it. */
export interface Step {
  /** A bound is a range that may change from run to run. */
  readonly predicate: Expr | LiveBound
  readonly columns: readonly Column[]
  readonly schema: Schema
  /** The one range that the predicate stands for, if it does for one and its column is numbers. */
  readonly range: NumberRange | undefined
  /** The one pattern that it stands for, if it does for one and nothing later needs its column. */
  readonly pattern: TextPattern | undefined
  /** Columns that a later step or the output needs. */
  readonly later: ReadonlySet<Column>
}

/** The steps that test `conjuncts` in order, before `output` is read. */
export function stepsOf(
  conjuncts: readonly Expr[],
  tableColumns: readonly Column[],
  output: readonly Column[],
): Step[] {
  const later = new Set(output)
  const steps: Step[] = []
  for (const predicate of [...conjuncts].reverse()) {
    const names = columnsOf(predicate)
    const columns = tableColumns.filter(({ name }) => names.has(name))
    const [column] = columns
    const one = columns.length === 1 ? column : undefined
    const range = one && rangeOfPredicate(predicate, one.type)
    const pattern = one && !later.has(one) ? patternOfPredicate(predicate, one.type) : undefined
    const schema = tableSchema(columns)
    steps.unshift({ predicate, columns, schema, range, pattern, later: new Set(later) })
    for (const column of columns) later.add(column)
  }
  return steps
}

/** The step that leaves out what is beyond `bound`, before `steps`. */
export function boundStep(
  bound: LiveBound,
  key: Column,
  steps: readonly Step[],
  output: readonly Column[],
): Step {
  const later = new Set([...output, ...steps.flatMap(({ columns }) => columns)])
  const columns = [key]
  const schema = tableSchema(columns)
  return { predicate: bound, columns, schema, range: undefined, pattern: undefined, later }
}

/**
 * Finds the rows of a run that pass every step, reading of each column only what the steps before
 * have left, and then the output's columns for the rows that passed them all.
 */
export class RunSelection {
  readonly #steps: readonly Step[]
  readonly #output: readonly Column[]
  readonly #schema: Schema
  readonly #blocks: Blocks | null
  readonly #isFiltered: boolean
  /** Rows that are still wanted, and those that the last step found: of the run that is read now. */
  #rows: Uint32Array
  #found: Uint32Array
  /** Values read so far, of the rows that are still wanted. */
  readonly #vectors = new Map<Column, Vector>()

  constructor(
    steps: readonly Step[],
    output: readonly Column[],
    schema: Schema,
    { runRowsMax, blocks }: Pick<ExecContext, 'runRowsMax' | 'blocks'>,
  ) {
    this.#steps = steps
    this.#output = output
    this.#schema = schema
    this.#blocks = blocks
    this.#isFiltered = steps.length > 0
    const length = this.#isFiltered && blocks === null ? runRowsMax : 0
    this.#rows = new Uint32Array(length)
    this.#found = new Uint32Array(length)
  }

  /** The output of rows `start` to `start + length`; null when none passes. */
  async read(reader: PartitionReader, start: number, length: number): Promise<Batch | null> {
    this.#vectors.clear()
    if (this.#isFiltered && this.#blocks !== null) {
      this.#rows = inBlocks(this.#blocks, () => newUint32(length))
      this.#found = inBlocks(this.#blocks, () => newUint32(length))
    }
    let run: Run = { start, length, rows: null, count: length }
    for (const step of this.#steps) {
      if (step.predicate instanceof LiveBound && takesAll(step.predicate.range)) continue
      const answer = await this.#selectEarly(reader, step, run)
      const count = answer === undefined ? await this.#select(reader, step, run) : answer.count
      if (count === 0) return null
      if (count < run.count) run = this.#narrowed(run, count, step.later)
      const kept = answer?.vector ?? null
      if (kept !== null) this.#vectors.set(step.columns[0]!, kept)
    }
    await this.#load(reader, this.#output, run)
    const columns = this.#output.map((column) => this.#vectors.get(column)!)
    return batch(this.#schema, columns, run.count)
  }

  /** Leaves a range or a pattern to the reader, which need not make vectors of all rows then. */
  async #selectEarly(
    reader: PartitionReader,
    { predicate, range: ownRange, pattern, columns, later }: Step,
    run: Run,
  ): Promise<RangeAnswer | undefined> {
    const range = predicate instanceof LiveBound ? predicate.range : ownRange
    const column = columns[0]!
    if (range === undefined && pattern === undefined) return undefined
    if (this.#vectors.has(column)) return undefined
    if (pattern?.isNegated === true && !reader.hasOnlyPlainTexts(column)) return undefined
    const opening = reader.open(columns)
    if (opening !== undefined) await opening
    if (range !== undefined) {
      const query = { range, out: this.#found, keep: later.has(column) }
      return inBlocks(this.#blocks, () => reader.selectInRange(column, run, query))
    }
    const { program, isNegated } = pattern!
    const out = isNegated ? new Uint32Array(run.length) : this.#found
    const matching = await reader.selectMatching(column, run, { program, out })
    const count = isNegated ? selectOthers(out, matching, run.count, this.#found) : matching
    return { count, vector: null }
  }

  /** How many of the rows pass `step`; they stand in `#found`. */
  async #select(reader: PartitionReader, step: Step, run: Run): Promise<number> {
    await this.#load(reader, step.columns, run)
    const columns = step.columns.map((column) => this.#vectors.get(column)!)
    const input = batch(step.schema, columns, run.count)
    if (step.predicate instanceof LiveBound) throw new Error('a bound that is not the first step')
    return selectRows(step.predicate, input, null, run.count, this.#found)
  }

  async #load(reader: PartitionReader, columns: readonly Column[], run: Run): Promise<void> {
    const missing = columns.filter((column) => !this.#vectors.has(column))
    const opening = reader.open(missing)
    if (opening !== undefined) await opening
    const read = () => missing.map((column) => reader.read(column, run))
    const values = inBlocks(this.#blocks, read)
    for (const [index, column] of missing.entries()) {
      const value = values[index]!
      this.#vectors.set(column, value instanceof Promise ? await value : value)
    }
  }

  /** `run` without the rows that the last step excluded; what was read is cut to match. */
  #narrowed(run: Run, count: number, later: ReadonlySet<Column>): Run {
    const found = this.#found
    if (run.rows === null) [this.#rows, this.#found] = [found, this.#rows]
    const rows = this.#rows
    if (run.rows !== null) for (let i = 0; i < count; i++) rows[i] = rows[found[i]!]!
    for (const [column, vector] of this.#vectors) {
      if (!later.has(column)) this.#vectors.delete(column)
      else {
        const take = () => takeRows(vector, found, count)
        this.#vectors.set(column, inBlocks(this.#blocks, take))
      }
    }
    return { ...run, rows, count }
  }
}

/** Writes to `out` what of 0 to `length - 1` is not in `some[0 .. count)`, ascending; answers how many. */
function selectOthers(some: Uint32Array, count: number, length: number, out: Uint32Array): number {
  let others = 0
  for (let i = 0, at = 0; i < length; i++) {
    if (at < count && some[at] === i) at++
    else out[others++] = i
  }
  return others
}
