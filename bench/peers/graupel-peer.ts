import { connect } from 'graupel'
import { frameRows } from '../../test/support/compare-rows.ts'
import type { Dataset } from '../datasets/dataset.ts'
import type { Contender } from '../measure/contender.ts'
import type { BenchRow } from '../rows/bench-row.ts'
import { framesOf, THREADS } from './graupel-frames.ts'

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
