import type { DataFrame, Lake } from 'graupel'
import { DATABASE, type Dataset } from '../datasets/dataset.ts'
import type { Frames } from '../rows/bench-row.ts'

export const THREADS = 2

/** A frame over each table of a dataset. */
export async function framesOf(lake: Lake, dataset: Dataset): Promise<Frames> {
  const db = await lake.database(DATABASE)
  const frames: [string, DataFrame<any>][] = []
  for (const name of Object.keys(dataset.tables)) frames.push([name, await db.table(name)])
  return Object.fromEntries(frames)
}
