import type { DuckDBConnection } from '@duckdb/node-api'
import type { Database } from 'graupel'
import { TPCH, type Tpch, type TpchTable } from './tables.ts'

export const TPCH_TABLES = Object.keys(TPCH) as TpchTable[]

/**
 * Copies the tables that `duck` holds into `db`, through row CSV files which stay in `folder`.
 *
 * @param folder Ends in `/`.
 * @param options Of the tables: rows of a partition at most.
 */
export async function loadTables(
  duck: DuckDBConnection,
  db: Database,
  folder: string,
  options: { readonly partitionRows?: number } = {},
): Promise<void> {
  for (const name of TPCH_TABLES) {
    const path = `${folder}${name}.csv`
    await duck.run(`COPY ${name} TO '${path}' (HEADER)`)
    const table = await db.createTable(name, TPCH[name], options)
    await table.load(path)
  }
}

/** Frames over the tables of `db`. NOT_FOUND when one is missing. */
export async function tpchFrames(db: Database): Promise<Tpch> {
  const frames = TPCH_TABLES.map(async (name) => [name, await db.table(name, TPCH[name])] as const)
  return Object.fromEntries(await Promise.all(frames)) as unknown as Tpch
}
