import { type DataType, layoutOf } from '../arrow/data-type.ts'
import { FloatGroupIndex } from './group-float.ts'
import type { GroupIndex } from './group-index.ts'
import { IntGroupIndex } from './group-int.ts'
import { TextGroupIndex } from './group-text.ts'
import type { Blocks } from './wasm/blocks.ts'
import { ShortTexts } from './wasm/short-texts.ts'

/** An empty index for values of `type`; `blocks` as of a `GroupTable`. */
export function newGroupIndex(type: DataType, blocks: Blocks | null = null): GroupIndex {
  switch (layoutOf(type)) {
    case 'utf8':
      return new TextGroupIndex(type, ShortTexts.within(blocks))
    case 'f64':
      return new FloatGroupIndex(type, blocks)
    default:
      return new IntGroupIndex(type, blocks)
  }
}
