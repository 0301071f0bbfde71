import type { Batch } from '../../arrow/batch.ts'
import { rowsToBatches } from '../../arrow/batches-from.ts'
import type { Schema } from '../../arrow/schema.ts'
import { GraupelError, invalid, throwIfAborted } from '../../error.ts'
import type { ImportStream } from './import-file.ts'
import type { ImportPart } from './import-part.ts'
import { placed, type Reject } from './rejects.ts'

const BATCH_ROWS = 8192

/**
 * Rows of a stream of objects as batches of `schema`; its lines are the rows' numbers from 1 on. Tells
 * `reject` of each that is no object, or has a value that its column does not take.
 */
export async function* rowParts(
  { name, stream }: { readonly name: string; readonly stream: ImportStream },
  schema: Schema,
  { signal, reject }: { readonly signal?: AbortSignal | undefined; readonly reject: Reject },
): AsyncGenerator<ImportPart> {
  let rows: object[] = []
  let line = 1
  for await (const row of stream) {
    throwIfAborted(signal)
    rows.push(row as object)
    if (rows.length < BATCH_ROWS) continue
    yield* taken(rows, line)
    line += rows.length
    rows = []
  }
  if (rows.length > 0) yield* taken(rows, line)

  function* taken(part: readonly object[], first: number): Generator<ImportPart> {
    try {
      const batch = batchOf(part, schema)
      yield { batch, lineOf: (row) => first + row }
      return
    } catch (error) {
      if (!(error instanceof GraupelError)) throw error
      if (part.length === 1) return reject(placed(error, name, first))
    }
    const half = part.length >> 1
    yield* taken(part.slice(0, half), first)
    yield* taken(part.slice(half), first + half)
  }
}

function batchOf(rows: readonly object[], schema: Schema): Batch {
  const wrong = rows.findIndex(
    (row) => typeof row !== 'object' || row === null || Array.isArray(row),
  )
  if (wrong >= 0) throw invalid('expected a row such as { id: 1 }', { value: rows[wrong] })
  return rowsToBatches(rows, schema, { batchRows: rows.length })[0]!
}

/** The stream, and whether it gives rows: told by its first item, which it gives again. */
export async function peeked(
  stream: ImportStream,
): Promise<{ readonly stream: ImportStream; readonly gives: 'bytes' | 'rows' }> {
  const items = stream[Symbol.asyncIterator]()
  const first = await items.next()
  const value: unknown = first.done === true ? '' : first.value
  const isBytes = value instanceof Uint8Array || typeof value !== 'object'
  async function* again() {
    try {
      if (first.done === true) return
      yield first.value
      for (let next = await items.next(); !next.done; next = await items.next()) yield next.value
    } finally {
      await items.return?.()
    }
  }
  return { stream: again(), gives: isBytes ? 'bytes' : 'rows' }
}
