import { type DataType, layoutOf } from '../arrow/data-type.ts'
import { FloatGroupIndex } from './group-float.ts'
import type { GroupIndex } from './group-index.ts'
import { IntGroupIndex } from './group-int.ts'
import { TextGroupIndex } from './group-text.ts'

/** An empty index for values of `type`. */
export function newGroupIndex(type: DataType): GroupIndex {
  switch (layoutOf(type)) {
    case 'utf8':
      return new TextGroupIndex(type)
    case 'f64':
      return new FloatGroupIndex(type)
    default:
      return new IntGroupIndex(type)
  }
}
