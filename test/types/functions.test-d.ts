import { asc, type Database, type DataFrame, desc, fn, type Row, t } from '../../src/index.ts'
import { expectEqual } from './equal.ts'

declare const db: Database
declare const rowsOf: <S>(frame: DataFrame<S>) => Row<S>

const o = await db.createTable('o', {
  id: t.int64(),
  n: t.int32(),
  m: t.decimal(9, 2).nullable(),
  x: t.float64(),
  s: t.utf8(),
  gone: t.utf8().nullable(),
  ok: t.bool(),
  day: t.date(),
  at: t.timestamp().nullable(),
  doc: t.json(),
})

const aggregates = rowsOf(
  o.groupBy('n').agg((r) => ({
    quantile: r.m.quantile(0.9),
    disc: r.day.quantileDisc(0.5),
    mode: r.s.mode(),
    list: r.s.listAgg(', ', { distinct: true, orderBy: [desc(r.x), asc(r.s), r.n] }),
    by: r.day.maxBy(r.x),
    corr: r.x.corr(r.m),
    pairs: r.x.regrCount(r.n),
    all: r.ok.boolAnd(),
    bits: r.n.bitwiseOr(),
    yes: r.ok.countIf(),
    about: r.s.approxCountDistinct(),
    top: r.s.approxTopK(3),
  })),
)
expectEqual<
  typeof aggregates,
  {
    n: number
    quantile: number | null
    disc: Date | null
    mode: string | null
    list: string | null
    by: Date | null
    corr: number | null
    pairs: bigint
    all: boolean | null
    bits: bigint | null
    yes: bigint
    about: bigint
    top: unknown
  }
>()

const values = rowsOf(
  o.select((r) => ({
    clipped: r.n.clip(0, 10),
    between: r.n.clip(r.m, 10),
    bucket: r.n.bucket(5),
    text: r.m.toText({ digits: 2 }),
    decoded: r.s.decode([
      ['a', 1],
      [null, 2],
    ]),
    always: r.s.decode([['a', 'one']], 'none'),
    either: r.ok.xor(r.gone.isNull()),
    alike: r.s.str.jaro(r.gone),
    whole: r.s.str.toInteger(16),
    ago: r.day.dt.elapsed('2026-01-01', 'year'),
    months: r.day.dt.monthsBetween(r.at),
    start: r.at.dt.bucket(15, 'minute'),
    end: r.day.dt.endOf('month'),
    clock: r.at.dt.time(),
    keys: r.doc.json.keys(),
    has: r.doc.json.has('$.a'),
    number: r.doc.json.number('$.a'),
    label: fn.format('{} {}', r.s, r.n),
    perhaps: fn.format('{}', r.gone),
    object: fn.jsonObject({ s: r.s, m: r.m }),
    moment: fn.fromEpoch(r.id, 'second'),
    date: fn.date(2026, r.n, 1),
    run: r.gone.runId().over({ orderBy: r.id }),
  })),
)
expectEqual<
  typeof values,
  {
    clipped: number
    between: string | null
    bucket: number
    text: string | null
    decoded: number | null
    always: string
    either: boolean
    alike: number | null
    whole: bigint
    ago: bigint
    months: number | null
    start: Date | null
    end: Date
    clock: string | null
    keys: unknown
    has: boolean
    number: number | null
    label: string
    perhaps: string | null
    object: unknown
    moment: Date
    date: Date
    run: bigint
  }
>()

// @ts-expect-error quantile of text
o.agg((r) => ({ v: r.s.quantile(0.5) }))
// @ts-expect-error quantile without a place
o.agg((r) => ({ v: r.x.quantile() }))
// @ts-expect-error a place that is text
o.agg((r) => ({ v: r.x.approxQuantile('0.5') }))
// @ts-expect-error correlation with text
o.agg((r) => ({ v: r.x.corr(r.s) }))
// @ts-expect-error correlation with a number and no column
o.agg((r) => ({ v: r.x.corr(3) }))
// @ts-expect-error slope of text
o.agg((r) => ({ v: r.s.regrSlope(r.x) }))
// @ts-expect-error truth of numbers
o.agg((r) => ({ v: r.n.boolAnd() }))
// @ts-expect-error count of numbers
o.agg((r) => ({ v: r.n.countIf() }))
// @ts-expect-error bits of a float
o.agg((r) => ({ v: r.x.bitwiseXor() }))
// @ts-expect-error a list of numbers
o.agg((r) => ({ v: r.n.listAgg() }))
// @ts-expect-error a misspelt option of a list
o.agg((r) => ({ v: r.s.listAgg(',', { order: r.n }) }))
// @ts-expect-error ordered by a name, whose column is not known there
o.agg((r) => ({ v: r.s.listAgg(',', { orderBy: 'n' }) }))
// @ts-expect-error the row of the greatest of nothing
o.agg((r) => ({ v: r.s.maxBy() }))
// @ts-expect-error product of text
o.agg((r) => ({ v: r.s.product() }))
// @ts-expect-error clipped by text
o.select((r) => ({ v: r.n.clip('a', 'b') }))
// @ts-expect-error a text to decode that is a number
o.select((r) => ({ v: r.s.decode([[1, 'one']]) }))
// @ts-expect-error bucket of text
o.select((r) => ({ v: r.s.bucket(5) }))
// @ts-expect-error no such option
o.select((r) => ({ v: r.n.toText({ decimals: 2 }) }))
// @ts-expect-error a normal form that does not exist
o.select((r) => ({ v: r.s.str.normalize('NFX') }))
// @ts-expect-error likeness to a number
o.select((r) => ({ v: r.s.str.jaro(r.n) }))
// @ts-expect-error a unit that does not exist
o.select((r) => ({ v: r.day.dt.bucket(2, 'fortnight') }))
// @ts-expect-error the time of a date
o.select((r) => ({ v: r.day.dt.time() }))
// @ts-expect-error the end of an hour
o.select((r) => ({ v: r.at.dt.endOf('hour') }))
// @ts-expect-error json of text
o.select((r) => ({ v: r.s.json.keys() }))
// @ts-expect-error a patch that is text
o.select((r) => ({ v: r.doc.json.merge(r.s) }))
// @ts-expect-error a unit of unequal days
o.select((r) => ({ v: fn.fromEpoch(r.id, 'month') }))
// @ts-expect-error exclusive or with a number
o.select((r) => ({ v: r.ok.xor(r.n) }))
