import { type Batch, concatBatches, takeBatch } from '../arrow/batch.ts'
import { utf8 } from '../arrow/data-type.ts'
import { field, fieldNamed, fieldNames, type Schema, schema } from '../arrow/schema.ts'
import { clip, GraupelError, invalid } from '../error.ts'
import { execContext, run } from '../exec/run.ts'
import type { ImportPart } from '../io/import/import-part.ts'
import { placed, type Reject } from '../io/import/rejects.ts'
import type { NamedExpr } from '../plan/expr.ts'
import { castExpr, columnExpr } from '../plan/expr-walk.ts'
import { type LogicalPlan, mapInputs, project, values } from '../plan/logical-plan.ts'
import { alignedPlan } from './aligned-plan.ts'
import { expr } from './lazy-expr.ts'
import { selectPlan } from './project-verbs.ts'
import { requireNoNull } from './stage.ts'

/** Makes rows of a file those of a table. */
export type PartTransform = (rows: Batch) => Promise<Batch>

/**
 * What makes rows with the columns `of` rows of `target`: by what is selected of them, a callback or names. Text becomes
 * what its column is. Throws INVALID and NOT_FOUND for a `select` that does not fit.
 */
export function partTransform(
  of: Schema,
  target: Schema,
  select: readonly unknown[],
  signal: AbortSignal | undefined,
): PartTransform {
  const input = values(of, [], 'load')
  const selected = selectPlan(input, select)
  if (selected.kind !== 'project' || selected.input !== input) {
    throw invalid('load: select takes each row by itself; windows are for frames')
  }
  const plan = alignedPlan(fromText(selected, target), target, 'load')
  return async (rows) => {
    const parts: Batch[] = []
    for await (const part of run(over(plan, values(of, [rows], 'load')), execContext({ signal }))) {
      parts.push(part)
    }
    const whole = concatBatches(target, parts)
    requireNoNull(target, whole, 0)
    return whole
  }
}

/** The part as rows of the table; rows that cannot be one are told to `reject`, by line and column. */
export async function* transformed(
  part: ImportPart,
  transform: PartTransform,
  { file, reject }: { readonly file: string; readonly reject: Reject },
): AsyncGenerator<ImportPart> {
  const { batch, lineOf } = part
  try {
    yield { batch: await transform(batch), lineOf }
    return
  } catch (error) {
    if (!(error instanceof GraupelError) || error.code !== 'INVALID') throw error
    if (batch.length === 1) return reject(placed(error, file, lineOf(0)))
  }
  const half = batch.length >> 1
  for (const [from, to] of [
    [0, half],
    [half, batch.length],
  ] as const) {
    const rows = Uint32Array.from({ length: to - from }, (_, row) => from + row)
    const piece = takeBatch(batch, rows, rows.length)
    yield* transformed({ batch: piece, lineOf: (row) => lineOf(from + row) }, transform, {
      file,
      reject,
    })
  }
}

/** `plan` with columns of text cast to what `target` has under their name. */
function fromText(plan: LogicalPlan, target: Schema): LogicalPlan {
  return project(
    plan,
    plan.schema.fields.map((field): NamedExpr => {
      const { name, type } = field
      const wanted = target.positions.has(name) ? fieldNamed(target, name).type : type
      const expr = columnExpr(field)
      return {
        name,
        expr: type.name === 'utf8' && wanted.name !== 'utf8' ? castExpr(expr, wanted) : expr,
      }
    }),
  )
}

/** `plan` with other rows to go over. */
function over(plan: LogicalPlan, rows: LogicalPlan): LogicalPlan {
  return plan.kind === 'values' ? rows : mapInputs(plan, (input) => over(input, rows))
}

/** Names of the columns of a typed file that `target` has. Throws INVALID for those that it cannot take. */
export function matchingColumns(
  of: Schema,
  refused: ReadonlyMap<string, string>,
  target: Schema,
  extraColumns: 'refuse' | 'ignore' | undefined,
): string[] {
  for (const [name, type] of refused) {
    if (!target.positions.has(name) && extraColumns === 'ignore') continue
    throw invalid(
      `column "${clip(name)}" is a ${type}, which has no counterpart; give extraColumns: 'ignore' or a select without it`,
      { column: name, type },
    )
  }
  const extra = fieldNames(of).find((name) => !target.positions.has(name))
  if (extra !== undefined && extraColumns !== 'ignore') {
    throw invalid(
      `the table has no column "${clip(extra)}"; give extraColumns: 'ignore' to leave it out`,
      { column: extra },
    )
  }
  const names = fieldNames(of).filter((name) => target.positions.has(name))
  if (names.length > 0) return names
  throw invalid('the file has none of the columns of the table', { columns: fieldNames(of) })
}

/** The columns that a callback names, as text: for files that do not tell their columns. */
export function namedByCallback(select: (file: never) => unknown): Schema {
  const names = new Set<string>()
  const recorder = new Proxy(Object.create(null), {
    get: (_, name) => {
      if (typeof name === 'symbol') return undefined
      names.add(name)
      return expr({ kind: 'column', name })
    },
  })
  select(recorder as never)
  if (names.size === 0) throw invalid('load: select names no column of the file')
  return schema([...names].map((name) => field(name, utf8, true)))
}
