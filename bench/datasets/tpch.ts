import { generateTpch } from '../tpch/generate.ts'
import { TPCH, type TpchTable } from '../tpch/tables.ts'
import type { Dataset, TableLayout } from './dataset.ts'

const entries = Object.entries(TPCH) as [TpchTable, TableLayout['columns']][]

/** TPC-H: 6 million line items at scale 1, in the order of their keys. */
export const tpch: Dataset = {
  name: 'tpch',
  tables: Object.fromEntries(entries.map(([name, columns]) => [name, { columns }])),
  statements: generateTpch,
}

/** The same, a fiftieth of it, for peers that hold every row as JavaScript objects. */
export const tpchSmall: Dataset = {
  ...tpch,
  name: 'tpch-small',
  statements: (scale) => generateTpch(scale / 50),
}
