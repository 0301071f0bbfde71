import { fn } from '../../src/index.ts'
import type { Prng } from './prng.ts'
import type { RandomPlan } from './random-plan.ts'
import type { RandomColumn } from './random-table.ts'

const quoted = (name: string) => `"${name}"`
const UNITS = { h: 'HOUR', d: 'DAY', w: 'WEEK', mo: 'MONTH', y: 'YEAR' } as const

function intervalOf(step: string, times = 1): string {
  const [, count, unit] = /^(-?\d+)(\w+)$/.exec(step)!
  return `INTERVAL (${Number(count) * times}) ${UNITS[unit as 'h']}`
}

/** A time of the plan, a column to make groups of or none, and a name that is free. */
function timeOf(prng: Prng, { columns }: RandomPlan) {
  const times = columns.filter(({ kind }) => kind === 'date' || kind === 'timestamp')
  if (times.length === 0) return undefined
  const time = prng.pick(times)
  const others = columns.filter((column) => column !== time && !column.special)
  const by: readonly RandomColumn[] =
    others.length > 0 && prng.chance(0.6) ? [prng.pick(others)] : []
  let number = 0
  const free = () => {
    while (columns.some(({ name }) => name === `t${number}`)) number++
    return `t${number++}`
  }
  return { time, by, free }
}

const counted = (name: string): RandomColumn => ({
  name,
  kind: 'int64',
  nullable: false,
  special: false,
})

/** Counts by windows of time: SQL joins the rows with the windows that they may be in. */
export function dynamicStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const found = timeOf(prng, plan)
  if (found === undefined) return plan
  const { time, by, free } = found
  const every = prng.pick(['7d', '30d', '2w', '1mo', '3mo', '1y'])
  const period = prng.pick([every, every, '10d', '1w', '2mo'])
  const offset = prng.pick([undefined, '1d', '-3d'])
  const closed = prng.pick(['left', 'right', 'both', 'none'] as const)
  const count = free()
  const keys = by.map(({ name }) => name)
  const frame = plan.frame
    .groupByDynamic(time.name, {
      every,
      period,
      closed,
      by: keys,
      ...(offset === undefined ? {} : { offset }),
    } as never)
    .agg(() => ({ [count]: fn.count() }))
  const after = closed === 'left' || closed === 'both' ? '>=' : '>'
  const before = closed === 'right' || closed === 'both' ? '<=' : '<'
  const at = quoted(time.name)
  const origin = every.endsWith('w') ? '1969-12-29' : '1970-01-01'
  const moved = offset === undefined ? '' : ` + ${intervalOf(offset)}`
  // Of the windows that begin from 1960 on, so that every row of a plan is met.
  const start = `TIMESTAMP '${origin}' + i * ${intervalOf(every)}${moved}`
  const windows = `SELECT ${start} AS w FROM range(${every.endsWith('y') ? '-10, 60' : '-500, 2000'}) r(i)`
  const shown = time.kind === 'date' ? 'CAST(w AS DATE)' : 'w'
  const names = [...keys.map(quoted), shown]
  return {
    columns: [...by, { ...time, nullable: false }, counted(count)],
    frame: frame as never,
    sql: `SELECT ${keys.map((name) => `${quoted(name)}, `).join('')}${shown} AS ${at}, count(*) AS ${count}
      FROM (SELECT *, CAST(${at} AS TIMESTAMP) AS "when" FROM (${plan.sql})) JOIN (${windows})
        ON "when" ${after} w AND "when" ${before} w + ${intervalOf(period)}
      GROUP BY ${names.join(', ')}`,
    ordered: false,
  }
}

/** Aggregates over the time before each row. */
export function rollingStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const found = timeOf(prng, plan)
  if (found === undefined) return plan
  const { time, by, free } = found
  const numbers = plan.columns.filter(({ kind }) => kind === 'int32')
  const value = numbers.length === 0 ? undefined : prng.pick(numbers)
  const [count, most] = [free(), free()]
  const days = prng.pick([1, 20, 100])
  const closed = prng.pick(['right', 'both'] as const)
  const keys = by.map(({ name }) => name)
  const frame = plan.frame
    .rolling(time.name, { period: `${days}d`, closed, by: keys } as never)
    .agg((row: any) => ({
      [count]: fn.count(),
      ...(value === undefined ? {} : { [most]: row[value.name].max() }),
    }))
  const length =
    closed === 'both'
      ? intervalOf(`${days}d`)
      : `${intervalOf(`${days - 1}d`)} + INTERVAL '23:59:59.999999'`
  const at = quoted(time.name)
  const order = `CAST(${at} AS TIMESTAMP) RANGE BETWEEN ${length} PRECEDING AND CURRENT ROW`
  const parts = by.length === 0 ? '' : `PARTITION BY ${keys.map(quoted).join(', ')} `
  const outputs = [
    `count(*) OVER w AS ${count}`,
    ...(value === undefined ? [] : [`max(${quoted(value.name)}) OVER w AS ${most}`]),
  ]
  return {
    columns: [
      ...by,
      { ...time, nullable: false },
      counted(count),
      ...(value === undefined ? [] : [{ ...value, name: most, nullable: true }]),
    ],
    frame: frame as never,
    sql: `SELECT ${[...keys, time.name].map(quoted).join(', ')}, ${outputs.join(', ')}
      FROM (${plan.sql}) WHERE ${at} IS NOT NULL WINDOW w AS (${parts}ORDER BY ${order})`,
    ordered: false,
  }
}

/** Rows for the times that are missing. */
export function gapsStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const found = timeOf(prng, plan)
  if (found === undefined) return plan
  const { time, by } = found
  const every = prng.pick(['60d', '20w'] as const)
  const keys = by.map(({ name }) => name)
  const rows = plan.frame.dropNulls(time.name)
  const frame = rows.fillGaps(time.name, { every, by: keys } as never)
  const at = quoted(time.name)
  const parts = by.length === 0 ? '' : `PARTITION BY ${keys.map(quoted).join(', ')} `
  const step = `${at} + i * ${intervalOf(every)}`
  const columns = plan.columns.map(({ name, kind }) => {
    if (name === time.name) return `${kind === 'date' ? `CAST(${step} AS DATE)` : step} AS ${at}`
    return keys.includes(name)
      ? quoted(name)
      : `CASE WHEN i = 0 THEN ${quoted(name)} END AS ${quoted(name)}`
  })
  return {
    columns: plan.columns.map((column) =>
      column === time || by.includes(column) ? column : { ...column, nullable: true },
    ),
    frame: frame as never,
    sql: `SELECT ${columns.join(', ')}
      FROM (SELECT *, lead(${at}) OVER (${parts}ORDER BY ${at}) AS "next" FROM (${plan.sql}) WHERE ${at} IS NOT NULL), range(400) r(i)
      WHERE i = 0 OR ${step} < "next"`,
    ordered: false,
  }
}
