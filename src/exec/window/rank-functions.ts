import { float64, int64 } from '../../arrow/data-type.ts'
import type { Vector } from '../../arrow/vector.ts'
import type { WindowName } from '../../plan/function.ts'
import type { WindowOrder } from './window-order.ts'

export type RankName = Exclude<WindowName, 'lag' | 'lead' | 'nth' | 'runId'>

/** What each place's rank, row number or part is, by place. `count` is the number of parts. */
export function rankValues(name: RankName, order: WindowOrder, count: number): Vector {
  const { length } = order
  const values = new Float64Array(length)
  FILL[name](order, values, count)
  const type = name === 'percentRank' || name === 'cumeDist' ? float64 : int64
  return { type, layout: 'f64', length, validity: null, values }
}

type Fill = (order: WindowOrder, values: Float64Array, count: number) => void

const FILL: Record<RankName, Fill> = {
  rowNumber({ length, start }, values) {
    for (let i = 0; i < length; i++) values[i] = i - start[i]! + 1
  },
  rank({ length, start, peerStart }, values) {
    for (let i = 0; i < length; i++) values[i] = peerStart[i]! - start[i]! + 1
  },
  denseRank({ length, start, peerStart }, values) {
    let rank = 0
    for (let i = 0; i < length; i++) {
      if (start[i] === i) rank = 1
      else if (peerStart[i] === i) rank += 1
      values[i] = rank
    }
  },
  percentRank({ length, start, end, peerStart }, values) {
    for (let i = 0; i < length; i++) {
      const others = end[i]! - start[i]! - 1
      values[i] = others === 0 ? 0 : (peerStart[i]! - start[i]!) / others
    }
  },
  cumeDist({ length, start, end, peerEnd }, values) {
    for (let i = 0; i < length; i++) values[i] = (peerEnd[i]! - start[i]!) / (end[i]! - start[i]!)
  },
  ntile({ length, start, end }, values, count) {
    for (let i = 0; i < length; i++) {
      const size = Math.floor((end[i]! - start[i]!) / count)
      const longer = (end[i]! - start[i]!) % count
      const place = i - start[i]!
      const inLonger = longer * (size + 1)
      values[i] =
        1 +
        (place < inLonger
          ? Math.floor(place / (size + 1))
          : longer + Math.floor((place - inLonger) / size))
    }
  },
}
