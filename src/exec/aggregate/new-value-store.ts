import { type DataType, layoutOf } from '../../arrow/data-type.ts'
import { NumberStore } from './number-store.ts'
import { TextStore } from './text-store.ts'
import type { ValueStore } from './value-store.ts'

/** An empty store for values of `type`. */
export function newValueStore(type: DataType): ValueStore {
  return layoutOf(type) === 'utf8' ? new TextStore(type) : new NumberStore(type)
}
