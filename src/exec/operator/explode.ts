import { type Batch, batch } from '../../arrow/batch.ts'
import { elementsOf } from '../../arrow/nested-parts.ts'
import { fieldPosition, type Schema } from '../../arrow/schema.ts'
import { take } from '../../arrow/vector.ts'
import type { Explode } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import type { Operator } from '../operator.ts'

/** Yields a row for each value of a list, in the order of the rows and their lists. */
export class ExplodeOperator implements Operator {
  readonly name = 'explode'
  readonly inputs: readonly [Operator]
  readonly schema: Schema
  readonly #position: number
  readonly #empty: Explode['empty']

  constructor(plan: Explode, input: Operator) {
    this.inputs = [input]
    this.schema = plan.schema
    this.#position = fieldPosition(plan.schema, plan.name)
    this.#empty = plan.empty
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    const rows = new Uint32Array(context.batchRowsMax)
    const places = new Int32Array(context.batchRowsMax)
    for await (const input of this.inputs[0].execute(context)) {
      const { values, starts } = elementsOf(input.columns[this.#position]!)
      let count = 0
      const full = () => {
        const columns = input.columns.map((column, position) =>
          position === this.#position ? take(values, places, count) : take(column, rows, count),
        )
        const made = batch(this.schema, columns, count)
        count = 0
        return made
      }
      for (let row = 0; row < input.length; row++) {
        const [start, end] = [starts[row]!, starts[row + 1]!]
        const isKept = start === end && this.#empty === 'kept'
        for (let at = start; at < (isKept ? start + 1 : end); at++) {
          rows[count] = row
          places[count] = isKept ? -1 : at
          count += 1
          if (count === context.batchRowsMax) yield full()
        }
      }
      if (count > 0) yield full()
    }
  }
}
