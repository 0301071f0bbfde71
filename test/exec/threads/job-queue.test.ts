import { expect, test } from 'vitest'
import { int32, utf8 } from '../../../src/arrow/data-type.ts'
import type { Vector } from '../../../src/arrow/vector.ts'
import { inOrder, type Job } from '../../../src/exec/threads/job-queue.ts'
import { encodeJob } from '../../../src/exec/threads/load-jobs.ts'
import { encodeColumn } from '../../../src/io/csv/encode-column.ts'

const HOW = { helpers: 2, ahead: 3 }

function sharedInts(length: number, first: number): Vector {
  const values = new Int32Array(new SharedArrayBuffer(length * 4))
  for (let row = 0; row < length; row++) values[row] = first + row
  return { layout: 'i32', type: int32, length, validity: null, values }
}

async function collected<R>(jobs: Iterable<Job<R>>): Promise<R[]> {
  const results: R[] = []
  for await (const result of inOrder(jobs[Symbol.iterator](), HOW)) results.push(result)
  return results
}

/** A job of this thread alone. */
const own = <R>(here: () => R): Job<R> => ({ task: null, here, told: here })

test('what comes of jobs comes in their order, whoever does them', async () => {
  const columns = Array.from({ length: 40 }, (_, at) => {
    return { header: `c${at}`, vector: sharedInts(at % 7 === 0 ? 200_000 : 100, at) }
  })
  const found = await collected(columns.map(encodeJob))
  for (const [at, { header, vector }] of columns.entries()) {
    const { bytes, statistics } = encodeColumn(header, vector)
    expect(Buffer.compare(found[at]!.bytes, bytes)).toBe(0)
    expect(found[at]!.statistics).toEqual(statistics)
  }
})

test('other threads do some of the jobs', async () => {
  const job = encodeJob({ header: 'c', vector: sharedInts(100_000, 0) })
  let isTold = false
  const told = (answer: unknown) => {
    isTold = true
    return job.told(answer)
  }
  // For as long as it takes a thread to start.
  function* untilTold() {
    while (!isTold) yield { ...job, told }
  }
  for await (const _ of inOrder(untilTold(), HOW));
  expect(isTold).toBe(true)
})

test('only this thread encodes what others cannot see', async () => {
  const bytes = Buffer.from('ab')
  const [starts, ends] = [Int32Array.of(0, 1), Int32Array.of(1, 2)]
  const text = {
    layout: 'utf8',
    type: utf8,
    length: 2,
    validity: null,
    bytes,
    starts,
    ends,
  } as const
  expect(encodeJob({ header: 'c', vector: text }).task).toBeNull()
  const wide = { layout: 'big', type: int32, length: 1, validity: null, values: [1n] } as const
  expect(encodeJob({ header: 'c', vector: wide }).task).toBeNull()
})

test('a job that another thread fails at is done here', async () => {
  const jobs = Array.from({ length: 10 }, (_, at): Job<number> => {
    return { task: { does: 'nothing known' }, here: () => at, told: () => -1 }
  })
  expect(await collected(jobs)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('an error comes in its turn: of a job, and of where jobs come from', async () => {
  const fail = (): number => {
    throw new Error('no')
  }
  const seen: number[] = []
  const look = async (jobs: Iterator<Job<number>>) => {
    for await (const result of inOrder(jobs, HOW)) seen.push(result)
  }
  await expect(
    look([own(() => 1), own(() => 2), own(fail), own(() => 4)].values()),
  ).rejects.toThrow('no')
  function* broken() {
    yield own(() => 3)
    yield own(() => 4)
    throw new Error('gone')
  }
  await expect(look(broken())).rejects.toThrow('gone')
  expect(seen).toEqual([1, 2, 3, 4])
})

test('at most so many jobs are asked for ahead, and none after the end', async () => {
  let asked = 0
  let done = 0
  function* endless() {
    for (;;) {
      asked++
      yield own(() => ++done)
    }
  }
  for await (const result of inOrder(endless(), HOW)) {
    expect(asked).toBeLessThanOrEqual(result + HOW.ahead)
    if (result === 5) break
  }
  expect(done).toBe(5)
})
