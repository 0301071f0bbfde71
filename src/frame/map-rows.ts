import { type Batch, batch } from '../arrow/batch.ts'
import { ownBatch } from '../arrow/own-vector.ts'
import { type Field, field, fieldNamed, fieldNames, type Schema, schema } from '../arrow/schema.ts'
import { vectorWithDefaults } from '../arrow/vector-from.ts'
import { invalid, nameNotFound } from '../error.ts'
import { stepProgress } from '../io/progress.ts'
import { values } from '../plan/logical-plan.ts'
import type { ActionOptions } from './action-options.ts'
import { checkOptions } from './actions.ts'
import { fieldsOf, identitiesOf } from './column-type.ts'
import { frameBatches } from './execute.ts'
import { rowsOf } from './frame-rows.ts'
import type { FrameState } from './frame-state.ts'
import { checkedNames } from './project-verbs.ts'
import { RowCalls, type RowContext } from './row-calls.ts'

export interface MapRowsOptions<K> extends ActionOptions {
  /** Rows that are worked on at the same time at most; 8 unless told. */
  readonly concurrency?: number
  /** The columns that the function is given; all unless told. */
  readonly columns?: readonly K[]
}

type Row = Readonly<Record<string, unknown>>

/** The state of a frame over the rows of `state` in memory, with what `body` answers beside each. */
export async function mapRows(
  state: FrameState,
  columns: unknown,
  body: unknown,
  options: MapRowsOptions<string>,
): Promise<FrameState> {
  checkOptions(options, ['concurrency', 'columns', 'signal', 'onProgress'], 'mapRows')
  const { concurrency = 8, columns: given, signal, onProgress } = options
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw invalid(`mapRows: concurrency is a whole number from 1 on, got ${concurrency}`)
  }
  if (typeof body !== 'function') {
    throw invalid(`mapRows: expected a function, got ${typeof body}`)
  }
  const fields = answerFields(columns)
  const { plan } = state
  const names =
    given === undefined ? fieldNames(plan.schema) : checkedNames(plan, [...given], 'mapRows')
  const calls = new RowCalls(body as (row: Row, context: RowContext) => unknown, {
    ...{ concurrency, signal },
    checked: (answer, row) => checkedAnswer(answer, row, fields),
  })
  const batches: Batch[] = []
  try {
    const source = frameBatches(state, { signal, onProgress: stepProgress(onProgress) })
    for await (const part of source) {
      batches.push(ownBatch(part))
      for (const row of rowsOf(onlyColumns(part, names), {})) await calls.add(row)
    }
    const answers = await calls.all()
    const whole = withFields(plan.schema, fields)
    let before = 0
    const results = batches.map((part) => {
      const made = answers.slice(before, before + part.length)
      before += part.length
      return withAnswers(part, made, { whole, fields })
    })
    return { ...state, plan: values(whole, results, 'mapRows'), origins: new Map() }
  } finally {
    calls.end()
  }
}

function answerFields(columns: unknown): readonly Field[] {
  const fields = fieldsOf(columns, 'mapRows')
  if (fields.length === 0) throw invalid('mapRows: say which columns the function answers')
  const [identity] = identitiesOf(columns as object)
  if (identity === undefined) return fields
  throw invalid('mapRows: an identity is a column of a table, which gives it its values')
}

/** The values of an answer, in the order of `fields`. */
function checkedAnswer(answer: unknown, row: number, fields: readonly Field[]): readonly unknown[] {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    const example = `{ ${fields[0]!.name}: ... }`
    throw invalid(`the function has to answer an object such as ${example}, got ${String(answer)}`)
  }
  const names = fields.map(({ name }) => name)
  const stranger = Object.keys(answer).find((name) => !names.includes(name))
  if (stranger !== undefined) throw nameNotFound('column', stranger, names)
  return fields.map((of) => {
    const value = Object.hasOwn(answer, of.name) ? (answer as Row)[of.name] : undefined
    vectorWithDefaults([value], of, { rowOffset: row })
    return value
  })
}

function onlyColumns(part: Batch, names: readonly string[]): Batch {
  const of = schema(names.map((name) => fieldNamed(part.schema, name)))
  const columns = names.map((name) => part.columns[part.schema.positions.get(name)!]!)
  return batch(of, columns, part.length)
}

/** `of` with each of `fields` in the place of the column of its name, or behind them all. */
function withFields(of: Schema, fields: readonly Field[]): Schema {
  const made = new Map(
    fields.map(({ name, type, nullable }) => [name, field(name, type, nullable)]),
  )
  const added = [...made.values()].filter(({ name }) => !of.positions.has(name))
  return schema([...of.fields.map((old) => made.get(old.name) ?? old), ...added])
}

function withAnswers(
  part: Batch,
  answers: readonly (readonly unknown[])[],
  { whole, fields }: { readonly whole: Schema; readonly fields: readonly Field[] },
): Batch {
  const made = new Map(
    fields.map((of, at) => [
      of.name,
      vectorWithDefaults(
        answers.map((row) => row[at]),
        of,
      ),
    ]),
  )
  const columns = whole.fields.map(
    ({ name }) => made.get(name) ?? part.columns[part.schema.positions.get(name)!]!,
  )
  return batch(whole, columns, part.length)
}
