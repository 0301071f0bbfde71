import type { DataType } from '../../arrow/data-type.ts'
import type { Vector } from '../../arrow/vector.ts'

/** `input` as `type`; `orNull` gives null where a value cannot be had, otherwise INVALID. */
export function castVector(
  input: Vector,
  type: DataType,
  options: { readonly orNull: boolean },
): Vector {
  throw new Error(`not yet ${input.length} ${type.name} ${options.orNull}`)
}
