import { expect, test } from 'vitest'
import { batchUdf, col, connect, type GraupelError, lit, t, udf } from '../../src/index.ts'

const columns = {
  id: t.int64(),
  name: t.utf8().nullable(),
  amount: t.decimal(12, 2),
  day: t.date().nullable(),
}
const rows = [
  { id: 1n, name: 'Ada', amount: '19.90', day: '2026-01-02' },
  { id: 2n, name: null, amount: '-0.01', day: null },
  { id: 9007199254740993n, name: 'Eve', amount: '3.00', day: '2026-02-03' },
]

const codeOf = async (run: () => unknown): Promise<GraupelError> => {
  try {
    await run()
  } catch (error) {
    return error as GraupelError
  }
  throw new Error('nothing was thrown')
}

test('a function is given the values that rows carry, and gives values of its type', async () => {
  await using lake = await connect('memory:')
  const frame = lake.from(rows, columns)
  const seen: unknown[] = []
  const all = udf(
    'all',
    {
      takes: [t.int64(), t.utf8().nullable(), t.decimal(12, 2), t.date().nullable()],
      returns: t.json(),
    },
    (...values) => {
      seen.push(values)
      return values.length
    },
  )
  const [first] = await frame.select((o) => ({ n: all(o.id, o.name, o.amount, o.day) })).toArray()
  expect(first).toEqual({ n: 4 })
  expect(seen).toEqual([
    [1n, 'Ada', '19.90', new Date('2026-01-02')],
    [2n, null, '-0.01', null],
    [9007199254740993n, 'Eve', '3.00', new Date('2026-02-03')],
  ])
  const next = udf('next', { takes: [t.int64()], returns: t.int64() }, (id) => id + 1n)
  const list = udf('list', { takes: [t.int64()], returns: t.list(t.int64()) }, (id) => [id, id])
  expect(await frame.select((o) => ({ n: next(o.id), l: list(o.id) })).toArray()).toEqual(
    rows.map(({ id }) => ({ n: id + 1n, l: [id, id] })),
  )
})

test('a null for a parameter that takes none gives null, and the function is not called', async () => {
  await using lake = await connect('memory:')
  const frame = lake.from(rows, columns)
  let calls = 0
  const shout = udf('shout', { takes: [t.utf8(), t.utf8()], returns: t.utf8() }, (text, end) => {
    calls++
    return text.toUpperCase() + end
  })
  const loud = frame.select((o) => ({ v: shout(o.name, '!') }))
  expect(loud.schema.fields).toEqual([{ name: 'v', type: 'utf8', nullable: true }])
  expect(await loud.toArray()).toEqual([{ v: 'ADA!' }, { v: null }, { v: 'EVE!' }])
  expect(calls).toBe(2)
  const sure = frame.select((o) => ({ v: shout(o.name.coalesce('-'), lit('?')) }))
  expect(sure.schema.fields[0]!.nullable).toBe(false)
  const told = udf('told', { takes: [t.utf8().nullable()], returns: t.bool() }, (x) => x === null)
  expect(await frame.select((o) => ({ v: told(o.name) })).toArray()).toEqual([
    { v: false },
    { v: true },
    { v: false },
  ])
  expect(await frame.select(() => ({ v: told(null) })).toArray()).toEqual(
    rows.map(() => ({ v: true })),
  )
})

test('a function of batches is given lists of the rows that it would be called for', async () => {
  await using lake = await connect('memory:')
  const frame = lake.from(rows, columns)
  const given: unknown[] = []
  const sizes = batchUdf('sizes', { takes: [t.utf8()], returns: t.int32() }, (names) => {
    given.push(names)
    return Int32Array.from(names, ({ length }) => length)
  })
  expect(await frame.select((o) => ({ n: sizes(o.name) })).toArray()).toEqual([
    { n: 3 },
    { n: null },
    { n: 3 },
  ])
  expect(given).toEqual([['Ada', 'Eve']])
  const short = batchUdf('short', { takes: [t.int64()], returns: t.int64() }, (ids) => ids.slice(1))
  const error = await codeOf(() => frame.select((o) => ({ v: short(o.id) })).toArray())
  expect(error.code).toBe('INVALID')
  expect(error.message).toContain(
    '"short" has to give a list of 3 values, one for each row, and gave 2',
  )
})

test('filters, keys, sorts, aggregates and branches call it, and only for their rows', async () => {
  await using lake = await connect('memory:')
  const frame = lake.from(rows, columns)
  const half = udf('half', { takes: [t.float64()], returns: t.float64() }, (x) => {
    if (x < 0) throw new RangeError('below zero')
    return x / 2
  })
  const kept = await frame
    .filter((o) => o.amount.gt(0))
    .filter((o) => half(o.amount).gt(2))
    .select('name')
    .toArray()
  expect(kept).toEqual([{ name: 'Ada' }])
  const initial = udf('initial', { takes: [t.utf8().nullable()], returns: t.utf8() }, (x) =>
    x === null ? '-' : x[0]!,
  )
  const grouped = await frame
    .withColumns((o) => ({ k: initial(o.name) }))
    .groupBy('k')
    .agg((o) => ({ total: o.amount.sum() }))
    .sort('k')
    .toArray()
  expect(grouped).toEqual([
    { k: '-', total: '-0.01' },
    { k: 'A', total: '19.90' },
    { k: 'E', total: '3.00' },
  ])
  const failed = await codeOf(() => frame.select((o) => ({ v: half(o.amount) })).toArray())
  expect(failed).toMatchObject({ code: 'INVALID', facts: { function: 'half' } })
  expect(failed.message).toBe('function "half" threw: below zero')
  expect(failed.cause).toBeInstanceOf(RangeError)
})

test('explain names it, and planning never calls it', async () => {
  await using lake = await connect('memory:')
  const never = udf('vat of', { takes: [t.int64()], returns: t.int64() }, () => {
    throw new Error('called')
  })
  const frame = lake.from(rows, columns).select(() => ({ v: never(lit(1)) }))
  expect(await frame.explain()).toContain('"vat of"(1)')
  expect(await frame.limit(0).toArray()).toEqual([])
})

test('what it gives is held to its type, at run time too', async () => {
  await using lake = await connect('memory:')
  const frame = lake.from(rows, columns)
  const giving = (value: unknown, type = t.int32()) =>
    codeOf(() =>
      frame
        .select(() => ({ v: udf('f', { takes: [], returns: type }, () => value as number)() }))
        .toArray(),
    )
  for (const value of ['7', 1.5, 2 ** 31, {}, Number.NaN]) {
    expect((await giving(value)).message).toContain('column "f"')
  }
  expect((await giving(null)).message).toContain('"f" gave null; declare that it may')
  expect((await giving(undefined)).code).toBe('INVALID')
  expect((await giving(Promise.resolve(1))).message).toContain('gave a promise')
})

test('arguments are widened to the parameters, and others refused where it is called', () => {
  const wide = udf('wide', { takes: [t.int64(), t.timestamp()], returns: t.bool() }, () => true)
  const text = wide as (...args: unknown[]) => any
  return connect('memory:').then(async (lake) => {
    const frame = lake.from(rows, { ...columns, id: t.int64() })
    const small = frame.withColumns((o) => ({ n: o.name.str.length() }))
    expect(await small.filter((o) => wide(o.n, o.day)).count()).toBe(2)
    expect(() => frame.filter((o) => text(o.name, o.day))).toThrow(
      'wide: argument 1 is utf8, not int64; cast it first',
    )
    expect(() => frame.filter(() => text(1))).toThrow('wide takes 2 arguments, got 1')
    expect(() => frame.filter(() => text(1, {}))).toThrow('expected an expression or a literal')
    expect(() => frame.filter(() => text(col('gone'), null))).toThrow('column "gone" not found')
    expect(() => udf('', { takes: [], returns: t.bool() }, () => true)).toThrow('needs a name')
    expect(() => udf('x', { takes: [], returns: 'bool' as never }, () => true)).toThrow('t.int64()')
    await lake.close()
  })
})

test('it is asked again each time, and changes tables', async () => {
  await using lake = await connect('memory:')
  const db = await lake.database('a/b', { create: true })
  const table = await db.createTable('t', columns)
  await table.insert(rows)
  let factor = 2n
  const times = udf('times', { takes: [t.int64()], returns: t.int64() }, (id) => id * factor)
  const frame = table.filter((o) => times(o.id).lt(100)).select((o) => ({ n: times(o.id) }))
  expect(await frame.toArray()).toEqual([{ n: 2n }, { n: 4n }])
  factor = 3n
  expect(await frame.toArray()).toEqual([{ n: 3n }, { n: 6n }])
  await table.update({ set: { id: (o) => times(o.id) }, where: (o) => times(o.id).eq(3) })
  expect(await table.filter((o) => o.id.eq(3)).count()).toBe(1)
})
