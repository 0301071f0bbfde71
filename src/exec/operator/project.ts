import { type Batch, batch } from '../../arrow/batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import { inBlocks } from '../../kernel/wasm/blocks.ts'
import type { NamedExpr } from '../../plan/expr.ts'
import type { Project } from '../../plan/logical-plan.ts'
import type { ExecContext } from '../context.ts'
import { evaluate } from '../evaluate.ts'
import type { Operator } from '../operator.ts'

/** Computes its columns from each row of its input. */
export class ProjectOperator implements Operator {
  readonly name = 'project'
  readonly inputs: readonly [Operator]
  readonly schema: Schema
  readonly #columns: readonly NamedExpr[]

  constructor(plan: Project, input: Operator) {
    this.inputs = [input]
    this.schema = plan.schema
    this.#columns = plan.columns
  }

  async *execute(context: ExecContext): AsyncGenerator<Batch, void, undefined> {
    for await (const input of this.inputs[0].execute(context)) {
      const compute = () => this.#columns.map(({ expr }) => evaluate(expr, input))
      const columns = inBlocks(context.blocks, compute)
      yield batch(this.schema, columns, input.length)
    }
  }
}
