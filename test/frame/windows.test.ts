import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, desc, fn, GraupelError, type Lake } from '../../src/index.ts'

let lake: Lake

beforeAll(async () => {
  lake = await connect('memory:')
})

afterAll(async () => {
  await lake.close()
})

const rows = () =>
  lake.from([
    { who: 'Ada', day: 1, amount: 5 },
    { who: 'Grace', day: 1, amount: 7 },
    { who: 'Ada', day: 2, amount: 6 },
    { who: 'Ada', day: 4, amount: 1 },
  ])

test('windows are columns in the order of the input, and a filter after them is QUALIFY', async () => {
  const frame = rows().withColumns((o) => ({
    place: fn.rank().over({ partitionBy: o.who, orderBy: desc(o.amount) }),
    running: o.amount.sum().over({ partitionBy: o.who, orderBy: o.day }),
    near: fn.count().over({ partitionBy: o.who, orderBy: o.day, range: [-1, 0] }),
    before: o.amount.lag(1, 0).over({ partitionBy: o.who, orderBy: o.day }),
  }))
  expect(
    await frame.select('place', 'running', 'near', 'before').toArray({ int64: 'number' }),
  ).toEqual([
    { place: 2, running: 5, near: 1, before: 0 },
    { place: 1, running: 7, near: 1, before: 0 },
    { place: 1, running: 11, near: 2, before: 5 },
    { place: 3, running: 12, near: 1, before: 6 },
  ])
  const best = frame.filter((o) => o.place.eq(1)).select('who', 'day')
  const inside = rows()
    .filter((o) =>
      fn
        .rank()
        .over({ partitionBy: o.who, orderBy: desc(o.amount) })
        .eq(1),
    )
    .select('who', 'day')
  expect(await best.toArray()).toEqual(await inside.toArray())
  expect(await best.count()).toBe(2)
})

test('windows with the same keys share a node, and one that nobody looks at is not computed', async () => {
  const frame = rows().withColumns((o) => ({
    a: fn.rank().over({ partitionBy: o.who, orderBy: o.day }),
    b: o.amount.sum().over({ partitionBy: o.who, orderBy: o.day }),
    c: fn.rank().over({ partitionBy: o.who, orderBy: o.day }).add(1),
  }))
  expect((await frame.explain()).match(/Window/g)).toHaveLength(1)
  expect(await frame.select('who').explain()).not.toContain('Window')
})

test.each([
  ['without over', () => rows().select(() => ({ x: fn.rank() })), 'window function'],
  [
    'inside another',
    () => rows().select((o) => ({ x: o.amount.sum().over().sum().over() })),
    'window',
  ],
  ['in agg', () => rows().agg((o) => ({ x: o.amount.sum().over() })), 'withColumns'],
  ['over what is no aggregate', () => rows().select((o) => ({ x: o.amount.over() })), 'aggregate'],
  [
    'a frame for a rank',
    () => rows().select(() => ({ x: fn.rank().over({ rows: [-1, 0] }) })),
    'leave out',
  ],
  [
    'a frame upside down',
    () => rows().select((o) => ({ x: o.amount.sum().over({ rows: [1, -1] }) })),
    'lesser',
  ],
  [
    'a distance without a key',
    () => rows().select((o) => ({ x: o.amount.sum().over({ range: [-1, 0] }) })),
    'exactly one key',
  ],
  [
    'a distance of text',
    () => rows().select((o) => ({ x: o.amount.sum().over({ orderBy: o.who, range: [-1, 0] }) })),
    'not utf8',
  ],
  [
    'half rows',
    () => rows().select((o) => ({ x: o.amount.sum().over({ rows: [-0.5, 0] }) })),
    'whole rows',
  ],
  ['no parts', () => rows().select(() => ({ x: fn.ntile(0).over() })), 'at least 1'],
  [
    'nulls of a sum',
    () => rows().select((o) => ({ x: o.amount.sum().over({ ignoreNulls: true }) })),
    'ignoreNulls',
  ],
  [
    'an order for a share',
    () => rows().select((o) => ({ x: o.amount.ratioToReport().over({ orderBy: o.day }) })),
    'partitionBy only',
  ],
])('refused: %s', (_, build, text) => {
  let error: unknown
  try {
    build()
  } catch (caught) {
    error = caught
  }
  expect(error).toBeInstanceOf(GraupelError)
  expect((error as GraupelError).code).toBe('INVALID')
  expect((error as GraupelError).message).toContain(text)
})
