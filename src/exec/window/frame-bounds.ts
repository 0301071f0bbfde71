import { type DataType, isFloat } from '../../arrow/data-type.ts'
import { bigValues, isNull, SAFE, type Vector } from '../../arrow/vector.ts'
import type { SortColumn } from '../../kernel/sort.ts'
import type { Frame } from '../../plan/expr.ts'
import type { WindowOrder } from './window-order.ts'

/** The places `from` (included) to `to` (excluded) that each place sees; both never decrease in a partition. */
export interface FrameBounds {
  readonly start: Int32Array
  readonly from: Int32Array
  readonly to: Int32Array
}

/**
 * What each place of `order` sees.
 *
 * @param key The one order key, its values in the order of the places; null where there is none or
 *   several, which is enough for frames without a distance.
 */
export function frameBounds(order: WindowOrder, frame: Frame, key: SortColumn | null): FrameBounds {
  const { length, start, end } = order
  const from = new Int32Array(length)
  const to = new Int32Array(length)
  if (frame.unit === 'rows') {
    for (let i = 0; i < length; i++) {
      const first = Math.min(Math.max(i + frame.from, start[i]!), end[i]!)
      from[i] = first
      to[i] = Math.max(first, Math.min(i + frame.to + 1, end[i]!))
    }
  } else {
    from.set(frame.from === -Infinity ? start : order.peerStart)
    to.set(frame.to === Infinity ? end : order.peerEnd)
    const isFar = (end: number): boolean => end !== 0 && Number.isFinite(end)
    if (isFar(frame.from) || isFar(frame.to)) {
      if (key === null) throw new Error('a range with a distance needs one key')
      narrowByDistance(order, frame, key, from, to)
    }
  }
  return { start, from, to }
}

type Numbers = ArrayLike<number | bigint>

/** Bounds by distance for the places whose key is a number; null and NaN see their equals. */
function narrowByDistance(
  order: WindowOrder,
  frame: Frame,
  key: SortColumn,
  from: Int32Array,
  to: Int32Array,
): void {
  const { values, first, last } = shiftedKeys(key, frame)
  const { start, end, length } = order
  for (let begin = 0; begin < length; begin = end[begin]!) {
    let least = start[begin]!
    let most = end[begin]!
    while (least < most && isApart(key.vector, least)) least += 1
    while (least < most && isApart(key.vector, most - 1)) most -= 1
    let low = least
    let high = least
    for (let i = least; i < most; i++) {
      while (low < most && values[low]! < first[i]!) low += 1
      while (high < most && values[high]! <= last[i]!) high += 1
      if (Number.isFinite(frame.from)) from[i] = low
      if (Number.isFinite(frame.to)) to[i] = Math.max(high, from[i]!)
      else to[i] = Math.max(to[i]!, from[i]!)
    }
  }
}

function isApart(vector: Vector, row: number): boolean {
  return isNull(vector, row) || (vector.layout === 'f64' && Number.isNaN(vector.values[row]))
}

/** Keys that ascend, and for each the least and the greatest that it sees. */
function shiftedKeys({ vector, descending }: SortColumn, frame: Frame) {
  const { from, to } = distances(vector.type, frame)
  const sign = descending ? -1 : 1
  if (vector.layout === 'bool' || vector.layout === 'utf8') throw new Error('no distance')
  const isInexact = !isFloat(vector.type) && isBeyond(vector, from, to)
  if (!isInexact && vector.layout !== 'big') {
    const values = Float64Array.from(vector.values, (value) => sign * value)
    const first: Numbers = values.map((value) => value + from)
    return { values: values as Numbers, first, last: values.map((value) => value + to) as Numbers }
  }
  const values = [...bigValues(vector)].map((value) => BigInt(sign) * value)
  const shifted = (by: number): Numbers =>
    Number.isFinite(by) ? values.map((value) => value + BigInt(by)) : values
  return { values: values as Numbers, first: shifted(from), last: shifted(to) }
}

/** The frame's ends in the key's own unit; whole for keys that are. */
function distances(type: DataType, { from, to }: Frame): { from: number; to: number } {
  if (isFloat(type)) return { from, to }
  const unit =
    type.name === 'decimal'
      ? 10 ** type.scale
      : type.name === 'timestamp' && type.unit === 'us'
        ? 1000
        : 1
  const whole = (value: number, otherwise: (value: number) => number): number => {
    const near = Math.round(value * unit)
    return Math.abs(near - value * unit) < 1e-6 ? near : otherwise(value * unit)
  }
  return {
    from: Number.isFinite(from) ? whole(from, Math.ceil) : from,
    to: Number.isFinite(to) ? whole(to, Math.floor) : to,
  }
}

/** Whether a key and its distance may be beyond what a float64 holds exactly. */
function isBeyond(vector: Vector, from: number, to: number): boolean {
  if (vector.layout !== 'f64') return vector.layout === 'big'
  const far = Math.max(0, ...[from, to].filter(Number.isFinite).map(Math.abs))
  for (let row = 0; row < vector.length; row++) {
    if (Math.abs(vector.values[row]!) + far > SAFE) return true
  }
  return false
}
