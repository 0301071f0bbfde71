import { type Batch, batch } from '../arrow/batch.ts'
import { type DataType, typesEqual, typeText } from '../arrow/data-type.ts'
import { fromArrowIpc } from '../arrow/interop.ts'
import type { Schema } from '../arrow/schema.ts'
import type { Vector } from '../arrow/vector.ts'
import { GraupelError } from '../error.ts'

/** The batches of an Arrow stream whose columns are those of `schema` by position. */
export async function batchesOfAnswer(bytes: Uint8Array, schema: Schema): Promise<Batch[]> {
  const { batches } = await fromArrowIpc(bytes)
  return batches.map(({ columns, length }) =>
    batch(
      schema,
      schema.fields.map(({ type }, at) => relabelled(columns[at]!, type)),
      length,
    ),
  )
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
