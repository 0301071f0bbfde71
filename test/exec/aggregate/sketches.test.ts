import { describe, expect, test } from 'vitest'
import { float64, int64, utf8 } from '../../../src/arrow/data-type.ts'
import { exactVector, floatVector, type Vector } from '../../../src/arrow/vector.ts'
import { DISTINCT_SKETCH } from '../../../src/exec/aggregate/distinct-sketch.ts'
import { frequentSketch } from '../../../src/exec/aggregate/frequent-sketch.ts'
import { quantileSketch } from '../../../src/exec/aggregate/quantile-sketch.ts'
import {
  type Sketch,
  type SketchKind,
  SketchState,
} from '../../../src/exec/aggregate/sketch-state.ts'
import { vectorOfResults } from '../../../src/exec/function/row-function.ts'
import { Prng } from '../../support/prng.ts'
import { runs, seed } from '../../support/random.ts'

const ROWS = runs(60_000)

/** What a state gives of `vectors`, all in one, and of one state for each put together. */
function bothWays<S extends Sketch>(kind: SketchKind<S>, type: Vector['type'], vectors: Vector[]) {
  const alone = new SketchState(kind, type)
  const merged = new SketchState(kind, type)
  for (const vector of vectors) {
    alone.update(null, vector, vector.length, 1)
    const part = new SketchState(kind, type)
    part.update(null, vector, vector.length, 1)
    merged.merge(Int32Array.of(0), part.parts(1), 1)
  }
  const read = (state: SketchState<S>): unknown => {
    const vector = state.finish(1)
    if (vector.layout !== 'utf8') return vector.values[0]
    return Buffer.from(vector.bytes.subarray(vector.starts[0], vector.ends[0])).toString()
  }
  return [read(alone), read(merged)] as const
}

const parts = <T>(values: readonly T[], count: number): T[][] =>
  Array.from({ length: count }, (_, part) => values.filter((_, at) => at % count === part))

describe('the sketch of different values', () => {
  test.each([0, 1, 40, 700, 701, 3000, 20_000, ROWS])(
    'counts %i of them within 8 %%, and few of them exactly',
    (distinct) => {
      const prng = new Prng(seed + distinct)
      const values = Array.from({ length: distinct }, () => BigInt(prng.int(0, 2 ** 31)) << 24n)
      const exact = new Set(values).size
      const twice = [...values, ...values]
      const vectors = parts(twice, 3).map((part) => exactVector(int64, part, null))
      const [alone, merged] = bothWays(DISTINCT_SKETCH, int64, vectors)
      expect(merged).toBe(alone)
      expect(Math.abs((alone as number) - exact)).toBeLessThanOrEqual(
        exact <= 700 ? 1 : exact * 0.08,
      )
    },
  )

  test('takes a number for the same whether its vector is narrow or wide', () => {
    const narrow = exactVector(int64, [5n, -7n, 0n, 2n ** 40n], null)
    const wide = exactVector(int64, [5n, -7n, 0n, 2n ** 40n, 2n ** 60n], null)
    expect([narrow.layout, wide.layout]).toEqual(['f64', 'big'])
    expect(bothWays(DISTINCT_SKETCH, int64, [narrow, wide])).toEqual([5, 5])
  })

  test('takes 0 for -0, and any NaN for any other', () => {
    const nan = new Float64Array(new BigUint64Array([0x7ff8000000000001n]).buffer)[0]!
    const vector = floatVector(Float64Array.of(0, -0, Number.NaN, nan, 1.5))
    expect(bothWays(DISTINCT_SKETCH, int64, [vector])).toEqual([3, 3])
  })

  test('counts texts', () => {
    const texts = Array.from({ length: 5000 }, (_, at) => `text ${at}`)
    const [count] = bothWays(DISTINCT_SKETCH, int64, [vectorOfResults(utf8, texts)])
    expect(Math.abs((count as number) - 5000)).toBeLessThan(400)
  })
})

describe('the sketch of quantiles', () => {
  test.each([0, 0.001, 0.05, 0.5, 0.9, 0.999, 1])(
    'is off by at most 1 %% of the rows at %f, and closer at the ends',
    (at) => {
      const prng = new Prng(seed)
      const values = Array.from({ length: ROWS }, () => prng.next() ** 3 * 1000)
      const sorted = Float64Array.from(values).sort()
      const vectors = parts(values, 4).map((part) => floatVector(Float64Array.from(part)))
      for (const value of bothWays(quantileSketch(at), float64, vectors)) {
        const rank = sorted.findIndex((other) => other >= (value as number))
        const allowed = at < 0.01 || at > 0.99 ? 0.002 : 0.01
        expect(Math.abs(rank / ROWS - at)).toBeLessThan(allowed)
      }
    },
  )

  test('of few values is exact', () => {
    const vector = floatVector(Float64Array.of(5, 1, 3, 2, 4))
    expect(bothWays(quantileSketch(0.5), float64, [vector])).toEqual([3, 3])
    expect(bothWays(quantileSketch(0.625), float64, [vector])).toEqual([3.5, 3.5])
  })

  test('holds a bounded number of bytes', () => {
    const state = new SketchState(quantileSketch(0.5), float64)
    for (let at = 0; at < 40; at++) {
      const vector = floatVector(Float64Array.from({ length: 5000 }, (_, i) => i * at))
      state.update(null, vector, vector.length, 1)
      expect(state.bytes).toBeLessThan(50_000)
    }
  })

  test('puts infinities at the ends and NaN above them', () => {
    const { POSITIVE_INFINITY: most, NEGATIVE_INFINITY: least, NaN: none } = Number
    const vector = floatVector(Float64Array.of(most, 1, none, least, 2))
    const at = (of: number) => bothWays(quantileSketch(of), float64, [vector])[0]
    expect([0, 0.25, 0.5, 0.75, 1].map(at)).toEqual([least, 1, 2, most, none])
  })
})

describe('the sketch of frequent values', () => {
  test('is exact as long as there are counters for all', () => {
    const texts = ['a', 'b', 'a', 'c', 'b', 'a', '"x"']
    const [alone, merged] = bothWays(frequentSketch(2), utf8, [
      vectorOfResults(utf8, texts),
      vectorOfResults(utf8, texts),
    ])
    expect(JSON.parse(alone as string)).toEqual([
      { value: 'a', count: 6 },
      { value: 'b', count: 4 },
    ])
    expect(merged).toBe(alone)
  })

  test('finds what is frequent among more values than counters, each count too small by a bit', () => {
    const prng = new Prng(seed)
    const values = Array.from({ length: ROWS }, (_, at) =>
      prng.chance(0.2) ? `often ${prng.int(0, 2)}` : `once ${at}`,
    )
    const exact = (value: string) => values.filter((other) => other === value).length
    const vectors = parts(values, 5).map((part) => vectorOfResults(utf8, part))
    for (const text of bothWays(frequentSketch(3), utf8, vectors)) {
      const found = JSON.parse(text as string) as { value: string; count: number }[]
      expect(found.map(({ value }) => value).sort()).toEqual(['often 0', 'often 1', 'often 2'])
      for (const { value, count } of found) {
        expect(count).toBeLessThanOrEqual(exact(value))
        expect(count).toBeGreaterThanOrEqual(exact(value) - ROWS / 1000)
      }
    }
  })
})
