import { expect, it } from 'vitest'
import { batch } from '../../../src/arrow/batch.ts'
import { field, schema } from '../../../src/arrow/schema.ts'
import type { Vector } from '../../../src/arrow/vector.ts'
import { ResultCache } from '../../../src/exec/cache/result-cache.ts'
import { Prng } from '../../support/prng.ts'
import { runs, seed } from '../../support/random.ts'

const of = schema([field('x', { name: 'float64' })])

function rowsOf(length: number, value: number) {
  const values = new Float64Array(length).fill(value)
  const column: Vector = {
    type: { name: 'float64' },
    layout: 'f64',
    length,
    validity: null,
    values,
  }
  return { values, rows: batch(of, [column], length) }
}

it('holds no more bytes than it may, whatever is put in, and what it gives is what was put in', () => {
  const prng = new Prng(seed)
  const cache = new ResultCache(100_000)
  let [evicted, found] = [0, 0]
  for (let step = 0; step < runs(500); step++) {
    const key = prng.int(0, 40)
    const known = cache.find(String(key))
    if (known !== undefined) {
      found++
      for (const { columns } of known) {
        expect(
          (columns[0] as { values: Float64Array }).values.every((value) => value === key),
        ).toBe(true)
      }
      continue
    }
    const recorder = cache.recorder(String(key))
    const given = [rowsOf(prng.int(1, 900), key), rowsOf(prng.int(1, 900), key)]
    for (const { rows } of given) recorder.add(rows)
    expect(cache.has(String(key))).toBe(false)
    const before = cache.bytes
    recorder.finish()
    for (const { values } of given) values.fill(-1)
    if (cache.bytes < before) evicted++
    expect(cache.bytes).toBeLessThanOrEqual(100_000)
  }
  expect(Math.min(evicted, found)).toBeGreaterThan(5)
  cache.clear()
  expect(cache.bytes).toBe(0)
})
