import { type Batch, batch } from '../arrow/batch.ts'
import { type DataType, typesEqual, typeText } from '../arrow/data-type.ts'
import { readIpc } from '../arrow/read-ipc.ts'
import type { Schema } from '../arrow/schema.ts'
import type { Vector } from '../arrow/vector.ts'
import { GraupelError } from '../error.ts'

/** How an Arrow stream ends, and what stands in one that an error has cut. */
const END = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0] as const
const EXCEPTION = '__exception__'
const TAIL_BYTES = 16_384

/**
 * The batches of an Arrow stream whose columns are those of `schema` by position, each as it comes.
 * What a server says in the midst of it, or a stream that has no end, is told to `failed`.
 */
export async function* batchesOfAnswer(
  chunks: AsyncIterable<Uint8Array>,
  schema: Schema,
  failed: (text: string) => Error,
): AsyncGenerator<Batch, void, undefined> {
  const stream = new TailedStream(chunks)
  try {
    yield* readBatches(stream, schema)
    await stream.failure()
    if (!stream.isWhole) throw new Error('the answer was cut')
  } catch (cause) {
    const said = (await stream.failure()) ?? (stream.isWhole ? null : String(cause))
    throw said === null ? cause : failed(said)
  } finally {
    await stream.close()
  }
}

async function* readBatches(
  stream: TailedStream,
  schema: Schema,
): AsyncGenerator<Batch, void, undefined> {
  const reader = await readIpc(stream.chunks())
  for await (const { columns, length } of reader.batches()) {
    const typed = schema.fields.map(({ type }, at) => relabelled(columns[at]!, type))
    yield batch(schema, typed, length)
  }
}

/** Chunks that pass by, of which the last bytes are kept. */
class TailedStream {
  readonly #from: AsyncIterator<Uint8Array>
  #tail = Buffer.alloc(0)
  #broken: unknown

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#from = chunks[Symbol.asyncIterator]()
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let chunk = await this.#next(); chunk !== null; chunk = await this.#next()) yield chunk
  }

  /** Reads what is left. Why the stream is no answer, if that is known. */
  async failure(): Promise<string | null> {
    try {
      while ((await this.#next()) !== null);
    } catch (cause) {
      this.#broken ??= cause
    }
    return this.#said() ?? (this.#broken === undefined ? null : String(this.#broken))
  }

  async close(): Promise<void> {
    await this.#from.return?.()
  }

  get isWhole(): boolean {
    return this.#tail.subarray(-END.length).equals(Uint8Array.from(END))
  }

  #said(): string | null {
    const text = this.#tail.toString('latin1')
    const from = text.indexOf(EXCEPTION)
    return from < 0
      ? null
      : this.#tail
          .subarray(from + EXCEPTION.length)
          .toString('utf8')
          .trim()
  }

  async #next(): Promise<Uint8Array | null> {
    try {
      const { done, value } = await this.#from.next()
      if (done === true) return null
      this.#tail = Buffer.concat([this.#tail, value]).subarray(-TAIL_BYTES)
      return value
    } catch (cause) {
      this.#broken = cause
      throw cause
    }
  }
}

/** Text for JSON, and an instant for a reading of a clock: the same values under our type. */
function relabelled(vector: Vector, type: DataType): Vector {
  const from = vector.type
  const same =
    typesEqual(from, type) ||
    (from.name === 'utf8' && type.name === 'json') ||
    (from.name === 'timestamp' && type.name === 'timestamp' && from.unit === type.unit)
  if (!same) {
    throw new GraupelError('DATA', `the engine answered ${typeText(from)} for ${typeText(type)}`)
  }
  return { ...vector, type }
}
