import { bool } from '../../arrow/data-type.ts'
import type { Constraint } from '../../catalog/model/constraint.ts'
import type { Moment } from '../../catalog/model/moment.ts'
import type { TableSnapshot } from '../../catalog/model/table.ts'
import type { TableCatalog } from '../../catalog/table-catalog.ts'
import type { CommitResult } from '../../catalog/table-writer.ts'
import { throwIfAborted } from '../../error.ts'
import { literalExpr, not } from '../../plan/expr-walk.ts'
import { FoundRows, type RowsPlace } from './found-rows.ts'
import { KeyGuard } from './key-guard.ts'
import { rulesOf } from './rules.ts'
import { refuseFailing } from './write-guard.ts'

/**
 * Reads what it takes to know that all rows of a snapshot keep `constraints`: the columns of a check
 * where the metadata do not prove it, those of a key everywhere. Throws INVALID for a row that does
 * not. All keys are held in memory.
 */
export async function validateRows(
  place: RowsPlace,
  snapshot: TableSnapshot,
  constraints: readonly Constraint[],
): Promise<void> {
  const { checks, keys } = rulesOf(snapshot, constraints)
  const found = new FoundRows(place, snapshot)
  for (const check of checks) {
    const { columns, predicate } = check
    for (const partition of await found.partitions(columns, not(predicate))) {
      throwIfAborted(place.signal)
      refuseFailing(check, await found.read(partition, columns))
    }
  }
  for (const rule of keys) {
    const key = new KeyGuard(rule, null)
    for (const partition of await found.partitions(rule.columns, literalExpr(true, bool))) {
      throwIfAborted(place.signal)
      key.replace(partition.id, await found.read(partition, rule.columns))
    }
  }
}

/**
 * Gives a table the rows of an older version, which are validated against the constraints that came
 * later. Throws INVALID when they do not keep one, NOT_FOUND and EXPIRED.
 */
export async function restoreTable(catalog: TableCatalog, moment: Moment): Promise<CommitResult> {
  const old = await catalog.snapshotAt(moment)
  const { constraints } = catalog.shared.newest
  const later = constraints.filter(({ since }) => since > old.version)
  await validateRows({ catalog }, old, later)
  return catalog.restore({ version: old.version }, constraints)
}
