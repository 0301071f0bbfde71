import { clip, GraupelError, invalid, nameNotFound } from '../error.ts'
import type { Change } from './commit-queue.ts'
import { constraintFeatures } from './constraints-json.ts'
import type { Constraint, NewConstraint } from './model/constraint.ts'
import type { Head } from './model/head.ts'
import type { TableSnapshot } from './model/table.ts'
import { assertSameColumns, type Draft } from './next-commit.ts'

/**
 * The change that makes a table keep `constraint`. Throws CONFLICT on a head that is not at the
 * version that was validated, INVALID when the name is taken.
 */
export function addConstraintChange(
  table: string,
  constraint: NewConstraint,
  validated: TableSnapshot,
): Change {
  return {
    alone: true,
    async draft(base) {
      assertSameColumns(base, { columns: validated.columns, name: table })
      const { name } = constraint
      if (base.constraints.some((known) => known.name === name)) {
        throw invalid(`table "${table}" has a constraint "${clip(name)}" already`, {
          constraint: name,
        })
      }
      if (base.version !== validated.version) throw movedOn(table, base, validated.version)
      const added = { ...constraint, since: base.version + 1, extra: [] }
      return draft(base, `add constraint ${clip(name)}`, [...base.constraints, added])
    },
  }
}

/** The change that makes a table keep the constraint of that name no longer. */
export function dropConstraintChange(name: string): Change {
  return {
    alone: true,
    async draft(base) {
      const left = base.constraints.filter((known) => known.name !== name)
      if (left.length < base.constraints.length) {
        return draft(base, `drop constraint ${clip(name)}`, left)
      }
      const names = base.constraints.map((known) => known.name)
      throw nameNotFound('constraint', name, names)
    },
  }
}

function draft(base: Head, operation: string, constraints: readonly Constraint[]): Draft {
  const { partitions, rows, identities } = base
  const writerFeatures = constraintFeatures(base.writerFeatures, { constraints, identities })
  const head = { partitions, rows, constraints, writerFeatures }
  return { operation, actions: [], rows: 0, bytes: 0, head }
}

function movedOn(table: string, { version }: Head, validated: number): GraupelError {
  return new GraupelError(
    'CONFLICT',
    `table "${table}" is at version ${version}, and the rows of version ${validated} were validated; nothing was committed: retry`,
    { table, version, validated },
  )
}
