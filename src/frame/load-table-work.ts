import type { TableSnapshot } from '../catalog/model/table.ts'
import type { RowsChange } from './change-verbs.ts'

type TableWork = typeof import('./table-work.ts')

/** What a verb makes of the newest version's rows. */
export type ChangeOf = (
  snapshot: TableSnapshot,
  work: TableWork,
) => Promise<RowsChange & { readonly basedOn?: number }>

let loaded: Promise<TableWork> | undefined

/** What changes tables and looks after them: loaded once, at its first use. */
export function tableWork(): Promise<TableWork> {
  loaded ??= import('./table-work.ts')
  return loaded
}
