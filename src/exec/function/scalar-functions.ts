import type { DataType } from '../../arrow/data-type.ts'
import type { Vector } from '../../arrow/vector.ts'

/** Each argument has `length` rows, or a single one that stands for every row. */
export type ScalarFunction = (args: readonly Vector[], type: DataType, length: number) => Vector
