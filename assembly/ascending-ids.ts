import { CURSOR } from './memory-map'

/**
 * Numbers keys that do not descend: the id of each, from `id` on, to `out`, and every new key to
 * `keys`. `last` is the key of `id`. Answers the first row whose key is less than the one before.
 * The cursor is: how many keys are new. See src/kernel/ascending-ids.ts.
 */
export function ascendingFloat64(
  values: usize, count: i32, last: f64, id: i32, out: usize, keys: usize,
): i32 {
  let k = keys
  let row = 0
  for (; row < count; row++) {
    const value = load<f64>(values + (<usize>row << 3))
    if (value < last) break
    const isNew = <i32>(value > last)
    store<f64>(k, value)
    k += <usize>isNew << 3
    id += isNew
    store<i32>(out + (<usize>row << 2), id)
    last = value
  }
  store<i32>(CURSOR, <i32>((k - keys) >> 3))
  return row
}

/** The same for int32. */
export function ascendingInt32(
  values: usize, count: i32, last: f64, id: i32, out: usize, keys: usize,
): i32 {
  let k = keys
  let row = 0
  for (; row < count; row++) {
    const value = <f64>load<i32>(values + (<usize>row << 2))
    if (value < last) break
    const isNew = <i32>(value > last)
    store<i32>(k, <i32>value)
    k += <usize>isNew << 2
    id += isNew
    store<i32>(out + (<usize>row << 2), id)
    last = value
  }
  store<i32>(CURSOR, <i32>((k - keys) >> 2))
  return row
}
