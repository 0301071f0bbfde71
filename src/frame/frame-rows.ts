import type { Batch } from '../arrow/batch.ts'
import { type JsOptions, jsReader } from '../arrow/js-value.ts'
import { GraupelError, invalid } from '../error.ts'

type RowObject = Record<string, unknown>

/** The row options among `options`, checked. Throws INVALID for a value that they cannot have. */
export function rowOptions(options: JsOptions): JsOptions {
  const { int64 = 'bigint', decimal = 'string', temporal = 'date' } = options
  const choices = [
    ['int64', int64, ['bigint', 'number']],
    ['decimal', decimal, ['string', 'number']],
    ['temporal', temporal, ['date', 'iso']],
  ] as const
  for (const [name, value, allowed] of choices) {
    if (!(allowed as readonly string[]).includes(value)) {
      throw invalid(`${name} can be "${allowed.join('" or "')}", got ${JSON.stringify(value)}`)
    }
  }
  return { int64, decimal, temporal }
}

/**
 * The rows of a batch as plain objects. A column called `__proto__` is an own property like any
 * other. Throws INVALID naming the column where a value would lose digits.
 */
export function* rowsOf(batch: Batch, options: JsOptions): Generator<RowObject, void, undefined> {
  const columns = batch.schema.fields.map(({ name }, position) => ({
    name,
    read: jsReader(batch.columns[position]!, options),
  }))
  const plain = columns.every(({ name }) => name !== '__proto__')
  for (let row = 0; row < batch.length; row++) {
    const object: RowObject = {}
    for (const { name, read } of columns) {
      const value = readValue(read, row, name)
      if (plain || name !== '__proto__') object[name] = value
      else {
        const own = { value, enumerable: true, configurable: true, writable: true }
        Object.defineProperty(object, name, own)
      }
    }
    yield object
  }
}

function readValue(read: (row: number) => unknown, row: number, column: string): unknown {
  try {
    return read(row)
  } catch (cause) {
    if (!(cause instanceof GraupelError)) throw cause
    const message = `column "${column}": ${cause.message}`
    throw new GraupelError(cause.code, message, { ...cause.facts, column }, { cause })
  }
}
