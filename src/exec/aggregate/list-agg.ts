import { type DataType, utf8 } from '../../arrow/data-type.ts'
import { textAt, type Utf8Vector } from '../../arrow/vector.ts'
import { invalid } from '../../error.ts'
import type { AggregateOptions } from '../../plan/expr.ts'
import { type RowResult, vectorOfResults } from '../function/row-function.ts'
import type { SortedAggregate } from './sorted-aggregate.ts'

const CHARACTERS_MAX = 1 << 28

/** The texts of a group with a separator between them, in the order of the rows or of `keys`. */
export function listAgg(
  keys: readonly DataType[],
  { separator = ',', distinct = false, orders = [] }: AggregateOptions,
): SortedAggregate {
  return {
    types: [utf8, ...keys],
    order: orders.map((order, position) => ({ column: position + 1, ...order })),
    columnsOf: (inputs) => inputs,
    walk(counts) {
      const results = new Array<RowResult>(counts.length).fill(null)
      let group = -1
      let texts: string[] = []
      let characters = 0
      const end = () => {
        if (group >= 0) results[group] = (distinct ? [...new Set(texts)] : texts).join(separator)
        texts = []
        characters = 0
      }
      return {
        take(groups, [values], length) {
          for (let row = 0; row < length; row++) {
            if (groups[row] !== group) {
              end()
              group = groups[row]!
            }
            const text = textAt(values as Utf8Vector, row)
            characters += text.length + separator.length
            if (characters > CHARACTERS_MAX) {
              throw invalid(`listAgg: a list of more than ${CHARACTERS_MAX} characters`, { group })
            }
            texts.push(text)
          }
        },
        finish(groupCount) {
          end()
          group = -1
          return vectorOfResults(utf8, results.slice(0, groupCount))
        },
      }
    },
  }
}
