import { jsReader } from '../../arrow/js-value.ts'
import { field } from '../../arrow/schema.ts'
import type { Vector } from '../../arrow/vector.ts'
import { vectorFrom } from '../../arrow/vector-from.ts'
import { clip, GraupelError, invalid } from '../../error.ts'
import type { UserFunction } from '../../plan/expr.ts'

/**
 * What `of` makes of `args`, which are `length` rows long each; null, without a call, in rows with a
 * null for a parameter that takes none.
 *
 * Throws INVALID for an error that it throws (as `cause`), for a value that its type does not hold, and
 * for a promise.
 */
export function callUser(of: UserFunction, args: readonly Vector[], length: number): Vector {
  const rows = calledRows(of, args, length)
  const columns = args.map((arg) => rows.map(jsReader(arg)))
  const answers =
    of.per === 'batch' && rows.length > 0
      ? listOf(of, called(of, columns), rows.length)
      : rows.map((_, at) =>
          called(
            of,
            columns.map((values) => values[at]),
          ),
        )
  const results: unknown[] = new Array(length).fill(null)
  for (const [at, row] of rows.entries()) results[row] = checked(of, answers[at])
  return vectorFrom(results, field(of.name, of.returns.type, true))
}

/** The rows that it is called for. */
function calledRows({ takes }: UserFunction, args: readonly Vector[], length: number): number[] {
  const strict = args.filter((_, position) => !takes[position]!.nullable)
  const rows: number[] = []
  for (let row = 0; row < length; row++) {
    if (strict.every(({ validity }) => validity === null || validity[row] === 1)) rows.push(row)
  }
  return rows
}

function called({ name, body }: UserFunction, args: readonly unknown[]): unknown {
  try {
    return body(...(args as never[]))
  } catch (cause) {
    if (cause instanceof GraupelError) throw cause
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new GraupelError(
      'INVALID',
      `function "${clip(name)}" threw: ${clip(message)}`,
      { function: name },
      { cause },
    )
  }
}

function listOf({ name }: UserFunction, answer: unknown, length: number): ArrayLike<unknown> {
  const isList = Array.isArray(answer) || (ArrayBuffer.isView(answer) && 'length' in answer)
  if (isList && (answer as ArrayLike<unknown>).length === length) {
    return answer as ArrayLike<unknown>
  }
  const found = isList ? `${(answer as ArrayLike<unknown>).length} values` : typeof answer
  throw invalid(
    `function "${clip(name)}" has to give a list of ${length} values, one for each row, and gave ${found}`,
    { function: name },
  )
}

function checked({ name, returns }: UserFunction, value: unknown): unknown {
  if (value instanceof Promise) {
    throw invalid(`function "${clip(name)}" gave a promise; it has to answer at once`, {
      function: name,
    })
  }
  if (value != null || returns.nullable) return value
  throw invalid(
    `function "${clip(name)}" gave null; declare that it may with returns: t....nullable()`,
    { function: name },
  )
}
