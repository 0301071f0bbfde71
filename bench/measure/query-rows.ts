import { makeDataset } from '../datasets/make-dataset.ts'
import { duckPeer } from '../peers/duckdb-peer.ts'
import { graupelPeer } from '../peers/graupel-peer.ts'
import { jsContenders } from '../peers/js-peers.ts'
import { polarsContender } from '../peers/polars-peer.ts'
import type { BenchRow } from '../rows/bench-row.ts'
import type { Contender } from './contender.ts'
import { interleave } from './interleave.ts'
import { type BenchResult, resultOf } from './result.ts'

export interface MeasureOptions {
  readonly scale: number
  readonly rounds: number
}

/** Measures one question in this process: ours, then every peer that can be asked it. */
export async function measureQuery(row: BenchRow, options: MeasureOptions): Promise<BenchResult> {
  const folder = await makeDataset(row.dataset, options.scale)
  const closing: (() => unknown)[] = []
  try {
    const ours = await graupelPeer(row.dataset, folder, { cache: row.isCached === true })
    closing.push(() => ours.close())
    const contenders: Contender[] = [ours.contender(row)]
    const formats =
      row.isCached === true ? (['native'] as const) : (['parquet', 'csv', 'native'] as const)
    for (const format of formats) {
      const peer = await duckPeer(row.dataset, folder, format)
      closing.push(() => peer.close())
      contenders.push(peer.contender(row))
    }
    if (row.isCached !== true) {
      for (const format of ['parquet', 'csv'] as const) {
        const polars = await polarsContender(row, folder, format)
        if (polars !== null) contenders.push(polars)
      }
      contenders.push(...jsContenders(row.name, folder))
    }
    return resultOf(row, await interleave(contenders, options.rounds))
  } finally {
    for (const close of closing) await close()
  }
}
