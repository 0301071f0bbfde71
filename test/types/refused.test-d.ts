import {
  connect,
  type Database,
  desc,
  diff,
  type Expr,
  fn,
  type Lake,
  lit,
  t,
  udf,
  when,
} from '../../src/index.ts'

declare const db: Database
declare const lake: Lake

const o = await db.createTable('o', {
  id: t.int64(),
  s: t.utf8(),
  a: t.float64().nullable(),
  b: t.bool(),
  d: t.timestamp(),
})
const c = await db.createTable('c', { id: t.int64(), name: t.utf8() })

// @ts-expect-error filter: misspelt column
o.filter((r) => r.idd.gt(1))
// @ts-expect-error filter: not a predicate
o.filter((r) => r.a)
// @ts-expect-error filter: a plain boolean
o.filter(() => true)
// @ts-expect-error comparison: number with text column
o.filter((r) => r.s.eq(3))
// @ts-expect-error comparison: text column with number column
o.filter((r) => r.s.eq(r.id))
// @ts-expect-error comparison: text with a float column
o.filter((r) => r.a.gt('x'))
// @ts-expect-error comparison: boolean with a timestamp
o.filter((r) => r.d.eq(true))
// @ts-expect-error JavaScript's operator
o.filter((r) => r.a > 3)
// @ts-expect-error JavaScript's equality
o.filter((r) => r.a === 3)
// @ts-expect-error JavaScript's negation
o.filter((r) => !r.b)
// @ts-expect-error arithmetic on text
o.select((r) => ({ x: r.s.add(1) }))
// @ts-expect-error arithmetic with text
o.select((r) => ({ x: r.id.add(r.s) }))
// @ts-expect-error whole division of a float
o.select((r) => ({ x: r.a.intDiv(2) }))
// @ts-expect-error logic on numbers
o.select((r) => ({ x: r.id.and(r.b) }))
// @ts-expect-error logic with numbers
o.select((r) => ({ x: r.b.and(r.id) }))
// @ts-expect-error text method of a number
o.select((r) => ({ x: r.id.str.lower() }))
// @ts-expect-error date method of a text
o.select((r) => ({ x: r.s.dt.year() }))
// @ts-expect-error unit that does not exist
o.select((r) => ({ x: r.d.dt.truncate('decade') }))
// @ts-expect-error list of the wrong type
o.filter((r) => r.s.in([1, 2]))
// @ts-expect-error coalesce with another type
o.select((r) => ({ x: r.a.coalesce('none') }))
// @ts-expect-error cast to what is no type
o.select((r) => ({ x: r.a.cast('int64') }))
// @ts-expect-error when: not a predicate
when(o as unknown as Expr<never[]>).then(1)
// @ts-expect-error when: a condition that is no bool
o.select((r) => ({ x: when(r.id).then(1).otherwise(2) }))
// @ts-expect-error lit of a function
lit(() => 1)
// @ts-expect-error select: unknown name
o.select('nope')
// @ts-expect-error select: a value that is no expression
o.select(() => ({ x: 1 }))
// @ts-expect-error select: no expression at all
o.select((r) => r.id)
// @ts-expect-error withColumns: misspelt column
o.withColumns((r) => ({ x: r.nope }))
// @ts-expect-error drop: unknown name
o.drop('nope')
// @ts-expect-error drop: the column is gone
o.drop('a').select('a')
// @ts-expect-error rename: unknown name
o.rename({ nope: 'x' })
// @ts-expect-error rename: the old name is gone
o.rename({ a: 'x' }).select('a')
// @ts-expect-error groupBy: unknown name
o.groupBy('nope')
// @ts-expect-error agg: sum of text
o.groupBy('id').agg((r) => ({ x: r.s.sum() }))
// @ts-expect-error agg: a value
o.agg(() => ({ x: 1 }))
const g = o.groupBy('id').agg((r) => ({ x: r.a.sum() }))
// @ts-expect-error agg: column dropped by groupBy
g.filter((r) => r.s.eq('x'))
// @ts-expect-error join: key missing on the right
o.join(c, { on: 's' })
// @ts-expect-error join: pair with an unknown right key
o.join(c, { on: [['s', 'nope']] })
// @ts-expect-error join: unknown how
o.join(c, { on: 'id', how: 'outer' })
// @ts-expect-error join: no key
o.join(c, { how: 'left' })
// @ts-expect-error join: a cross join has no key
o.join(c, { on: 'id', how: 'cross' })
// @ts-expect-error join: semi joins yield the left side only
o.join(c, { on: 'id', how: 'semi' }).select('name')
// @ts-expect-error sort: unknown name
o.sort('nope')
// @ts-expect-error sort: unknown name in desc
o.sort(desc('nope'))
// @ts-expect-error sort: no such place for nulls
o.sort(desc('id', { nulls: 'middle' }))
// @ts-expect-error limit: a string
o.limit('10')
// @ts-expect-error distinct: unknown name
o.distinct('nope')
// @ts-expect-error union: other columns
o.union(c)
// @ts-expect-error fillNull: unknown column
o.fillNull({ nope: 1 })
// @ts-expect-error fillNull: wrong type
o.fillNull({ a: 'x' })
// @ts-expect-error dropNulls: unknown name
o.dropNulls('nope')
// @ts-expect-error pipe: not a function
o.pipe(3)

const r = await o.join(c, { on: 'id', how: 'left' }).toArray()
// @ts-expect-error nullable after a left join
export const n: string = r[0]!.name
// @ts-expect-error there may be no row
export const f: bigint = (await o.first()).id
// @ts-expect-error a sum may be null
export const s: number = (await o.agg((x) => ({ s: x.a.sum() })).toArray())[0]!.s
// @ts-expect-error int64 is a bigint
export const i: number = (await o.toArray())[0]!.id
// @ts-expect-error toArray: no such form
await o.toArray({ int64: 'string' })
// @ts-expect-error collect: no such option
await o.collect({ limit: 3 })
// @ts-expect-error explain: no such format
await o.explain({ format: 'yaml' })
// @ts-expect-error write: no such mode
await o.write('x', { mode: 'upsert' })
// @ts-expect-error insert: missing column
await c.insert([{ id: 1n }])
// @ts-expect-error insert: wrong type
await c.insert([{ id: 'x', name: 'y' }])
// @ts-expect-error insert: unknown column
await c.insert([{ id: 1n, name: 'y', nope: 1 }])
// @ts-expect-error at: no such moment
o.at({ day: 3 })
// @ts-expect-error createTable: clusterBy names no column
await db.createTable('x', { id: t.int64() }, { clusterBy: ['nope'] })
// @ts-expect-error createTable: clusterBy over no column
await db.createTable('x', { id: t.int64() }, { clusterBy: (o) => [o.nope] })
// @ts-expect-error createTable: clusterBy answers no expressions
await db.createTable('x', { id: t.int64() }, { clusterBy: (o) => ['id', o.id] })
// @ts-expect-error clusteringInformation: no such column
await o.clusteringInformation((row) => [row.nope])
// @ts-expect-error optimize: no such column
await o.optimize({ columns: ['nope'] })
// @ts-expect-error createTable: a type by its name
await db.createTable('x', { id: 'int64' })
// @ts-expect-error from: a value that the schema does not take
lake.from([{ a: 'x' }], { a: t.int32() })
// @ts-expect-error connect: no such option
await connect('memory:', { casche: true })
// @ts-expect-error fn has no such function
fn.summ()

// @ts-expect-error update: misspelt column
o.update({ set: { idd: 1 } })
// @ts-expect-error update: text for a number
o.update({ set: { id: 'x' } })
// @ts-expect-error update: null in a column that takes none
o.update({ set: { id: null } })
// @ts-expect-error update: an expression of another type
o.update({ set: { s: (r) => r.id } })
// @ts-expect-error update: an expression that may be null in a column that takes none
o.update({ set: { id: (r) => r.id.nullIf(1) } })
// @ts-expect-error update: a float into whole numbers
o.update({ set: { id: (r) => r.a.coalesce(0) } })
// @ts-expect-error update: not a predicate
o.update({ set: { id: 1 }, where: (r) => r.id })
// @ts-expect-error delete: not a predicate
o.delete((r) => r.s)
// @ts-expect-error merge: a key that the source has not
o.merge(c, { on: 's', whenMatched: { delete: true } })
// @ts-expect-error merge: a column of the source that does not exist
o.merge(c, { on: 'id', whenMatched: { set: { s: (_, x) => x.nam } } })
// @ts-expect-error merge: a type that the column does not take
o.merge(c, { on: 'id', whenMatched: { set: { b: (_, x) => x.name } } })
// @ts-expect-error merge: a column that takes no null is missing
o.merge(c, { on: 'id', whenNotMatched: { insert: { id: (x) => x.id, s: 'x' } } })
// @ts-expect-error merge: both set and delete
o.merge(c, { on: 'id', whenMatched: { set: { s: 'x' }, delete: true } })
// @ts-expect-error write: a mode that does not exist
o.write([], { mode: 'replace' })
// @ts-expect-error write: a value of another type
c.write([{ id: 'x', name: 'y' }])
// @ts-expect-error createTable: a key of a column that is none
await db.createTable('x', { id: t.int64() }, { primaryKey: ['idd'] })
// @ts-expect-error createTable: a primary key that may be null
await db.createTable('x', { id: t.int64().nullable() }, { primaryKey: ['id'] })
// @ts-expect-error createTable: a list of columns where lists are due
await db.createTable('x', { id: t.int64() }, { unique: ['id'] })
// @ts-expect-error createTable: a unique key of a column that is none
await db.createTable('x', { id: t.int64() }, { unique: [['idd']] })
// @ts-expect-error createTable: a check of a column that is none
await db.createTable('x', { id: t.int64() }, { checks: { positive: (r) => r.idd.gt(0) } })
// @ts-expect-error createTable: a check that is no predicate
await db.createTable('x', { id: t.int64() }, { checks: { positive: (r) => r.id } })
// @ts-expect-error addConstraint: a primary key that may be null
o.addConstraint('key', { primaryKey: ['a'] })
// @ts-expect-error addConstraint: a key of a column that is none
o.addConstraint('key', { unique: ['nope'] })
// @ts-expect-error addConstraint: not a predicate
o.addConstraint('some', { check: (r) => r.s })
// @ts-expect-error identity: of text
t.utf8().identity()
const numbered = await db.createTable('n', { id: t.int64().identity(), name: t.utf8() })
// @ts-expect-error insert: a value for an identity
numbered.insert([{ id: 1n, name: 'x' }])
// @ts-expect-error update: a value for an identity
numbered.update({ set: { id: 1 } })
// @ts-expect-error changes: without a beginning
o.changes({})
// @ts-expect-error diff: a key that is no column
diff(c, c, { key: 'nothing' })
// @ts-expect-error diff: without a key
diff(c, c, {})
// @ts-expect-error diff: frames of other columns
diff(c, o, { key: 'id' })
// @ts-expect-error stream: without a name
o.stream()
// @ts-expect-error stream: an offset that is no moment
o.stream('etl', { from: 3 })
// @ts-expect-error consume: a column that changes do not have
o.stream('etl').consume(async ({ changes }) => void changes.select('nothing'))
// @ts-expect-error adviseClustering: a column that does not exist
o.adviseClustering([(r) => r.nothing.eq(1)])
// @ts-expect-error a place for small writes that there is not
await connect('./lake', { smallWrites: 'head' })
// @ts-expect-error only gzip, or none
await db.createTable('x', { id: t.int64() }, { compression: 'zstd' })
// @ts-expect-error copies need a folder
await connect('s3://bucket/lake', { objectCache: { bytesMax: '1GB' } })
// @ts-expect-error optimize: a column that does not exist
o.optimize({ columns: ['nothing'] })
// @ts-expect-error clusteringInformation: a column that does not exist
o.clusteringInformation(['nothing'])
// @ts-expect-error load: a word that onError does not know
o.load('x.csv', { onError: 'skipFiles' })
// @ts-expect-error load: columns that the table has not
o.load('x.csv', { select: (f) => ({ idd: f.a }) })
// @ts-expect-error unload: a format that is not written
o.unload('x', { format: 'xlsx' })
// @ts-expect-error load: a format that is not read
o.load('x.xml', { format: 'xml' })

// @ts-expect-error over: one end of a frame
o.select((r) => ({ x: r.a.sum().over({ orderBy: r.d, rows: [1] }) }))
// @ts-expect-error over: misspelt option
o.select((r) => ({ x: r.a.sum().over({ orderby: r.d }) }))
// @ts-expect-error over: a name, whose column is not known there
o.select((r) => ({ x: r.a.sum().over({ orderBy: desc('d') }) }))
// @ts-expect-error over: partition by a number
o.select((r) => ({ x: r.a.sum().over({ partitionBy: 1 }) }))
// @ts-expect-error lag: text as a number of rows
o.select((r) => ({ x: r.a.lag('x').over() }))
// @ts-expect-error lag: a default of another type
o.select((r) => ({ x: r.a.lag(1, 'x').over() }))
// @ts-expect-error ratioToReport: of text
o.select((r) => ({ x: r.s.ratioToReport().over() }))
// @ts-expect-error ntile: text
o.select(() => ({ x: fn.ntile('x').over() }))
// @ts-expect-error intersect: a column is missing
o.intersect(c)
// @ts-expect-error pivot: misspelt column
o.pivot({ index: 's', on: 'bb', values: [true], value: 'a', agg: 'sum' })
// @ts-expect-error pivot: no such aggregate
o.pivot({ index: 's', on: 'b', values: [true], value: 'a', agg: 'total' })
// @ts-expect-error unpivot: misspelt column
o.unpivot({ on: ['aa'] })
// @ts-expect-error unpivot: no column
o.unpivot({ on: [] })
// @ts-expect-error rollup: misspelt column
o.rollup('ss')
// @ts-expect-error groupingSets: misspelt column
o.groupingSets([['ss']])
// @ts-expect-error sample: neither fraction nor rows
o.sample({ seed: 3 })
// @ts-expect-error joinWhere: not a predicate
o.joinWhere(c, (l) => l.id)
// @ts-expect-error joinWhere: a column that the right side has not
o.joinWhere(c, (l, r) => l.id.gt(r.idd))
// @ts-expect-error joinAsof: a key that the right side has not
o.joinAsof(c, { on: 'd' })
// @ts-expect-error joinAsof: no such direction
o.joinAsof(c, { on: 'id', direction: 'nearest' })
const nested = await db.createTable('n', {
  id: t.int64(),
  tags: t.list(t.utf8()),
  at: t.struct({ city: t.utf8() }),
  doc: t.json(),
})
// @ts-expect-error list: a value of another type
nested.insert([{ id: 1n, tags: [1], at: { city: 'x' }, doc: 1 }])
// @ts-expect-error struct: a member that does not exist
nested.insert([{ id: 1n, tags: ['x'], at: { town: 'x' }, doc: 1 }])
// @ts-expect-error explode: no list
nested.explode('id')
// @ts-expect-error explode: misspelt option
nested.explode('tags', { outer: true })
// @ts-expect-error flatten: no json
nested.flatten('tags')
// @ts-expect-error list.contains: a value of another type
nested.filter((r) => r.tags.list.contains(1))
// @ts-expect-error list.get: text as a position
nested.select((r) => ({ x: r.tags.list.get('0') }))
// @ts-expect-error list methods: of a number
nested.select((r) => ({ x: r.id.list.length() }))
// @ts-expect-error struct.field: a member that does not exist
nested.select((r) => ({ x: r.at.struct.field('town') }))
// @ts-expect-error replace: misspelt column
o.replace({ ss: [['a', 'b']] })
// @ts-expect-error replace: a value of another type
o.replace({ s: [['a', 1]] })
// @ts-expect-error randomSplit: no weights
o.randomSplit([])
// @ts-expect-error sampleBy: a value of another type
o.sampleBy('s', [[1, 0.5]])
// @ts-expect-error groupByDynamic: no time
o.groupByDynamic('id', { every: '1d' })
// @ts-expect-error groupByDynamic: no such unit
o.groupByDynamic('d', { every: '1 fortnight' })
// @ts-expect-error groupByDynamic: no such ends
o.groupByDynamic('d', { every: '1d', closed: 'open' })
// @ts-expect-error groupByDynamic: an offset that is no time
o.groupByDynamic('d', { every: '1d', offset: 3 })
const windowsOfDay = o.groupByDynamic('d', { every: '1d' }).agg(() => ({ n: fn.count() }))
// @ts-expect-error groupByDynamic: a column dropped by the groups
windowsOfDay.select('a')
// @ts-expect-error rolling: no time
o.rolling('id', { period: '1d' })
// @ts-expect-error rolling: without a period
o.rolling('d', {})
// @ts-expect-error rolling: misspelt column
o.rolling('d', { period: '1d', by: 'ss' })
const rolled = o.rolling('d', { period: '1d' }).agg(() => ({ n: fn.count() }))
// @ts-expect-error rolling: a column that is neither the time nor in by
rolled.select('s')
// @ts-expect-error crosstab: misspelt column
o.crosstab({ index: 's', on: 'bb', values: [true] })
// @ts-expect-error crosstab: a value that was not told
o.crosstab({ index: 's', on: 'b', values: [true] }).select('false')
// @ts-expect-error crosstab: a frame only once the values are found
o.crosstab({ index: 's', on: 'b' }).select('s')
// @ts-expect-error selectLike: no column is like it
o.selectLike('%nothing')
// @ts-expect-error selectLike: letters of another case
c.selectLike('NAME')
// @ts-expect-error selectLike: a column that is not like it
c.selectLike('n%').select('id')
// @ts-expect-error mapRows: an answer of another type
o.mapRows({ x: t.int32() }, async () => ({ x: 'five' }))
// @ts-expect-error mapRows: null where it is not declared
o.mapRows({ x: t.int32() }, async () => ({ x: null }))
// @ts-expect-error mapRows: an answer that is missing
o.mapRows({ x: t.int32() }, async () => ({}))
// @ts-expect-error mapRows: a column that the function is not given
o.mapRows({ x: t.bool() }, (r) => ({ x: r.b }), { columns: ['id'] })
// @ts-expect-error mapRows: misspelt column
o.mapRows({ x: t.bool() }, () => ({ x: true }), { columns: ['idd'] })
// @ts-expect-error createView: no frame
db.createView('v', 'select 1')
// @ts-expect-error createView: misspelt option
db.createView('v', o, { replace: true })
// @ts-expect-error view: a column that it has not
;(await db.view('v', { id: t.int64() })).select('idd')
// @ts-expect-error dropView: a frame instead of its name
db.dropView(o)
// @ts-expect-error list.distance: texts
nested.select((r) => ({ x: r.tags.list.distance([1]) }))
// @ts-expect-error chunk: a text as a size
o.select((r) => ({ x: r.s.str.chunk('9') }))
// @ts-expect-error split: of a number
o.select((r) => ({ x: r.id.str.split(',') }))
// @ts-expect-error fillGaps: misspelt column
o.fillGaps('d', { every: '1h', by: 'ss' })
// @ts-expect-error naturalJoin: no such kind
o.naturalJoin(c, { how: 'cross' })

const twice = udf('twice', { takes: [t.int64()], returns: t.int64() }, (x) => x * 2n)
// @ts-expect-error udf: an argument of another type
o.select((r) => ({ v: twice(r.s) }))
// @ts-expect-error udf: an argument too many
o.select((r) => ({ v: twice(r.id, 1) }))
// @ts-expect-error udf: an argument too few
o.select(() => ({ v: twice() }))
// @ts-expect-error udf: a result of another type
udf('wrong', { takes: [t.int64()], returns: t.int64() }, (x) => `${x}`)
// @ts-expect-error udf: a null that is not declared
udf('wrong', { takes: [t.int64()], returns: t.int64() }, (x) => (x > 1n ? x : null))
// @ts-expect-error udf: a promise
udf('wrong', { takes: [t.int64()], returns: t.int64() }, async (x) => x)
// @ts-expect-error udf: null where it is never called with one
o.select(() => ({ v: twice(null) }))

// @ts-expect-error unionByName: a column is missing
o.unionByName(c)
// @ts-expect-error except: other columns
o.except(c)
// @ts-expect-error cube: misspelt column
o.cube('ss')
// @ts-expect-error describe: it is of all columns
o.describe('a')
// @ts-expect-error cache: a number of seconds
await o.cache(60)
// @ts-expect-error assertSchema: a type by its name
o.assertSchema({ id: 'int64' })
// @ts-expect-error batches: no such option
o.batches({ rows: 10 })
// @ts-expect-error count: of a column
await o.count('id')
// @ts-expect-error first: how many
await o.first(3)
// @ts-expect-error show: no such option
await o.show(10, { columns: 3 })
// @ts-expect-error glimpse: how many
await o.glimpse(10)
// @ts-expect-error toMarkdown: text as a number of rows
await o.toMarkdown('10')
// @ts-expect-error toHTML: no such option
await o.toHTML(10, { escape: false })
// @ts-expect-error toPlan: a format
await o.toPlan('json')
// @ts-expect-error profile: no such option
await o.profile({ format: 'html' })
// @ts-expect-error toCSV: without a path
await o.toCSV()
// @ts-expect-error toNDJSON: an option of CSV
await o.toNDJSON('x.ndjson', { header: true })
// @ts-expect-error toArrowIPC: no such option
await o.toArrowIPC('x.arrow', { stream: true })
// @ts-expect-error toParquet: no such option
await o.toParquet('x.parquet', { compression: 'zstd' })
// @ts-expect-error truncate: a predicate, which delete takes
await o.truncate(() => true)
// @ts-expect-error reorderColumns: misspelt column
await o.reorderColumns(['idd'])
// @ts-expect-error streams: a name, which stream takes
await o.streams('etl')
// @ts-expect-error dropStream: without a name
await o.dropStream()
// @ts-expect-error dropConstraint: several names
await o.dropConstraint(['a', 'b'])
// @ts-expect-error history: how many
await o.history(10)
// @ts-expect-error restore: a version by its number alone
await o.restore(3)
// @ts-expect-error clone: without a name
await o.clone()
// @ts-expect-error tag: a version by its number alone
await o.tag('first', 3)
// @ts-expect-error untag: a version
await o.untag({ version: 3 })
// @ts-expect-error tags: a name
await o.tags('first')
// @ts-expect-error vacuum: without what to retain
await o.vacuum({})
// @ts-expect-error verify: no such option
await o.verify({ repair: true })
// @ts-expect-error resolve: a number
await o.resolve(3)
// @ts-expect-error createTableFrom: no such format
await db.createTableFrom('x', 'x.csv', { format: 'xlsx' })
// @ts-expect-error table: a type by its name
await db.table('x', { id: 'int64' })
// @ts-expect-error views: a pattern
await db.views('%')
// @ts-expect-error tables: a pattern
await db.tables('%')
// @ts-expect-error dropTable: a table instead of its name
await db.dropTable(o)
// @ts-expect-error undropTable: no such option
await db.undropTable('x', { at: { version: 3 } })
// @ts-expect-error toArray: an engine is made by `clickhouse`
o.toArray({ engine: { url: 'http://localhost:8123' } })
// @ts-expect-error insert: an engine runs questions only
o.insert([], { engine: {} })
const withDefault = await db.createTable('f', {
  id: t.int32(),
  n: t.int64().default(1),
  s: t.utf8(),
})
// @ts-expect-error default: of another type
t.int32().default('x')
// @ts-expect-error insert: a column without a default is missing
await withDefault.insert([{ id: 1 }])
// @ts-expect-error insert: null in a column with a default that takes none
await withDefault.insert([{ id: 1, s: '', n: null }])
// @ts-expect-error addColumns: a name that is taken
await withDefault.addColumns({ id: t.int32().nullable() })
// @ts-expect-error renameColumns: misspelt column
await withDefault.renameColumns({ idd: 'x' })
// @ts-expect-error dropColumns: misspelt column
await withDefault.dropColumns(['idd'])
// @ts-expect-error dropColumns: the column is gone
;(await withDefault.dropColumns(['s'])).filter((r) => r.s.eq('x'))
// @ts-expect-error widenColumns: narrower
await withDefault.widenColumns({ n: t.int32() })
// @ts-expect-error widenColumns: another kind
await withDefault.widenColumns({ id: t.utf8() })
