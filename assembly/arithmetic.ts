const ADD = 0
const SUB = 1

/** `a op b`; of a product of whole numbers that is -0, 0. */
// @ts-ignore: decorator
@inline
function result(op: i32, a: v128, b: v128): v128 {
  if (op == ADD) return f64x2.add(a, b)
  if (op == SUB) return f64x2.sub(a, b)
  return f64x2.add(f64x2.mul(a, b), f64x2.splat(0))
}

/** The loop of one operation; a side that is not `ofA` or `ofB` is its constant in every row. */
// @ts-ignore: decorator
@inline
function combineSides(
  op: i32, ofA: bool, a: usize, constantA: f64, ofB: bool, b: usize, constantB: f64, count: i32,
  least: f64, greatest: f64, out: usize,
): i32 {
  const everyA = f64x2.splat(constantA)
  const everyB = f64x2.splat(constantB)
  let low = f64x2.splat(Infinity)
  let high = f64x2.splat(-Infinity)
  const end = <usize>count << 3
  let at: usize = 0
  for (; at + 16 <= end; at += 16) {
    const x = ofA ? v128.load(a + at) : everyA
    const y = ofB ? v128.load(b + at) : everyB
    const value = result(op, x, y)
    v128.store(out + at, value)
    low = f64x2.pmin(low, value)
    high = f64x2.pmax(high, value)
  }
  if (at < end) {
    const x = ofA ? v128.load64_splat(a + at) : everyA
    const y = ofB ? v128.load64_splat(b + at) : everyB
    const value = result(op, x, y)
    store<f64>(out + at, f64x2.extract_lane(value, 0))
    low = f64x2.pmin(low, value)
    high = f64x2.pmax(high, value)
  }
  const outside = v128.or(
    f64x2.lt(low, f64x2.splat(least)),
    f64x2.gt(high, f64x2.splat(greatest)),
  )
  return v128.any_true(outside) ? 0 : 1
}

/** The same; a side whose pointer is 0 is its constant. */
// @ts-ignore: decorator
@inline
function combine(
  op: i32, a: usize, constantA: f64, b: usize, constantB: f64, count: i32, least: f64,
  greatest: f64, out: usize,
): i32 {
  if (!a) return combineSides(op, false, a, constantA, true, b, constantB, count, least, greatest, out)
  if (!b) return combineSides(op, true, a, constantA, false, b, constantB, count, least, greatest, out)
  return combineSides(op, true, a, constantA, true, b, constantB, count, least, greatest, out)
}

/**
 * Writes `a op b` for `count` rows of whole numbers (`op` 0 add, 1 subtract, 2 multiply) and answers
 * 1 if all are within the bounds. A side whose pointer is 0 is its constant in every row; one of
 * them is none. See src/kernel/arithmetic.ts.
 */
export function combineWholes(
  op: i32, a: usize, constantA: f64, b: usize, constantB: f64, count: i32, least: f64,
  greatest: f64, out: usize,
): i32 {
  if (op == ADD) return combine(ADD, a, constantA, b, constantB, count, least, greatest, out)
  if (op == SUB) return combine(SUB, a, constantA, b, constantB, count, least, greatest, out)
  return combine(2, a, constantA, b, constantB, count, least, greatest, out)
}
