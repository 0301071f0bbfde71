import { asc, type DataFrame, desc, fn } from '../../src/index.ts'
import type { Prng } from './prng.ts'
import { randomExpr } from './random-expr.ts'
import {
  asofStep,
  bagStep,
  collectStep,
  crosstabStep,
  cubeStep,
  describeStep,
  distinctByStep,
  flattenStep,
  likeStep,
  naturalStep,
  pivotStep,
  renameStep,
  replaceStep,
  sampleByStep,
  sampleStep,
  splitStep,
  unionByNameStep,
} from './random-reshape.ts'
import { type Kind, literalSql, type RandomColumn, randomValue } from './random-table.ts'
import { dynamicStep, gapsStep, rollingStep } from './random-time.ts'
import { isInexact, randomWindow, rowNumbers } from './random-window.ts'

/** One query in both tongues. */
export interface RandomPlan {
  readonly frame: DataFrame<any>
  readonly sql: string
  readonly columns: readonly RandomColumn[]
  /** True when the rows come in a stated order, so that order is compared too. */
  readonly ordered: boolean
}

const quoted = (name: string) => `"${name}"`
const names = (columns: readonly RandomColumn[]) =>
  columns.map(({ name }) => quoted(name)).join(', ')

type Step = (prng: Prng, plan: RandomPlan, other: () => RandomPlan) => RandomPlan

const filterStep: Step = (prng, plan) => {
  const predicate = randomExpr(prng, plan.columns, 'bool', prng.int(1, 3))
  return {
    ...plan,
    frame: plan.frame.filter(predicate.build),
    sql: `SELECT * FROM (${plan.sql}) WHERE ${predicate.sql}`,
  }
}

const selectStep: Step = (prng, plan) => {
  const columns = prng.sample(plan.columns, prng.int(1, plan.columns.length))
  return {
    ...plan,
    columns,
    frame: plan.frame.select(...columns.map(({ name }) => name)),
    sql: `SELECT ${names(columns)} FROM (${plan.sql})`,
  }
}

let fresh = 0

const withColumnsStep: Step = (prng, plan) => {
  const kind = prng.pick([
    'bool',
    'int32',
    'int64',
    'float64',
    'decimal',
    'utf8',
    'date',
    'timestamp',
  ] as const)
  const expr = randomExpr(prng, plan.columns, kind, prng.int(1, 3))
  const name = `c${fresh++}`
  return {
    ...plan,
    columns: [...plan.columns, { name, kind, nullable: true, special: false }],
    frame: plan.frame.withColumns((row: any) => ({ [name]: expr.build(row) })),
    sql: `SELECT *, ${expr.sql} AS ${quoted(name)} FROM (${plan.sql})`,
  }
}

const dropStep: Step = (prng, plan) => {
  if (plan.columns.length < 2) return plan
  const gone = prng.pick(plan.columns)
  const columns = plan.columns.filter((column) => column !== gone)
  return {
    ...plan,
    columns,
    frame: plan.frame.drop(gone.name),
    sql: `SELECT ${names(columns)} FROM (${plan.sql})`,
  }
}

interface AggregateChoice {
  readonly kind: Kind
  readonly build: (row: any) => any
  readonly sql: string
}

function randomAggregate(prng: Prng, columns: readonly RandomColumn[]): AggregateChoice {
  const column = prng.pick(columns)
  const numeric = ['int32', 'int64', 'float64', 'decimal'].includes(column.kind)
  const name = quoted(column.name)
  const choices: AggregateChoice[] = [
    { kind: 'int64', build: () => fn.count(), sql: 'count(*)' },
    { kind: 'int64', build: (row) => row[column.name].count(), sql: `count(${name})` },
    {
      kind: 'int64',
      build: (row) => row[column.name].countDistinct(),
      sql: `count(DISTINCT ${name})`,
    },
    { kind: column.kind, build: (row) => row[column.name].min(), sql: `min(${name})` },
    { kind: column.kind, build: (row) => row[column.name].max(), sql: `max(${name})` },
  ]
  if (numeric && !column.special) {
    const sum = column.kind === 'int32' || column.kind === 'int64' ? 'int64' : column.kind
    choices.push({ kind: sum, build: (row) => row[column.name].sum(), sql: `sum(${name})` })
    choices.push({ kind: 'float64', build: (row) => row[column.name].mean(), sql: `avg(${name})` })
    choices.push({
      kind: 'float64',
      build: (row) => row[column.name].stddev(),
      sql: `stddev_samp(CAST(${name} AS DOUBLE))`,
    })
    choices.push({
      kind: 'float64',
      build: (row) => row[column.name].variance(),
      sql: `var_samp(CAST(${name} AS DOUBLE))`,
    })
    choices.push({
      kind: 'float64',
      build: (row) => row[column.name].median(),
      sql: `median(CAST(${name} AS DOUBLE))`,
    })
    choices.push({
      kind: sum,
      build: (row) => row[column.name].sum().add(row[column.name].max()),
      sql: `(sum(${name}) + max(${name}))`,
    })
  }
  if (column.special) return prng.pick(choices.slice(0, 5))
  return prng.pick(choices)
}

function aggregateStep(prng: Prng, plan: RandomPlan, keyCount: number): RandomPlan {
  const keys = prng.sample(plan.columns, keyCount)
  const chosen = Array.from({ length: prng.int(1, 3) }, () => ({
    name: `a${fresh++}`,
    ...randomAggregate(prng, plan.columns),
  }))
  const special = chosen.map(({ sql }) =>
    plan.columns.some((c) => c.special && sql.includes(c.name)),
  )
  const outputs = (row: any) =>
    Object.fromEntries(chosen.map(({ name, build }) => [name, build(row)]))
  const sqlOutputs = chosen.map(({ name, sql, kind }) => {
    const cast = kind === 'int64' ? `CAST(${sql} AS BIGINT)` : sql
    return `${cast} AS ${quoted(name)}`
  })
  const grouped =
    keys.length === 0 ? plan.frame : plan.frame.groupBy(...keys.map(({ name }) => name))
  const by = keys.length === 0 ? '' : ` GROUP BY ${names(keys)}`
  return {
    frame: grouped.agg(outputs),
    sql: `SELECT ${[...keys.map(({ name }) => quoted(name)), ...sqlOutputs].join(', ')} FROM (${plan.sql})${by}`,
    columns: [
      ...keys,
      ...chosen.map(({ name, kind, sql }, i) => {
        const inexact = isInexact(kind, sql)
        return { name, kind, nullable: true, special: special[i]!, inexact }
      }),
    ],
    ordered: false,
  }
}

const groupStep: Step = (prng, plan) =>
  aggregateStep(prng, plan, prng.int(1, Math.min(3, plan.columns.length)))
const wholeStep: Step = (prng, plan) => aggregateStep(prng, plan, 0)

const HOWS = ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const

const joinStep: Step = (prng, plan, other) => {
  const right = other()
  const clash = right.columns.some(({ name }) =>
    plan.columns.some((column) => column.name === name),
  )
  if (clash) return plan
  const pairs = plan.columns.flatMap((left) =>
    right.columns.filter(({ kind }) => kind === left.kind).map((match) => [left, match] as const),
  )
  if (pairs.length === 0) return plan
  const keyed = pairs.filter(
    ([left, match]) => left.name.endsWith('_key') && match.name.endsWith('_key'),
  )
  const on = keyed.length > 0 && prng.chance(0.8) ? [keyed[0]!] : prng.sample(pairs, prng.int(1, 2))
  const how = prng.pick(HOWS)
  const frame = plan.frame.join(right.frame, {
    on: on.map(([left, match]) => [left.name, match.name]),
    how,
  } as never) as DataFrame<any>
  const condition = on
    .map(([left, match]) => `l.${quoted(left.name)} = r.${quoted(match.name)}`)
    .join(' AND ')
  if (how === 'semi' || how === 'anti') {
    const exists = `EXISTS (SELECT 1 FROM (${right.sql}) r WHERE ${condition})`
    const sql = `SELECT * FROM (${plan.sql}) l WHERE ${how === 'semi' ? '' : 'NOT '}${exists}`
    return { ...plan, frame, sql, ordered: false }
  }
  return {
    frame,
    sql: `SELECT * FROM (${plan.sql}) l ${how.toUpperCase()} JOIN (${right.sql}) r ON ${condition}`,
    columns: [...plan.columns, ...right.columns],
    ordered: false,
  }
}

const crossStep: Step = (prng, plan, other) => {
  const right = other()
  if (right.columns.some(({ name }) => plan.columns.some((column) => column.name === name)))
    return plan
  const [left, few] = [limited(prng, plan, 5), limited(prng, right, 4)]
  return {
    frame: left.frame.join(few.frame, { how: 'cross' } as never) as DataFrame<any>,
    sql: `SELECT * FROM (${left.sql}) CROSS JOIN (${few.sql})`,
    columns: [...plan.columns, ...right.columns],
    ordered: false,
  }
}

/** Ordered by every column, some of them first: a total order, so that a limit is determined. */
function sorted(prng: Prng, plan: RandomPlan): RandomPlan {
  const keys = prng.sample(plan.columns, plan.columns.length).map(({ name }) => ({
    name,
    descending: prng.chance(0.5),
    nulls: prng.pick([undefined, 'first', 'last'] as const),
  }))
  const sql = keys.map(({ name, descending, nulls }) => {
    const placed = nulls ?? (descending ? 'first' : 'last')
    return `${quoted(name)} ${descending ? 'DESC' : 'ASC'} NULLS ${placed.toUpperCase()}`
  })
  const order = keys.map(({ name, descending, nulls }) => {
    const options = nulls === undefined ? undefined : { nulls }
    return descending ? desc(name, options) : asc(name, options)
  })
  return {
    ...plan,
    frame: plan.frame.sort(...(order as never[])),
    sql: `SELECT * FROM (${plan.sql}) ORDER BY ${sql.join(', ')}`,
    ordered: true,
  }
}

function limited(prng: Prng, plan: RandomPlan, countMax: number): RandomPlan {
  const ordered = sorted(prng, plan)
  const [count, offset] = [prng.int(0, countMax), prng.chance(0.3) ? prng.int(0, 5) : 0]
  return {
    ...ordered,
    frame: ordered.frame.limit(count, offset),
    sql: `${ordered.sql} LIMIT ${count} OFFSET ${offset}`,
  }
}

const sortStep: Step = (prng, plan) => sorted(prng, plan)
const limitStep: Step = (prng, plan) => limited(prng, plan, 30)

const distinctStep: Step = (prng, plan) => {
  const columns = prng.sample(plan.columns, prng.int(1, 3))
  return {
    columns,
    frame: plan.frame.select(...columns.map(({ name }) => name)).distinct(),
    sql: `SELECT DISTINCT ${names(columns)} FROM (${plan.sql})`,
    ordered: false,
  }
}

const unionStep: Step = (prng, plan) => {
  const twin = filterStep(prng, plan, () => plan)
  return {
    ...plan,
    frame: plan.frame.union(twin.frame),
    sql: `SELECT * FROM (${plan.sql}) UNION ALL SELECT * FROM (${twin.sql})`,
    ordered: false,
  }
}

const fillNullStep: Step = (prng, plan) => {
  const column = prng.pick(plan.columns)
  const value = randomValue(prng, { ...column, special: false })
  const sql = plan.columns.map((of) =>
    of === column
      ? `COALESCE(${quoted(of.name)}, ${literalSql(value, of.kind)}) AS ${quoted(of.name)}`
      : quoted(of.name),
  )
  return {
    ...plan,
    frame: plan.frame.fillNull({ [column.name]: value } as never),
    sql: `SELECT ${sql.join(', ')} FROM (${plan.sql})`,
    ordered: false,
  }
}

const dropNullsStep: Step = (prng, plan) => {
  const columns = prng.sample(plan.columns, prng.int(1, 2))
  return {
    ...plan,
    frame: plan.frame.dropNulls(...columns.map(({ name }) => name)),
    sql: `SELECT * FROM (${plan.sql}) WHERE ${columns.map(({ name }) => `${quoted(name)} IS NOT NULL`).join(' AND ')}`,
  }
}

/** Numbers for the rows: equal ones stay in no order, but each window now sees the same of them. */
const numbered = (prng: Prng, plan: RandomPlan): RandomPlan => {
  const name = `number${fresh++}`
  const number = rowNumbers(prng, plan.columns)
  return {
    columns: [...plan.columns, { name, kind: 'int64', nullable: false, special: false }],
    frame: plan.frame.withColumns((row: any) => ({ [name]: number.build(row) })),
    sql: `SELECT *, ${number.sql} AS ${quoted(name)} FROM (${plan.sql})`,
    ordered: false,
  }
}

const windowStep: Step = (prng, of) => {
  const count = prng.int(1, 3)
  const plan = count === 1 ? of : numbered(prng, of)
  const windows = Array.from({ length: count }, () => ({
    name: `w${fresh++}`,
    ...randomWindow(prng, plan.columns),
  }))
  const sql = windows.map((of) => `${of.sql} AS ${quoted(of.name)}`)
  return {
    ...plan,
    columns: [
      ...plan.columns,
      ...windows.map(({ name, kind, special, inexact = false }) => {
        return { name, kind, nullable: true, special, inexact }
      }),
    ],
    frame: plan.frame.withColumns((row: any) =>
      Object.fromEntries(windows.map(({ name, build }) => [name, build(row)])),
    ),
    sql: `SELECT *, ${sql.join(', ')} FROM (${plan.sql})`,
    ordered: false,
  }
}

const qualifyStep: Step = (prng, plan) => {
  const { build, sql } = randomWindow(prng, plan.columns)
  return {
    ...plan,
    frame: plan.frame.filter((row: any) => build(row).isNotNull()),
    sql: `SELECT * FROM (${plan.sql}) QUALIFY (${sql}) IS NOT NULL`,
    ordered: false,
  }
}

const setStep: Step = (prng, plan) => {
  const columns = prng.sample(plan.columns, prng.int(1, 3))
  const few = columns.map(({ name }) => name)
  const [all, some] = [plan, filterStep(prng, plan, () => plan)].map(({ frame, sql }) => ({
    frame: frame.select(...few) as DataFrame<any>,
    sql: `SELECT ${names(columns)} FROM (${sql})`,
  }))
  const verb = prng.pick(['intersect', 'except'] as const)
  return {
    columns,
    frame: all!.frame[verb](some!.frame),
    sql: `SELECT * FROM (${all!.sql} ${verb.toUpperCase()} ${some!.sql})`,
    ordered: false,
  }
}

const unpivotStep: Step = (prng, plan) => {
  const first = prng.pick(plan.columns)
  const on = plan.columns.filter(({ kind }) => kind === first.kind).slice(0, 3)
  const rest = plan.columns.filter((column) => !on.includes(column))
  const [name, value] = [`u${fresh++}`, `u${fresh++}`]
  const parts = on.map((column) =>
    [
      `SELECT ${[...rest.map((of) => quoted(of.name)), `'${column.name}' AS ${name}`].join(', ')}`,
      `${quoted(column.name)} AS ${value} FROM (${plan.sql})`,
    ].join(', '),
  )
  return {
    columns: [
      ...rest,
      { name, kind: 'utf8', nullable: false, special: false },
      { name: value, kind: first.kind, nullable: true, special: on.some((of) => of.special) },
    ],
    frame: plan.frame.unpivot({ on: on.map((of) => of.name) as [string], name, value }),
    sql: `SELECT * FROM (${parts.join(' UNION ALL ')})`,
    ordered: false,
  }
}

const rollupStep: Step = (prng, plan) => {
  const keys = prng.sample(plan.columns, prng.int(1, 2))
  const count = `a${fresh++}`
  return {
    columns: [
      ...keys.map((key) => ({ ...key, nullable: true })),
      { name: count, kind: 'int64', nullable: false, special: false },
    ],
    frame: plan.frame.rollup(...keys.map(({ name }) => name)).agg(() => ({ [count]: fn.count() })),
    sql: `SELECT ${names(keys)}, count(*) AS ${count} FROM (${plan.sql}) GROUP BY ROLLUP (${names(keys)})`,
    ordered: false,
  }
}

const joinWhereStep: Step = (prng, plan, other) => {
  const right = other()
  const isTaken = right.columns.some(({ name }) =>
    plan.columns.some((column) => column.name === name),
  )
  const [a, b] = [plan, right].map(({ columns }) => columns.filter((of) => of.kind === 'int32'))
  if (isTaken || a!.length === 0 || b!.length === 0) return plan
  const [x, y] = [prng.pick(a!).name, prng.pick(b!).name]
  const [left, few] = [limited(prng, plan, 20), limited(prng, right, 20)]
  const how = prng.pick(['inner', 'left', 'semi', 'anti'] as const)
  const frame = left.frame.joinWhere(few.frame, (l: any, r: any) => l[x].lt(r[y]), {
    how,
  }) as DataFrame<any>
  const test = `l.${quoted(x)} < r.${quoted(y)}`
  if (how === 'semi' || how === 'anti') {
    const exists = `EXISTS (SELECT 1 FROM (${few.sql}) r WHERE ${test})`
    const sql = `SELECT * FROM (${left.sql}) l WHERE ${how === 'semi' ? '' : 'NOT '}${exists}`
    return { ...plan, frame, sql, ordered: false }
  }
  return {
    frame,
    sql: `SELECT * FROM (${left.sql}) l ${how} JOIN (${few.sql}) r ON ${test}`,
    columns: [...plan.columns, ...right.columns],
    ordered: false,
  }
}

const STEPS: readonly (readonly [number, Step])[] = [
  [6, filterStep],
  [3, selectStep],
  [4, withColumnsStep],
  [1, dropStep],
  [3, groupStep],
  [1, wholeStep],
  [3, joinStep],
  [0.5, crossStep],
  [1, sortStep],
  [2, limitStep],
  [1, distinctStep],
  [2, windowStep],
  [0.5, qualifyStep],
  [0.7, setStep],
  [0.5, unpivotStep],
  [0.5, rollupStep],
  [0.5, joinWhereStep],
  [0.5, asofStep],
  [0.5, pivotStep],
  [0.5, cubeStep],
  [0.5, unionByNameStep],
  [0.5, replaceStep],
  [0.5, splitStep],
  [0.5, collectStep],
  [0.5, dynamicStep],
  [0.5, rollingStep],
  [0.6, gapsStep],
  [0.6, renameStep],
  [0.6, likeStep],
  [0.6, crosstabStep],
  [0.6, bagStep],
  [0.6, naturalStep],
  [0.6, sampleByStep],
  [0.6, sampleStep],
  [0.6, distinctByStep],
  [0.6, flattenStep],
  [0.6, describeStep],
  [1, unionStep],
  [1, fillNullStep],
  [1, dropNullsStep],
]

function randomStep(prng: Prng): Step {
  let at = prng.next() * STEPS.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, step] of STEPS) {
    at -= weight
    if (at < 0) return step
  }
  return filterStep
}

/** `plan` without the columns that nothing may be built on; null where there are no others. */
function exactOf(plan: RandomPlan): RandomPlan | null {
  const columns = plan.columns.filter(({ inexact }) => inexact !== true)
  if (columns.length === plan.columns.length) return plan
  if (columns.length === 0) return null
  return {
    ...plan,
    columns,
    frame: plan.frame.select(...columns.map(({ name }) => name)),
    sql: `SELECT ${names(columns)} FROM (${plan.sql})`,
  }
}

/** A chain of 1 to 6 verbs over one of `sources`, joining others of them. */
export function randomPlan(prng: Prng, sources: readonly RandomPlan[]): RandomPlan {
  // Names are data of some plans, so that one seed has to give the same ones again.
  fresh = 0
  const [first, ...others] = prng.sample(sources, sources.length)
  let plan = first!
  const other = (): RandomPlan => {
    const source = others.length > 0 ? prng.pick(others) : first!
    return prng.chance(0.5) ? source : filterStep(prng, source, () => source)
  }
  for (let step = prng.int(1, 6); step > 0; step--) {
    const ordered = plan.ordered
    const exact = exactOf(plan)
    if (exact === null) break
    plan = exact
    plan = randomStep(prng)(prng, plan, other)
    if (ordered && step > 1) plan = { ...plan, ordered: false }
  }
  return plan
}
