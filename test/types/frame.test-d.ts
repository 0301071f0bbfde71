import {
  batchUdf,
  col,
  connect,
  type Database,
  type DataFrame,
  desc,
  diff,
  type Expr,
  fn,
  type Lake,
  lit,
  type Row,
  t,
  type Utf8,
  udf,
  when,
} from '../../src/index.ts'
import { expectEqual } from './equal.ts'

declare const db: Database
declare const lake: Lake

type Rows<F> = F extends { toArray(): Promise<(infer R)[]> } ? R : never
const rowsOf = <S>(_: DataFrame<S>): Row<S> => {
  throw new Error('only its type is of interest')
}

const orders = await db.createTable('orders', {
  id: t.int64(),
  customer: t.utf8(),
  amount: t.decimal(12, 2).nullable(),
  quantity: t.int32(),
  weight: t.float64().nullable(),
  paid: t.bool(),
  day: t.date(),
  placed_at: t.timestamp().nullable(),
  payload: t.binary(),
  extra: t.json().nullable(),
})
const customers = await db.createTable('customers', {
  customer: t.utf8(),
  id: t.int32(),
  country: t.utf8(),
})

// rows
const all = await orders.toArray()
expectEqual<
  (typeof all)[number],
  {
    id: bigint
    customer: string
    amount: string | null
    quantity: number
    weight: number | null
    paid: boolean
    day: Date
    placed_at: Date | null
    payload: Uint8Array
    extra: unknown
  }
>()
const plain = await orders
  .select('id', 'amount', 'placed_at')
  .toArray({ int64: 'number', decimal: 'number', temporal: 'iso' })
expectEqual<
  (typeof plain)[number],
  { id: number; amount: number | null; placed_at: string | null }
>()
const heard = await orders.select('id').toArray({ onProgress: ({ rows }) => void rows })
expectEqual<(typeof heard)[number], { id: bigint }>()
const one = await orders.select('id').first()
expectEqual<typeof one, { id: bigint } | undefined>()
for await (const row of orders.select('day')) expectEqual<typeof row, { day: Date }>()

// arithmetic and null
const computed = rowsOf(
  orders.select((o) => ({
    same: o.quantity.add(1),
    fraction: o.quantity.mul(0.5),
    wide: o.quantity.add(o.id),
    exact: o.quantity.mul(o.amount),
    float: o.id.sub(o.weight),
    ratio: o.quantity.div(3),
    whole: o.id.intDiv(2),
    text: o.amount.cast(t.utf8()),
    tried: o.customer.tryCast(t.int32()),
    filled: o.amount.coalesce(0),
    either: o.weight.coalesce(o.weight),
    big: o.amount.gt(100),
    yes: o.paid.and(o.quantity.eq(1)),
    maybe: o.paid.and(o.amount.isNull()).or(o.amount.gt('0.05')),
    year: o.placed_at.dt.year(),
    size: o.customer.str.length(),
    month: o.day.dt.truncate('month'),
    label: when(o.amount.gt(1)).then('big').otherwise('small'),
    choice: when(o.paid).then(o.amount).when(o.paid.not()).then(0).otherwise(null),
    one: lit(1),
    half: lit(0.5),
    name: lit('x'),
  })),
)
expectEqual<
  typeof computed,
  {
    same: number
    fraction: number
    wide: bigint
    exact: string | null
    float: number | null
    ratio: number
    whole: bigint
    text: string | null
    tried: number | null
    filled: string
    either: number | null
    big: boolean | null
    yes: boolean
    maybe: boolean | null
    year: number | null
    size: number
    month: Date
    label: string
    choice: string | null
    one: number
    half: number
    name: string
  }
>()

// aggregates
const totals = rowsOf(
  orders.groupBy('customer').agg((o) => ({
    n: fn.count(),
    different: o.id.countDistinct(),
    revenue: o.amount.sum(),
    items: o.quantity.sum(),
    mean: o.quantity.mean(),
    last: o.placed_at.max(),
    some: o.day.any(),
    share: o.amount.sum().div(o.quantity.sum()),
  })),
)
expectEqual<
  typeof totals,
  {
    customer: string
    n: bigint
    different: bigint
    revenue: string | null
    items: bigint | null
    mean: number | null
    last: Date | null
    some: Date | null
    share: number | null
  }
>()
const single = rowsOf(orders.agg(() => ({ n: fn.count() })))
expectEqual<typeof single, { n: bigint }>()

// joins
const small = orders.select('id', 'customer', 'amount')
const inner = rowsOf(small.join(customers, { on: 'customer' }))
expectEqual<
  typeof inner,
  { id: bigint; customer: string; amount: string | null; id_right: number; country: string }
>()
const left = rowsOf(small.join(customers, { on: ['customer'], how: 'left' }))
expectEqual<
  typeof left,
  {
    id: bigint
    customer: string
    amount: string | null
    id_right: number | null
    country: string | null
  }
>()
const right = rowsOf(small.join(customers, { on: 'customer', how: 'right', suffix: '_c' }))
expectEqual<
  typeof right,
  {
    id: bigint | null
    customer: string
    amount: string | null
    id_c: number
    country: string
  }
>()
const full = rowsOf(small.join(customers, { on: 'customer', how: 'full' }))
expectEqual<
  typeof full,
  {
    id: bigint | null
    customer: string
    amount: string | null
    id_right: number | null
    country: string | null
  }
>()
const pairs = rowsOf(small.join(customers.select('id', 'country'), { on: [['id', 'id']] }))
expectEqual<
  typeof pairs,
  { id: bigint; customer: string; amount: string | null; country: string }
>()
const renamed = customers.rename({ customer: 'name' })
const differing = rowsOf(small.join(renamed.select('name'), { on: [['customer', 'name']] }))
expectEqual<
  typeof differing,
  { id: bigint; customer: string; amount: string | null; name: string }
>()
const semi = rowsOf(small.join(customers, { on: 'customer', how: 'anti' }))
expectEqual<typeof semi, { id: bigint; customer: string; amount: string | null }>()
const cross = rowsOf(small.select('id').join(customers.select('country'), { how: 'cross' }))
expectEqual<typeof cross, { id: bigint; country: string }>()
// the super type of keys that differ
const wider = rowsOf(customers.select('id').join(orders.select('id'), { on: 'id', how: 'right' }))
expectEqual<typeof wider, { id: bigint }>()

// the other verbs
const more = rowsOf(
  orders.select('id', 'amount').withColumns((o) => ({ amount: o.amount.coalesce(0), two: lit(2) })),
)
expectEqual<typeof more, { id: bigint; amount: string; two: number }>()
const fewer = rowsOf(small.drop('id', 'amount'))
expectEqual<typeof fewer, { customer: string }>()
const other = rowsOf(small.rename({ id: 'order_id' }))
expectEqual<typeof other, { order_id: bigint; customer: string; amount: string | null }>()
const stacked = rowsOf(
  customers.select('id').union(orders.select((o) => ({ id: o.quantity.nullIf(0) }))),
)
expectEqual<typeof stacked, { id: number | null }>()
const solid = rowsOf(orders.select('amount', 'weight', 'placed_at').fillNull(0))
expectEqual<typeof solid, { amount: string; weight: number; placed_at: Date | null }>()
const named = rowsOf(orders.select('amount', 'weight').fillNull({ amount: '0.00' }))
expectEqual<typeof named, { amount: string; weight: number | null }>()
const whole = rowsOf(orders.select('amount', 'weight').dropNulls())
expectEqual<typeof whole, { amount: string; weight: number }>()
const half = rowsOf(orders.select('amount', 'weight').dropNulls('weight'))
expectEqual<typeof half, { amount: string | null; weight: number }>()
const kept = rowsOf(
  small
    .filter((o) => o.amount.gt(1))
    .sort('id', desc('amount', { nulls: 'last' }))
    .limit(3)
    .distinct('id'),
)
expectEqual<typeof kept, { id: bigint; customer: string; amount: string | null }>()
const piped = small.pipe((frame) => frame.select('id'))
expectEqual<Rows<typeof piped>, { id: bigint }>()

// data in memory
const given = rowsOf(
  lake.from([{ a: 'x', b: true, c: new Date(), d: 1n, e: null as string | null }]),
)
expectEqual<typeof given, { a: string; b: boolean; c: Date; d: bigint; e: string | null }>()
const typed = rowsOf(lake.from([{ a: 1, b: 'x' }], { a: t.int32(), b: t.utf8() }))
expectEqual<typeof typed, { a: number; b: string }>()
const columnar = rowsOf(lake.from({ x: new Float64Array(3), y: ['a', 'b', 'c'] }))
expectEqual<typeof columnar, { x: number; y: string }>()

// pieces of queries are plain functions
const isOpen = (status: Expr<Utf8>) => status.in(['paid', 'shipped'])
orders.filter((o) => isOpen(o.customer))
const counted = <S>(frame: DataFrame<S>) => frame.agg(() => ({ n: fn.count() }))
expectEqual<Rows<ReturnType<typeof counted>>, { n: bigint }>()
counted(orders)

// untyped frames
const anything = await db.table('whatever')
const untyped = await anything
  .filter((o) => o.x.gt(1))
  .withColumns((o) => ({ y: o.x.add(1) }))
  .sort('x', desc('y'))
  .select('x', 'y')
  .toArray()
export const free: string = untyped[0]!.x
anything.join(orders, { on: 'id' }).select('whatever')
orders.join(anything, { on: 'id' }).filter((o) => o.whatever.eq(1))
anything
  .groupBy('k')
  .agg((o) => ({ n: fn.count(), s: o.v.sum() }))
  .sort('n')
orders.filter(() => col('amount').gt(1).and(col('paid')))
const same = await db.table('orders', { id: t.int64(), note: t.utf8().nullable() })
expectEqual<Rows<typeof same>, { id: bigint; note: string | null }>()

// inserts take more than rows give, and nulls may be left out
await same.insert([{ id: 1, note: 'x' }, { id: 2n }, { id: 3, note: null }])
await same.insert({ id: [1, 2n], note: ['x', null] })
await same.insert({ id: [1, 2n] })

// what untyped columns compute is untyped, and no `never` that goes with everything
const sums = await anything.agg((o) => ({ s: o.v.sum(), n: fn.count() })).first()
expectEqual<typeof sums, { s: any; n: bigint } | undefined>()
const lengths = await anything.select((o) => ({ l: o.s.str.length() })).toArray()
expectEqual<typeof lengths, { l: any }[]>()

const answered = await lake.transaction(async (tx) => {
  const typed = await tx.table('a/b', 'lines', { id: t.int64(), note: t.utf8().nullable() })
  await typed.insert([{ id: 1n }])
  await typed.overwrite({ id: [1n], note: ['x'] })
  // @ts-expect-error a column that takes no null is missing
  await typed.insert([{ note: 'x' }])
  return typed.toArray()
})
expectEqual<typeof answered, { id: bigint; note: string | null }[]>()
const changed = await orders.update({
  set: {
    customer: 'x',
    amount: (o) => o.amount.mul(2),
    quantity: (o) => o.quantity.add(1),
    weight: null,
    placed_at: (o) => o.day,
  },
  where: (o) => o.paid.and(o.amount.gt(3)),
})
expectEqual<typeof changed.rowsUpdated, number>()
await orders.delete((o) => o.weight.isNull())
await orders.merge(customers, {
  on: [['customer', 'customer']],
  whenMatched: [
    { when: (o, c) => c.country.eq('DE').and(o.paid), delete: true },
    { set: { customer: (o, c) => c.country.str.concat(o.customer), quantity: (_, c) => c.id } },
  ],
  whenNotMatchedBySource: { when: (o) => o.paid, set: { weight: 0 } },
})
await customers.merge(customers, { on: 'id', whenNotMatched: { insert: 'all' } })
await customers.write([{ customer: 'a', id: 1, country: 'DE' }], {
  mode: 'overwrite',
  replaceWhere: (c) => c.id.eq(1),
})
const changesOfCustomers = customers.changes({ from: { version: 1 } })
expectEqual<
  Rows<typeof changesOfCustomers>,
  { customer: string; id: number; country: string; _change: string }
>()

const differences = diff(customers, customers.at({ version: 1 }), { key: ['customer', 'id'] })
expectEqual<
  Rows<typeof differences>,
  {
    customer: string
    id: number
    side: string
    column: string
    left: string | null
    right: string | null
  }
>()
for await (const { changes, once, from } of customers.stream('etl', { from: { version: 2 } })) {
  expectEqual<
    Rows<typeof changes>,
    { customer: string; id: number; country: string; _change: string }
  >()
  await customers.insert([{ customer: 'a', id: from, country: 'DE' }], once)
}
await customers.stream('etl').consume(async ({ changes }, tx) => {
  const into = await tx.table('acme/sales', 'copy', { id: t.int32() })
  await into.insert(await changes.select('id').toArray())
})
const advised = await customers.adviseClustering([(c) => c.id.eq(1), customers.select('id')])
expectEqual<(typeof advised.advice)[number]['columns'][number], 'customer' | 'id' | 'country'>()
await connect('./lake', { smallWrites: 'files' })

const optimized = await orders.optimize({ bytesMax: '2GB', columns: ['customer', 'day'] })
expectEqual<typeof optimized.partitionsAdded, number>()
const clustering = await orders.clusteringInformation(['day'])
expectEqual<typeof clustering.averageDepth, number>()
const loaded = await orders.load('./x.ndjson.gz', { onError: 'continue', validate: true })
expectEqual<(typeof loaded.rejects)[number]['column'], string | null>()
expectEqual<
  Rows<typeof loaded.rejected>,
  { file: string; line: bigint; column: string | null; value: string | null; reason: string }
>()
expectEqual<
  (typeof loaded.files)[number]['status'],
  'loaded' | 'skipped' | 'alreadyLoaded' | 'failed'
>()
await orders.load(['a.csv', new URL('https://example.org/b.parquet')], {
  onError: 'skipFile:2.5%',
  force: true,
  select: (f) => ({ id: f.nr.cast(t.int64()), customer: f.name.str.trim() }),
})
await orders.load(
  (async function* () {
    yield { id: 1n }
  })(),
  { onError: 'skipFile:3' },
)
await orders.toParquet('x.parquet')
await orders.unload('x', { format: 'arrow', fileRows: 10 })
// windows
const windowed = rowsOf(
  orders.select((o) => ({
    rank: fn.rank().over({ partitionBy: o.customer, orderBy: desc(o.amount) }),
    share: fn.percentRank().over({ orderBy: [o.day, desc(o.id)] }),
    before: o.quantity.lag(1).over({ orderBy: o.placed_at }),
    filled: o.quantity.lead(2, 0).over({ orderBy: o.placed_at }),
    other: o.quantity.lag(1, o.quantity.nullIf(1)).over({ orderBy: o.placed_at }),
    running: o.amount.sum().over({ orderBy: o.day, rows: [-Infinity, 0] }),
    week: o.quantity.mean().over({ orderBy: o.day, range: [-6, 0] }),
    of: o.quantity.ratioToReport().over({ partitionBy: [o.customer, o.day] }),
    n: fn.count().over(),
    last: o.day.last().over({ orderBy: o.id, ignoreNulls: true }),
    double: o.quantity.sum().over().div(2),
  })),
)
expectEqual<
  typeof windowed,
  {
    rank: bigint
    share: number
    before: number | null
    filled: number
    other: number | null
    running: string | null
    week: number | null
    of: number | null
    n: bigint
    last: Date | null
    double: number | null
  }
>()

// sets and shapes
const both = rowsOf(customers.select('id').intersect(orders.select((o) => ({ id: o.quantity }))))
expectEqual<typeof both, { id: number }>()
const pivoted = rowsOf(
  orders.pivot({
    index: 'customer',
    on: 'paid',
    values: [true, false],
    value: 'amount',
    agg: 'sum',
  }),
)
expectEqual<typeof pivoted, { customer: string; true: string | null; false: string | null }>()
const tallied = rowsOf(
  orders.pivot({
    index: ['customer', 'day'],
    on: 'quantity',
    values: [1, 2],
    value: 'id',
    agg: 'count',
  }),
)
expectEqual<typeof tallied, { customer: string; day: Date; 1: bigint; 2: bigint }>()
const long = rowsOf(
  orders
    .select('id', 'quantity', 'weight')
    .unpivot({ on: ['quantity', 'weight'], value: 'figure' }),
)
expectEqual<typeof long, { id: bigint; name: string; figure: number | null }>()
const figures = rowsOf(orders.describe())
expectEqual<typeof figures.mean, number | null>()
const rolled = rowsOf(orders.rollup('customer', 'day').agg(() => ({ n: fn.count() })))
expectEqual<typeof rolled, { customer: string | null; day: Date | null; n: bigint }>()
const sets = rowsOf(orders.groupingSets([['customer'], []]).agg(() => ({ n: fn.count() })))
expectEqual<typeof sets, { customer: string | null; n: bigint }>()
const near = rowsOf(
  small.joinWhere(customers, (l, r) => l.id.gt(r.id).and(l.customer.ne(r.country)), {
    how: 'left',
  }),
)
expectEqual<
  typeof near,
  {
    id: bigint
    customer: string
    amount: string | null
    id_right: number | null
    customer_right: string | null
    country: string | null
  }
>()
const asof = rowsOf(small.joinAsof(customers, { on: 'id', by: 'customer', tolerance: 3 }))
expectEqual<
  typeof asof,
  {
    id: bigint
    customer: string
    amount: string | null
    id_right: number | null
    country: string | null
  }
>()

// constraints and identities
const numbered = await db.createTable(
  'numbered',
  { id: t.int64().identity(), code: t.utf8().nullable(), amount: t.decimal(12, 2) },
  {
    primaryKey: ['id'],
    unique: [['code', 'amount']],
    checks: { positive: (o) => o.amount.gt(0), small: (o) => o.code.str.length().lt(10) },
    clusterBy: ['id'],
  },
)
await numbered.insert([{ amount: '1.00' }, { amount: 2, code: null }])
await numbered.insert({ amount: [1, 2] })
await numbered.addConstraint('large', { check: (o) => o.id.gt(0).or(o.amount.lt(9)) })
await numbered.addConstraint('key', { primaryKey: ['id', 'amount'] })
const [first] = await numbered.toArray()
expectEqual<typeof first, { id: bigint; code: string | null; amount: string } | undefined>()
numbered.filter((o) => o.id.gt(1).and(o.id.in([1n, 2n]))).agg((o) => ({ sum: o.id.sum() }))
numbered.merge(numbered, {
  on: 'id',
  whenMatched: { set: 'all' },
  whenNotMatched: { insert: { amount: (o) => o.amount } },
})
await numbered.optimize({ columns: (o) => [o.code.str.left(2), o.id.intDiv(100)] })
await numbered.clusteringInformation((o) => [o.amount.floor()])
await db.createTable(
  'monthly',
  { at: t.timestamp(), region: t.utf8() },
  { clusterBy: (o) => [o.at.dt.truncate('month'), o.region.str.slice(0, 4), o.at] },
)
await db.createTableFrom('any', 'x.csv', { clusterBy: (o) => [o.at.dt.year()] })
const open = await db.table('numbered')
await open.addConstraint('any', { unique: ['whatever'] })
const nested = await db.createTable('nested', {
  id: t.int64(),
  tags: t.list(t.utf8()).nullable(),
  sizes: t.list(t.int64()),
  place: t.struct({ city: t.utf8(), at: t.timestamp() }),
  doc: t.json(),
})
const held = rowsOf(nested)
expectEqual<
  typeof held,
  {
    id: bigint
    tags: (string | null)[] | null
    sizes: (bigint | null)[]
    place: { city: string | null; at: Date | null }
    doc: unknown
  }
>()
const each = rowsOf(nested.select('id', 'sizes').explode('sizes'))
expectEqual<typeof each, { id: bigint; sizes: bigint | null }>()
const flat = rowsOf(nested.select('id', 'doc').flatten('doc', { as: 'item' }).drop('doc'))
expectEqual<typeof flat, { id: bigint; item: unknown }>()
const asked = rowsOf(
  nested.select((r) => ({
    first: r.tags.list.get(0),
    many: r.sizes.list.length(),
    has: r.tags.list.contains('x'),
    city: r.place.struct.field('city'),
  })),
)
expectEqual<
  typeof asked,
  { first: string | null; many: number; has: boolean | null; city: string | null }
>()
const gathered = rowsOf(
  nested.groupBy('id').agg((r) => ({ ids: r.id.collectList(), tags: r.tags.collectList() })),
)
expectEqual<
  typeof gathered,
  { id: bigint; ids: (bigint | null)[]; tags: ((string | null)[] | null)[] }
>()
const daily = rowsOf(
  orders.groupByDynamic('day', { every: '1w', by: 'customer' }).agg(() => ({ n: fn.count() })),
)
expectEqual<typeof daily, { customer: string; day: Date; n: bigint }>()
const gaps = rowsOf(
  orders.select('customer', 'quantity', 'day').fillGaps('day', { every: '1d', by: 'customer' }),
)
expectEqual<typeof gaps, { customer: string; quantity: number | null; day: Date }>()
const moving = rowsOf(
  orders
    .rolling('placed_at', { period: '7d', closed: 'both', by: 'customer' })
    .agg((o) => ({ n: fn.count(), total: o.amount.sum() })),
)
expectEqual<
  typeof moving,
  { customer: string; placed_at: Date | null; n: bigint; total: string | null }
>()
const shifted = rowsOf(
  orders
    .groupByDynamic('day', { every: '1w', period: '10d', offset: '-1d', closed: 'right' })
    .agg(() => ({ n: fn.count() })),
)
expectEqual<typeof shifted, { day: Date; n: bigint }>()
const crossed = rowsOf(
  orders.crosstab({ index: ['customer', 'day'], on: 'paid', values: [true, false] }),
)
expectEqual<typeof crossed, { customer: string; day: Date; true: bigint; false: bigint }>()
const found = rowsOf(await orders.crosstab({ index: 'customer', on: 'day' }))
expectEqual<typeof found, any>()
const likes = rowsOf(customers.selectLike('%c%'))
expectEqual<typeof likes, { customer: string; country: string }>()
const likeId = rowsOf(orders.selectLike('_D', { case: 'ignored' }))
expectEqual<typeof likeId, { id: bigint }>()
const escaped = rowsOf(orders.selectLike('placed\\_%'))
expectEqual<typeof escaped, { placed_at: Date | null }>()
const anyLike = rowsOf(orders.selectLike('%x' as string))
expectEqual<typeof anyLike, any>()
const answeredRows = rowsOf(
  await small.mapRows(
    { mood: t.utf8(), score: t.float64().nullable(), amount: t.int64() },
    async (row, { signal }) => {
      expectEqual<typeof row, { id: bigint; customer: string; amount: string | null }>()
      return signal.aborted ? { mood: 'none', amount: 1 } : { mood: 'good', score: 1, amount: 2n }
    },
    { concurrency: 3 },
  ),
)
expectEqual<
  typeof answeredRows,
  { id: bigint; customer: string; amount: bigint; mood: string; score: number | null }
>()
await small.mapRows({ x: t.bool() }, (row) => ({ x: row.id > 1n }), { columns: ['id'] })
const untypedRows = rowsOf(await anything.mapRows({ x: t.bool() }, (row) => ({ x: row.any })))
expectEqual<typeof untypedRows, any>()
const named2 = await db.createView('view', small, { orReplace: true })
expectEqual<Rows<typeof named2>, { id: bigint; customer: string; amount: string | null }>()
const viewed = await db.view('view', { id: t.int64(), name: t.utf8().nullable() })
expectEqual<Rows<typeof viewed>, { id: bigint; name: string | null }>()
expectEqual<Awaited<ReturnType<typeof db.view>>, DataFrame<any>>()
const apart = rowsOf(
  nested.select((r) => ({
    d: r.sizes.list.distance([1, 2]),
    c: r.sizes.list.cosineSimilarity(r.sizes),
    p: r.sizes.list.dot(new Float32Array(2)),
  })),
)
expectEqual<typeof apart, { d: number; c: number | null; p: number }>()
const parts = rowsOf(
  customers.select((c) => ({ a: c.country.str.split(' '), b: c.country.str.chunk(9, 2) })),
)
expectEqual<typeof parts, { a: (string | null)[]; b: (string | null)[] }>()
const natural = rowsOf(small.select('customer').naturalJoin(customers, { how: 'left' }))
expectEqual<typeof natural, { customer: string; id: number | null; country: string | null }>()
const [split] = orders.select('id').randomSplit([1, 2])
const ofSplit = rowsOf(split)
expectEqual<typeof ofSplit, { id: bigint }>()
const vat = udf(
  'vat',
  { takes: [t.decimal(12, 2), t.utf8().nullable()], returns: t.float64() },
  (amount, customer) => {
    expectEqual<[typeof amount, typeof customer], [string, string | null]>()
    return customer === null ? 0 : Number(amount)
  },
)
const initials = batchUdf(
  'initials',
  { takes: [t.utf8()], returns: t.utf8().nullable() },
  (names) => names.map((name) => name[0] ?? null),
)
const own = rowsOf(
  orders.select((o) => ({
    vat: vat(o.amount, o.customer),
    initial: initials(o.customer),
    literal: vat('1.00', null),
  })),
)
expectEqual<typeof own, { vat: number | null; initial: string | null; literal: number }>()
const known = rowsOf(
  (await db.table('any')).assertSchema({ id: t.int64(), s: t.utf8().nullable() }),
)
expectEqual<typeof known, { id: bigint; s: string | null }>()
const filled = await db.createTable('filled', { id: t.int32(), n: t.int64().default(1) })
await filled.insert([{ id: 1 }, { id: 2, n: 3n }])
await filled.insert({ id: [1] })
const withMore = await filled.addColumns({ s: t.utf8().default(''), u: t.bool().nullable() })
await withMore.insert([{ id: 1 }])
const withNames = await withMore.renameColumns({ n: 'm' })
await withNames.insert([{ id: 1 }, { id: 1, m: 2n }])
const widened = await withNames.widenColumns({ id: t.int64().nullable(), m: t.int64().nullable() })
const withFewer = await widened.dropColumns(['u'])
await withFewer.insert([{}])
const changedRows = rowsOf(withFewer)
expectEqual<typeof changedRows, { id: bigint | null; m: bigint | null; s: string }>()
