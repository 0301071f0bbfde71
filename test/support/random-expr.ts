import { lit, t, when } from '../../src/index.ts'
import type { Prng } from './prng.ts'
import { type Kind, literalSql, type RandomColumn, randomValue, WORDS } from './random-table.ts'

/** One expression in both tongues: over the accessor of a frame, and as DuckDB SQL. */
export interface RandomExpr {
  readonly build: (row: any) => any
  readonly sql: string
}

const quoted = (name: string) => `"${name}"`

/** An expression of `kind` over `columns`, at most `depth` operations deep. */
export function randomExpr(
  prng: Prng,
  columns: readonly RandomColumn[],
  kind: Kind,
  depth: number,
): RandomExpr {
  const own = columns.filter((column) => column.kind === kind && !column.special)
  if (depth <= 0 || prng.chance(0.25)) {
    if (own.length > 0 && prng.chance(0.85)) return columnExpr(prng.pick(own))
    return literal(prng, kind)
  }
  if (prng.chance(0.12)) return conditional(prng, columns, kind, depth)
  return GENERATORS[kind](prng, columns, depth)
}

function columnExpr({ name }: RandomColumn): RandomExpr {
  return { build: (row) => row[name], sql: quoted(name) }
}

function literal(prng: Prng, kind: Kind): RandomExpr {
  const value = randomValue(prng, { name: '', kind, nullable: false, special: false })
  return { build: () => typed(value, kind), sql: literalSql(value, kind) }
}

/** A literal that keeps its kind wherever it stands. */
function typed(value: unknown, kind: Kind): any {
  const plain = lit(value as never) as any
  if (kind === 'bool' || kind === 'utf8' || kind === 'timestamp') return plain
  return plain.cast(TYPES[kind]())
}

const TYPES = {
  int32: () => t.int32(),
  int64: () => t.int64(),
  float64: () => t.float64(),
  decimal: () => t.decimal(9, 2),
  date: () => t.date(),
}

function conditional(
  prng: Prng,
  columns: readonly RandomColumn[],
  kind: Kind,
  depth: number,
): RandomExpr {
  const condition = randomExpr(prng, columns, 'bool', depth - 1)
  const yes = randomExpr(prng, columns, kind, depth - 1)
  const no = randomExpr(prng, columns, kind, depth - 1)
  if (prng.chance(0.3)) {
    return {
      build: (row) => yes.build(row).coalesce(no.build(row)),
      sql: `COALESCE(${yes.sql}, ${no.sql})`,
    }
  }
  return {
    build: (row) => when(condition.build(row)).then(yes.build(row)).otherwise(no.build(row)),
    sql: `CASE WHEN ${condition.sql} THEN ${yes.sql} ELSE ${no.sql} END`,
  }
}

type Generator = (prng: Prng, columns: readonly RandomColumn[], depth: number) => RandomExpr

const COMPARISONS = [
  ['eq', '='],
  ['ne', '<>'],
  ['lt', '<'],
  ['lte', '<='],
  ['gt', '>'],
  ['gte', '>='],
] as const

function comparison(prng: Prng, columns: readonly RandomColumn[], depth: number): RandomExpr {
  const kind = prng.pick([
    'int32',
    'int64',
    'float64',
    'decimal',
    'utf8',
    'date',
    'timestamp',
  ] as const)
  const wild = columns.filter((column) => column.kind === kind && column.special)
  const left =
    wild.length > 0 && prng.chance(0.3)
      ? columnExpr(prng.pick(wild))
      : randomExpr(prng, columns, kind, depth - 1)
  const [method, operator] = prng.pick(COMPARISONS)
  if (prng.chance(0.6)) {
    const value = randomValue(prng, { name: '', kind, nullable: false, special: false })
    return {
      build: (row) => left.build(row)[method](value),
      sql: `(${left.sql} ${operator} ${literalSql(value, kind)})`,
    }
  }
  const right = randomExpr(prng, columns, kind, depth - 1)
  return {
    build: (row) => left.build(row)[method](right.build(row)),
    sql: `(${left.sql} ${operator} ${right.sql})`,
  }
}

function membership(prng: Prng, columns: readonly RandomColumn[], depth: number): RandomExpr {
  const kind = prng.pick(['int32', 'int64', 'decimal', 'utf8', 'date', 'float64'] as const)
  const input = randomExpr(prng, columns, kind, depth - 1)
  const column = { name: '', kind, nullable: false, special: false }
  const values = Array.from({ length: prng.int(1, 4) }, () => randomValue(prng, column))
  if (prng.chance(0.5)) {
    return {
      build: (row) => input.build(row).in(values),
      sql: `(${input.sql} IN (${values.map((value) => literalSql(value, kind)).join(', ')}))`,
    }
  }
  const [low, high] = [values[0], values[values.length - 1]]
  return {
    build: (row) => input.build(row).between(low, high),
    sql: `(${input.sql} BETWEEN ${literalSql(low, kind)} AND ${literalSql(high, kind)})`,
  }
}

function textTest(prng: Prng, columns: readonly RandomColumn[], depth: number): RandomExpr {
  const input = randomExpr(prng, columns, 'utf8', depth - 1)
  const word = prng.pick(WORDS.filter((text) => text !== '\\N'))
  const text = literalSql(word, 'utf8')
  switch (prng.int(0, 3)) {
    case 0:
      return {
        build: (row) => input.build(row).str.startsWith(word),
        sql: `starts_with(${input.sql}, ${text})`,
      }
    case 1:
      return {
        build: (row) => input.build(row).str.contains(word),
        sql: `contains(${input.sql}, ${text})`,
      }
    case 2:
      return {
        build: (row) => input.build(row).str.endsWith(word),
        sql: `suffix(${input.sql}, ${text})`,
      }
    default: {
      const pattern = prng.pick(['a%', '%b', '%a%', '_b%', 'A__', '%', 'a_b', '%e%e%', ''])
      return {
        build: (row) => input.build(row).str.like(pattern),
        sql: `(${input.sql} LIKE '${pattern}')`,
      }
    }
  }
}

function logic(prng: Prng, columns: readonly RandomColumn[], depth: number): RandomExpr {
  const left = randomExpr(prng, columns, 'bool', depth - 1)
  if (prng.chance(0.25)) return { build: (row) => left.build(row).not(), sql: `(NOT ${left.sql})` }
  const right = randomExpr(prng, columns, 'bool', depth - 1)
  const [method, operator] = prng.pick([
    ['and', 'AND'],
    ['or', 'OR'],
  ] as const)
  return {
    build: (row) => left.build(row)[method](right.build(row)),
    sql: `(${left.sql} ${operator} ${right.sql})`,
  }
}

function nullTest(prng: Prng, columns: readonly RandomColumn[]): RandomExpr {
  const column = prng.pick(columns)
  const [method, operator] = prng.pick([
    ['isNull', 'IS NULL'],
    ['isNotNull', 'IS NOT NULL'],
  ] as const)
  return { build: (row) => row[column.name][method](), sql: `(${quoted(column.name)} ${operator})` }
}

/** Sums, differences and small multiples, which stay within their type at these depths. */
function arithmetic(kind: 'int32' | 'int64' | 'decimal' | 'float64'): Generator {
  return (prng, columns, depth) => {
    const left = randomExpr(prng, columns, kind, depth - 1)
    if (prng.chance(0.3)) {
      const factor = prng.int(-3, 3)
      const cast = kind === 'decimal' ? `CAST(${factor} AS DECIMAL(2,0))` : String(factor)
      return { build: (row) => left.build(row).mul(factor), sql: `(${left.sql} * ${cast})` }
    }
    if (prng.chance(0.2)) return { build: (row) => left.build(row).neg(), sql: `(- ${left.sql})` }
    const right = randomExpr(prng, columns, kind, depth - 1)
    const [method, operator] = prng.pick([
      ['add', '+'],
      ['sub', '-'],
    ] as const)
    return {
      build: (row) => left.build(row)[method](right.build(row)),
      sql: `(${left.sql} ${operator} ${right.sql})`,
    }
  }
}

function float(prng: Prng, columns: readonly RandomColumn[], depth: number): RandomExpr {
  if (prng.chance(0.6)) return arithmetic('float64')(prng, columns, depth)
  const kind = prng.pick(['int32', 'int64', 'decimal'] as const)
  const left = randomExpr(prng, columns, kind, depth - 1)
  const right = randomExpr(prng, columns, kind, depth - 1)
  return {
    build: (row) => left.build(row).div(right.build(row).nullIf(0)),
    sql: `(CAST(${left.sql} AS DOUBLE) / CAST(NULLIF(${right.sql}, 0) AS DOUBLE))`,
  }
}

function integer(prng: Prng, columns: readonly RandomColumn[], depth: number): RandomExpr {
  switch (prng.int(0, 3)) {
    case 0: {
      const text = randomExpr(prng, columns, 'utf8', depth - 1)
      return {
        build: (row) => text.build(row).str.length(),
        sql: `CAST(length(${text.sql}) AS INTEGER)`,
      }
    }
    case 1: {
      const when = randomExpr(prng, columns, 'timestamp', depth - 1)
      const part = prng.pick(['year', 'month', 'day', 'hour', 'minute', 'quarter'] as const)
      return {
        build: (row) => when.build(row).dt[part](),
        sql: `CAST(date_part('${part}', ${when.sql}) AS INTEGER)`,
      }
    }
    default:
      return arithmetic('int32')(prng, columns, depth)
  }
}

function text(prng: Prng, columns: readonly RandomColumn[], depth: number): RandomExpr {
  const input = randomExpr(prng, columns, 'utf8', depth - 1)
  switch (prng.int(0, 5)) {
    case 0:
      return { build: (row) => input.build(row).str.lower(), sql: `lower(${input.sql})` }
    case 1:
      return { build: (row) => input.build(row).str.upper(), sql: `upper(${input.sql})` }
    case 2:
      return {
        build: (row) => input.build(row).str.trim(),
        sql: `trim(${input.sql}, ' ' || chr(10))`,
      }
    case 3: {
      const [start, length] = [prng.int(0, 3), prng.int(0, 3)]
      return {
        build: (row) => input.build(row).str.slice(start, length),
        sql: `substring(${input.sql}, ${start + 1}, ${length})`,
      }
    }
    case 4:
      return {
        build: (row) => input.build(row).str.replace('a', 'oo'),
        sql: `replace(${input.sql}, 'a', 'oo')`,
      }
    default: {
      const right = randomExpr(prng, columns, 'utf8', depth - 1)
      return {
        build: (row) => input.build(row).str.concat(right.build(row)),
        sql: `(${input.sql} || ${right.sql})`,
      }
    }
  }
}

const UNITS = ['year', 'quarter', 'month', 'week', 'day'] as const

const GENERATORS: Record<Kind, Generator> = {
  bool: (prng, columns, depth) => {
    const choice = prng.next()
    if (choice < 0.45) return comparison(prng, columns, depth)
    if (choice < 0.65) return membership(prng, columns, depth)
    if (choice < 0.75) return textTest(prng, columns, depth)
    if (choice < 0.85) return nullTest(prng, columns)
    return logic(prng, columns, depth)
  },
  int32: integer,
  int64: (prng, columns, depth) => {
    if (prng.chance(0.7)) return arithmetic('int64')(prng, columns, depth)
    const narrow = randomExpr(prng, columns, 'int32', depth - 1)
    return {
      build: (row) => narrow.build(row).cast(t.int64()),
      sql: `CAST(${narrow.sql} AS BIGINT)`,
    }
  },
  float64: float,
  decimal: arithmetic('decimal'),
  utf8: text,
  date: (prng, columns, depth) => {
    const stamp = randomExpr(prng, columns, 'timestamp', depth - 1)
    return { build: (row) => stamp.build(row).dt.date(), sql: `CAST(${stamp.sql} AS DATE)` }
  },
  timestamp: (prng, columns, depth) => {
    const stamp = randomExpr(prng, columns, 'timestamp', depth - 1)
    const unit = prng.pick(UNITS)
    return {
      build: (row) => stamp.build(row).dt.truncate(unit),
      sql: `CAST(date_trunc('${unit}', ${stamp.sql}) AS TIMESTAMP)`,
    }
  },
}
