import type { DataType } from '../../arrow/data-type.ts'
import { partTextAt } from '../../arrow/scalar.ts'
import { isNull, textAt, type Utf8Vector, type Vector } from '../../arrow/vector.ts'
import { TextSink } from '../../kernel/text.ts'
import type { AggregateState } from './aggregate-state.ts'

/** The values of each group that are not null, in the order of their rows, as a list. */
export class CollectListState implements AggregateState {
  readonly #type: DataType
  /** Per group what stands between the brackets. */
  readonly #texts: string[] = []
  #characters = 0

  /** @param type That of the list. */
  constructor(type: DataType) {
    this.#type = type
  }

  get bytes(): number {
    return 2 * this.#characters + 16 * this.#texts.length
  }

  update(groups: Int32Array | null, input: Vector | null, length: number): void {
    for (let row = 0; row < length; row++) {
      if (!isNull(input!, row)) this.#append(groups?.[row] ?? 0, partTextAt(input!, row))
    }
  }

  finish(groupCount: number): Vector {
    const texts = Array.from({ length: groupCount }, (_, group) => this.#texts[group] ?? '')
    return listVector(this.#type, texts)
  }

  parts(groupCount: number): Vector[] {
    return [this.finish(groupCount)]
  }

  merge(groups: Int32Array, parts: readonly Vector[]): void {
    for (const [row, group] of groups.entries()) {
      const inner = textAt(parts[0] as Utf8Vector, row).slice(1, -1)
      if (inner !== '') this.#append(group, inner)
    }
  }

  #append(group: number, text: string): void {
    while (this.#texts.length <= group) this.#texts.push('')
    const held = this.#texts[group]!
    this.#texts[group] = held === '' ? text : `${held},${text}`
    this.#characters += text.length + 1
  }
}

/** Lists of `type`, each given as what stands between the brackets. */
export function listVector(type: DataType, texts: readonly string[]): Vector {
  const sink = new TextSink(texts.length, texts.length * 16)
  for (const text of texts) {
    sink.appendString(`[${text}]`)
    sink.endRow()
  }
  const { bytes, starts, ends } = sink
  return { layout: 'utf8', type, length: texts.length, validity: null, bytes, starts, ends }
}
