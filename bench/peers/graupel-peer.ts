import { connect, type DataFrame, type Lake } from 'graupel'
import { frameRows } from '../../test/support/compare-rows.ts'
import type { Dataset } from '../datasets/dataset.ts'
import { DATABASE } from '../datasets/make-dataset.ts'
import type { Contender } from '../measure/contender.ts'
import type { BenchRow, Frames } from '../rows/bench-row.ts'

export const THREADS = 2

/** Our tables of one dataset, with caches on or off. */
export interface GraupelPeer {
  contender(row: BenchRow): Contender
  close(): Promise<void>
}

export async function graupelPeer(
  dataset: Dataset,
  folder: string,
  { cache }: { readonly cache: boolean },
): Promise<GraupelPeer> {
  const lake = await connect(`${folder}lake`, { threads: THREADS, cache })
  const frames = await framesOf(lake, dataset)
  return {
    contender: (row) => ({
      name: cache ? 'graupel, caches on' : 'graupel',
      run: () => frameRows(row.frame(frames)),
    }),
    close: () => lake.close(),
  }
}

/** A frame over each table of a dataset. */
export async function framesOf(lake: Lake, dataset: Dataset): Promise<Frames> {
  const db = await lake.database(DATABASE)
  const frames: [string, DataFrame<any>][] = []
  for (const name of Object.keys(dataset.tables)) frames.push([name, await db.table(name)])
  return Object.fromEntries(frames)
}
