/** What changes tables and looks after them, loaded with the first of it: queries need none. */
export { adviseClustering } from './advise-clustering.ts'
export { changeTable } from './change-table.ts'
export {
  allRowsChange,
  deleteChange,
  mergeChange,
  oldestRead,
  updateChange,
  writeChange,
} from './change-verbs.ts'
export { checkClusterKeys, clusterKeys, clusterKeysFor, storedKeys } from './cluster-keys.ts'
export { clusteringOf } from './clustering-of.ts'
export { addConstraint, newConstraints } from './constraint/table-constraints.ts'
export { restoreTable } from './constraint/validate-rows.ts'
export { loadTable } from './load-rows.ts'
export { optimizeTable } from './optimize-table.ts'
export { stage } from './stage.ts'
