import { asc, fn } from '../../src/index.ts'
import type { Prng } from './prng.ts'
import type { RandomPlan } from './random-plan.ts'
import { literalSql, type RandomColumn, randomValue } from './random-table.ts'

const quoted = (name: string) => `"${name}"`
const names = (columns: readonly { readonly name: string }[]) =>
  columns.map(({ name }) => quoted(name)).join(', ')

/** Names that no column of `plan` has. */
function freeNames(plan: RandomPlan, count: number): string[] {
  const taken = new Set(plan.columns.map(({ name }) => name))
  const free: string[] = []
  for (let number = 0; free.length < count; number++) {
    if (!taken.has(`v${number}`)) free.push(`v${number}`)
  }
  return free
}

/** A column for each of two values of a text, with what stands beside it. */
export function pivotStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const texts = plan.columns.filter(({ kind }) => kind === 'utf8')
  const numbers = plan.columns.filter(({ kind }) => kind === 'int32')
  if (texts.length === 0 || numbers.length === 0) return plan
  const [on, value] = [prng.pick(texts), prng.pick(numbers)]
  const rest = plan.columns.filter((column) => column !== on && column !== value)
  if (rest.length === 0) return plan
  const index = prng.sample(rest, prng.int(1, Math.min(2, rest.length)))
  const wanted = ['a', 'b'].filter((name) => index.every((column) => column.name !== name))
  if (wanted.length === 0) return plan
  const agg = prng.pick(['count', 'min', 'max'] as const)
  const cells = wanted.map(
    (text) =>
      `${agg}(${quoted(value.name)}) FILTER (WHERE ${quoted(on.name)} = '${text}') AS ${quoted(text)}`,
  )
  const made = wanted.map(
    (name): RandomColumn => ({
      name,
      kind: agg === 'count' ? 'int64' : 'int32',
      nullable: agg !== 'count',
      special: false,
    }),
  )
  const by = index.map(({ name }) => name)
  return {
    columns: [...index, ...made],
    frame: plan.frame.pivot({ index: by, on: on.name, values: wanted, value: value.name, agg }),
    sql: `SELECT ${names(index)}, ${cells.join(', ')} FROM (${plan.sql}) GROUP BY ${names(index)}`,
    ordered: false,
  }
}

export function cubeStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const keys = prng.sample(plan.columns, prng.int(1, 2))
  const [count] = freeNames(plan, 1) as [string]
  const isCube = prng.chance(0.5)
  const sets = [keys.map(({ name }) => name), [keys[0]!.name]]
  const grouped = isCube
    ? plan.frame.cube(...keys.map(({ name }) => name))
    : plan.frame.groupingSets(sets)
  const by = isCube
    ? `CUBE (${names(keys)})`
    : `GROUPING SETS (${sets.map((set) => `(${set.map(quoted)})`)})`
  return {
    columns: [
      ...keys.map((key) => ({ ...key, nullable: true })),
      { name: count, kind: 'int64', nullable: false, special: false },
    ],
    frame: grouped.agg(() => ({ [count]: fn.count() })),
    sql: `SELECT ${names(keys)}, count(*) AS ${count} FROM (${plan.sql}) GROUP BY ${by}`,
    ordered: false,
  }
}

/** The columns in another order, under one another. */
export function unionByNameStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const turned = prng.sample(plan.columns, plan.columns.length)
  return {
    ...plan,
    frame: plan.frame.unionByName(plan.frame.select(...turned.map(({ name }) => name))) as never,
    sql: `SELECT * FROM (${plan.sql}) UNION ALL BY NAME SELECT ${names(turned)} FROM (${plan.sql})`,
    ordered: false,
  }
}

export function replaceStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const column = prng.pick(plan.columns)
  const [from, to] = [0, 1].map(() => randomValue(prng, { ...column, nullable: false }))
  if (column.special) return plan
  const [a, b] = [literalSql(from!, column.kind), literalSql(to!, column.kind)]
  const sql = plan.columns.map((of) =>
    of === column
      ? `CASE WHEN ${quoted(of.name)} = ${a} THEN ${b} ELSE ${quoted(of.name)} END AS ${quoted(of.name)}`
      : quoted(of.name),
  )
  return {
    ...plan,
    frame: plan.frame.replace({ [column.name]: [[from, to]] }),
    sql: `SELECT ${sql.join(', ')} FROM (${plan.sql})`,
    ordered: false,
  }
}

/** A random split put together again. */
export function splitStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const [a, b] = plan.frame.randomSplit([1, 2], { seed: prng.int(0, 1000) })
  return { ...plan, frame: a.union(b as never) as never, ordered: false }
}

/** The values of a column by group, and a row for each of them again. */
export function collectStep(prng: Prng, plan: RandomPlan): RandomPlan {
  if (plan.columns.length < 2) return plan
  const [key, value] = prng.sample(plan.columns, 2) as [RandomColumn, RandomColumn]
  const frame = plan.frame
    .groupBy(key.name)
    .agg((row: any) => ({ [value.name]: row[value.name].collectList() }))
    .explode(value.name)
  return {
    columns: [key, value],
    frame: frame as never,
    sql: `SELECT ${names([key, value])} FROM (${plan.sql}) WHERE ${quoted(value.name)} IS NOT NULL`,
    ordered: false,
  }
}

/** The nearest earlier row among the different values of a number. */
export function asofStep(prng: Prng, plan: RandomPlan, other: () => RandomPlan): RandomPlan {
  const right = other()
  const [a, b] = [plan, right].map(({ columns }) => columns.filter(({ kind }) => kind === 'int32'))
  if (a!.length === 0 || b!.length === 0) return plan
  const [l, r] = [prng.pick(a!).name, prng.pick(b!).name]
  const [near] = freeNames(plan, 1) as [string]
  const keys = right.frame
    .select((row: any) => ({ [near]: row[r] }))
    .distinct()
    .sort(asc(near))
  const frame = plan.frame.joinAsof(keys as never, { on: [l, near] } as never)
  const test = `n.${near} <= p.${quoted(l)}`
  const max = `(SELECT max(n.${near}) FROM (SELECT ${quoted(r)} AS ${near} FROM (${right.sql})) n WHERE ${test})`
  return {
    columns: [...plan.columns, { name: near, kind: 'int32', nullable: true, special: false }],
    frame: frame as never,
    sql: `SELECT *, ${max} AS ${near} FROM (${plan.sql}) p`,
    ordered: false,
  }
}
