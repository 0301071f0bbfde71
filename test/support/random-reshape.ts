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

export function renameStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const column = prng.pick(plan.columns)
  const [name] = freeNames(plan, 1) as [string]
  const of = (other: RandomColumn) =>
    other === column ? `${quoted(other.name)} AS ${quoted(name)}` : quoted(other.name)
  return {
    ...plan,
    columns: plan.columns.map((other) => (other === column ? { ...other, name } : other)),
    frame: plan.frame.rename({ [column.name]: name } as never) as never,
    sql: `SELECT ${plan.columns.map(of).join(', ')} FROM (${plan.sql})`,
  }
}

/** The columns whose names end as one of them does. */
export function likeStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const end = prng.pick(plan.columns).name.slice(-2)
  const columns = plan.columns.filter(({ name }) => name.endsWith(end))
  return {
    ...plan,
    columns,
    frame: plan.frame.selectLike(`%${end.replaceAll('_', '\\_')}`),
    sql: `SELECT ${names(columns)} FROM (${plan.sql})`,
  }
}

export function crosstabStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const texts = plan.columns.filter(({ kind }) => kind === 'utf8')
  if (texts.length === 0 || plan.columns.length < 2) return plan
  const on = prng.pick(texts)
  const index = prng.pick(plan.columns.filter((column) => column !== on))
  const values = ['ab', 'Ada', ''].filter((name) => name !== index.name)
  const cells = values.map(
    (text) =>
      `count(*) FILTER (WHERE ${quoted(on.name)} = '${text}') AS ${quoted(text || 'empty')}`,
  )
  const made = values.map((name): RandomColumn => {
    return { name: name || 'empty', kind: 'int64', nullable: false, special: false }
  })
  if (made.some(({ name }) => name === index.name)) return plan
  const frame = plan.frame.crosstab({ index: index.name, on: on.name, values })
  return {
    columns: [index, ...made],
    frame: frame.rename({ '': 'empty' } as never) as never,
    sql: `SELECT ${quoted(index.name)}, ${cells.join(', ')} FROM (${plan.sql}) GROUP BY ${quoted(index.name)}`,
    ordered: false,
  }
}

/** Equal rows count one by one. */
export function bagStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const columns = prng.sample(plan.columns, prng.int(1, 2))
  const all = plan.frame.select(...columns.map(({ name }) => name))
  const key = prng.pick(columns)
  const some = all.dropNulls(key.name)
  const verb = prng.pick(['intersect', 'except'] as const)
  const sql = `SELECT ${names(columns)} FROM (${plan.sql})`
  return {
    columns,
    frame: all[verb](some, { duplicates: 'kept' }) as never,
    sql: `SELECT * FROM (${sql} ${verb.toUpperCase()} ALL ${sql} WHERE ${quoted(key.name)} IS NOT NULL)`,
    ordered: false,
  }
}

/** All rows beside the different values of some of their own columns. */
export function naturalStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const columns = prng.sample(plan.columns, prng.int(1, 2))
  const right = plan.frame.select(...columns.map(({ name }) => name)).distinct()
  const how = prng.pick(['inner', 'left', 'semi'] as const)
  const on = columns.map(({ name }) => `l.${quoted(name)} = r.${quoted(name)}`).join(' AND ')
  const same = `SELECT DISTINCT ${names(columns)} FROM (${plan.sql})`
  return {
    ...plan,
    frame: plan.frame.naturalJoin(right as never, { how }) as never,
    sql:
      how === 'left'
        ? plan.sql
        : `SELECT * FROM (${plan.sql}) l WHERE EXISTS (SELECT 1 FROM (${same}) r WHERE ${on})`,
    ordered: false,
  }
}

/** All of the rows with some values, and none of the others. */
export function sampleByStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const column = prng.pick(plan.columns)
  if (column.special) return plan
  const [value, other] = [0, 1].map(() => randomValue(prng, { ...column, nullable: false }))
  if (literalSql(value, column.kind) === literalSql(other, column.kind)) return plan
  const fractions = [
    [value, 1],
    [other, 0],
    [null, 1],
  ] as const
  return {
    ...plan,
    frame: plan.frame.sampleBy(column.name, fractions as never),
    sql: `SELECT * FROM (${plan.sql}) WHERE ${quoted(column.name)} IS NULL OR ${quoted(column.name)} = ${literalSql(value, column.kind)}`,
    ordered: false,
  }
}

/** All rows, or none of them. */
export function sampleStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const size = prng.pick([{ fraction: 1 }, { fraction: 0 }, { rows: 1e9 }, { rows: 0 }] as const)
  const isAll = 'rows' in size ? size.rows > 0 : size.fraction > 0
  return {
    ...plan,
    frame: plan.frame.sample(size),
    sql: isAll ? plan.sql : `SELECT * FROM (${plan.sql}) WHERE false`,
  }
}

/** One row for each value of a column. */
export function distinctByStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const column = prng.pick(plan.columns)
  return {
    columns: [column],
    frame: plan.frame.distinct(column.name).select(column.name),
    sql: `SELECT DISTINCT ${quoted(column.name)} FROM (${plan.sql})`,
    ordered: false,
  }
}

/** The values of two whole numbers below each other, by way of json. */
export function flattenStep(prng: Prng, plan: RandomPlan): RandomPlan {
  const numbers = plan.columns.filter(({ kind }) => kind === 'int32')
  if (numbers.length === 0) return plan
  const pair = [prng.pick(numbers), prng.pick(numbers)]
  const [list, value] = freeNames(plan, 2) as [string, string]
  const frame = plan.frame
    .withColumns((row: any) => ({
      [list]: fn.jsonArray(...pair.map(({ name }) => row[name])),
    }))
    .flatten(list, { as: value })
    .drop(list)
    .withColumns((row: any) => ({ [value]: row[value].json.integer('$') }))
  const parts = pair.map(
    ({ name }) => `SELECT *, CAST(${quoted(name)} AS BIGINT) AS ${value} FROM (${plan.sql})`,
  )
  return {
    columns: [...plan.columns, { name: value, kind: 'int64', nullable: true, special: false }],
    frame: frame as never,
    sql: parts.join(' UNION ALL '),
    ordered: false,
  }
}

/** The figures of a whole number and a text. */
export function describeStep(_prng: Prng, plan: RandomPlan): RandomPlan {
  const kinds = ['int32', 'utf8', 'bool'] as const
  const few = kinds.flatMap((kind) => plan.columns.filter((of) => of.kind === kind).slice(0, 1))
  if (few.length === 0) return plan
  const rows = few.map(({ name, kind }) => {
    const of = quoted(name)
    const moments =
      kind === 'int32'
        ? `avg(CAST(${of} AS DOUBLE)) AS mean, stddev_samp(CAST(${of} AS DOUBLE)) AS stddev`
        : 'CAST(NULL AS DOUBLE) AS mean, CAST(NULL AS DOUBLE) AS stddev'
    return `SELECT '${name}' AS "column", count(${of}) AS "count", count(*) - count(${of}) AS nulls,
      CAST(min(${of}) AS VARCHAR) AS "min", CAST(max(${of}) AS VARCHAR) AS "max", ${moments} FROM (${plan.sql})`
  })
  const column = (name: string, kind: RandomColumn['kind']): RandomColumn => {
    return { name, kind, nullable: true, special: false }
  }
  return {
    columns: [
      ...[column('column', 'utf8'), column('count', 'int64'), column('nulls', 'int64')],
      ...[column('min', 'utf8'), column('max', 'utf8')],
      ...[column('mean', 'float64'), column('stddev', 'float64')].map((of) => {
        return { ...of, inexact: true }
      }),
    ],
    frame: plan.frame.select(...few.map(({ name }) => name)).describe() as never,
    sql: rows.join(' UNION ALL '),
    ordered: false,
  }
}
