import { type DataType, isFloat } from '../arrow/data-type.ts'
import { scalarAt } from '../arrow/scalar.ts'
import type { Schema } from '../arrow/schema.ts'
import { unreachable } from '../error.ts'
import type { Expr, SortKey } from '../plan/expr.ts'
import type {
  Aggregate,
  Filter,
  Join,
  Limit,
  LogicalPlan,
  Project,
  Scan,
  Sort,
  TopK,
  Union,
  Values,
} from '../plan/logical-plan.ts'
import type { BucketAccess } from './bucket-place.ts'
import { refused } from './refused.ts'
import { sqlOfAggregate } from './sql-of-aggregate.ts'
import { type ExprScope, sqlOfExpr } from './sql-of-expr.ts'
import { columnsNeeded, partitionsRead, scanSql } from './sql-of-scan.ts'
import { sqlLiteral, sqlType } from './sql-type.ts'

/** Rows in memory that are worth writing into a statement. */
const VALUES_ROWS_MAX = 1000

/** A query, and the names that it gives the columns of the plan's schema, by position. */
interface Relation {
  readonly sql: string
  readonly columns: readonly string[]
  /** Columns beside those, by which the rows are ordered; null when they are in no order. */
  readonly order: readonly OrderKey[] | null
}

interface OrderKey {
  readonly column: string
  readonly direction: string
}

/**
 * A ClickHouse statement for `plan`, which is bound and optimized, with columns `c0`, `c1`, ... in
 * the order of its schema. No name of the plan stands in it. Throws INVALID, naming the node, for
 * what cannot be said in ClickHouse with the same meaning.
 */
export function sqlOfPlan(plan: LogicalPlan, access: BucketAccess): string {
  return new PlanWriter(access).statement(plan)
}

class PlanWriter {
  readonly #access: BucketAccess
  #names = 0

  constructor(access: BucketAccess) {
    this.#access = access
  }

  statement(plan: LogicalPlan): string {
    const { sql, columns, order } = this.#relation(plan)
    const answered = plan.schema.fields.map(({ type }, at) => {
      const name = type.name === 'bool' ? 'Bool' : sqlType(type)
      return `CAST(${columns[at]} AS Nullable(${name})) AS c${at}`
    })
    return `SELECT ${answered.join(',')} FROM (${sql})${orderBy(order)}`
  }

  #fresh = (): string => `x${this.#names++}`

  #freshFor(of: Schema): string[] {
    return of.fields.map(this.#fresh)
  }

  #relation(plan: LogicalPlan): Relation {
    switch (plan.kind) {
      case 'scan':
        return this.#scan(plan)
      case 'values':
        return this.#values(plan)
      case 'filter':
        return this.#filter(plan)
      case 'project':
        return this.#project(plan)
      case 'aggregate':
        return this.#aggregate(plan)
      case 'join':
        return this.#join(plan)
      case 'sort':
        return this.#sort(plan)
      case 'top-k':
        return this.#limit(plan, this.#sort(plan))
      case 'limit':
        return this.#limit(plan, this.#relation(plan.input))
      case 'union':
        return this.#union(plan)
      case 'window':
      case 'sample':
      case 'explode':
        throw refused(plan.kind, 'the node is not translated')
      default:
        return unreachable(plan)
    }
  }

  #scope(of: Schema, columns: readonly string[], from = ''): ExprScope {
    return {
      fresh: this.#fresh,
      column: (name) => `${from}${columns[of.positions.get(name)!]!}`,
    }
  }

  #scan(plan: Scan): Relation {
    const needed = columnsNeeded(plan)
    const changed = needed.find((of) => of.header !== undefined || (of.default ?? null) !== null)
    if (changed !== undefined) {
      throw refused(
        'scan',
        `column "${changed.name}" was renamed or has a default, which files do not tell`,
      )
    }
    const names = new Map(needed.map(({ name }) => [name, this.#fresh()]))
    const sql = scanSql(plan, partitionsRead(plan), [...names.values()], this.#access)
    const columns = plan.columns.map(({ name }) => names.get(name)!)
    if (plan.predicate === null) return { sql, columns, order: null }
    const scope = { fresh: this.#fresh, column: (name: string) => names.get(name)! }
    const where = sqlOfExpr(plan.predicate, scope)
    return { sql: `SELECT ${listed(columns)} FROM (${sql}) WHERE ${where}`, columns, order: null }
  }

  #values({ batches, schema }: Values): Relation {
    const columns = this.#freshFor(schema)
    const count = batches.reduce((sum, { length }) => sum + length, 0)
    if (count > VALUES_ROWS_MAX) {
      throw refused('values', `${count} rows in memory, at most ${VALUES_ROWS_MAX} are sent`)
    }
    const rows = batches.flatMap(({ columns: vectors, length }) =>
      Array.from({ length }, (_, row) => {
        const cells = vectors.map(
          (vector, at) => `${literal(scalarAt(vector, row), vector.type)} AS ${columns[at]}`,
        )
        return `SELECT ${listed(cells)}`
      }),
    )
    const none = schema.fields.map(({ type }, at) => `${literal(null, type)} AS ${columns[at]}`)
    const sql = rows.length > 0 ? rows.join(' UNION ALL ') : `SELECT ${listed(none)} WHERE 0`
    return { sql, columns, order: null }
  }

  #filter({ input, predicate }: Filter): Relation {
    const { sql, columns, order } = this.#relation(input)
    const where = sqlOfExpr(predicate, this.#scope(input.schema, columns))
    const names = listed([...columns, ...orderColumns(order)])
    return { sql: `SELECT ${names} FROM (${sql}) WHERE ${where}`, columns, order }
  }

  #project({ input, columns: outputs, schema }: Project): Relation {
    const { sql, columns: from, order } = this.#relation(input)
    const scope = this.#scope(input.schema, from)
    const columns = this.#freshFor(schema)
    const computed = outputs.map(({ expr }, at) => `${sqlOfExpr(expr, scope)} AS ${columns[at]}`)
    const names = listed([...computed, ...orderColumns(order)])
    return { sql: `SELECT ${names} FROM (${sql})`, columns, order }
  }

  #aggregate({ input, keys, aggregates, schema }: Aggregate): Relation {
    const { sql, columns: from } = this.#relation(input)
    const scope = this.#scope(input.schema, from)
    const columns = this.#freshFor(schema)
    for (const { name, expr } of keys) requireExactKey(expr, `a group by "${name}"`)
    const keySql = keys.map(({ expr }) => sqlOfExpr(expr, scope))
    const values = aggregates.map((of) => sqlOfAggregate(of, scope))
    const outputs = [...keySql, ...values].map((of, at) => `${of} AS ${columns[at]}`)
    const by = keys.length === 0 ? '' : ` GROUP BY ${columns.slice(0, keys.length).join(',')}`
    return { sql: `SELECT ${listed(outputs)} FROM (${sql})${by}`, columns, order: null }
  }

  #join({ how, left, right, leftKeys, rightKeys, schema }: Join): Relation {
    const [a, b] = [this.#relation(left), this.#relation(right)]
    const [as, bs] = [this.#fresh(), this.#fresh()]
    const one = how === 'semi' || how === 'anti'
    const columns = this.#freshFor(schema)
    const given = [
      ...a.columns.map((name) => `${as}.${name}`),
      ...(one ? [] : b.columns.map((name) => `${bs}.${name}`)),
    ]
    const outputs = given.map((name, at) => `${name} AS ${columns[at]}`)
    const head = `SELECT ${listed(outputs)} FROM (${a.sql}) AS ${as}`
    if (leftKeys.length === 0) {
      if (how !== 'cross' && how !== 'inner') throw refused(`a ${how} join`, 'it has no keys')
      return { sql: `${head} CROSS JOIN (${b.sql}) AS ${bs}`, columns, order: null }
    }
    const [x, y] = [
      this.#scope(left.schema, a.columns, `${as}.`),
      this.#scope(right.schema, b.columns, `${bs}.`),
    ]
    const on = leftKeys.map((key, at) => {
      requireExactKey(key, 'a join')
      return `${sqlOfExpr(key, x)} = ${sqlOfExpr(rightKeys[at]!, y)}`
    })
    const verb = one ? `LEFT ${how.toUpperCase()}` : `ALL ${how.toUpperCase()}`
    return {
      sql: `${head} ${verb} JOIN (${b.sql}) AS ${bs} ON ${on.join(' AND ')}`,
      columns,
      order: null,
    }
  }

  #sort({ input, keys }: Pick<Sort | TopK, 'input' | 'keys'>): Relation {
    const { sql, columns, order: before } = this.#relation(input)
    const scope = this.#scope(input.schema, columns)
    const outputs: string[] = []
    const order: OrderKey[] = []
    for (const key of keys) {
      for (const part of orderParts(key, sqlOfExpr(key.expr, scope))) {
        const column = this.#fresh()
        outputs.push(`${part} AS ${column}`)
        order.push({ column, direction: directionOf(key) })
      }
    }
    const names = listed([...columns, ...outputs, ...orderColumns(before)])
    return { sql: `SELECT ${names} FROM (${sql})`, columns, order: [...order, ...(before ?? [])] }
  }

  #limit({ count, offset }: Pick<Limit, 'count' | 'offset'>, of: Relation): Relation {
    const { sql, columns, order } = of
    if (order === null && count > 0) {
      throw refused(
        'a limit',
        'its input is in no order there, so that its rows are not told; sort first',
      )
    }
    const names = listed([...columns, ...orderColumns(order)])
    return {
      sql: `SELECT ${names} FROM (${sql})${orderBy(order)} LIMIT ${count} OFFSET ${offset}`,
      columns,
      order,
    }
  }

  #union({ inputs, schema }: Union): Relation {
    const columns = this.#freshFor(schema)
    const parts = inputs.map((input) => {
      const { sql, columns: from } = this.#relation(input)
      return `SELECT ${listed(from.map((name, at) => `${name} AS ${columns[at]}`))} FROM (${sql})`
    })
    return { sql: parts.join(' UNION ALL '), columns, order: null }
  }
}

const literal = (value: Parameters<typeof sqlLiteral>[0], type: DataType): string =>
  sqlLiteral(value, type)

/** A SELECT needs one column at least. */
const listed = (columns: readonly string[]): string =>
  columns.length === 0 ? '1 AS one' : columns.join(',')

const orderColumns = (order: readonly OrderKey[] | null): string[] =>
  (order ?? []).map(({ column }) => column)

function orderBy(order: readonly OrderKey[] | null): string {
  if (order === null || order.length === 0) return ''
  return ` ORDER BY ${order.map(({ column, direction }) => `${column} ${direction}`).join(',')}`
}

const directionOf = ({ descending, nulls }: SortKey): string =>
  `${descending ? 'DESC' : 'ASC'} NULLS ${nulls.toUpperCase()}`

/** ClickHouse puts NaN where nulls go: whether a float is NaN is a key of its own. */
function orderParts({ expr }: SortKey, sql: string): string[] {
  return isFloat(expr.type) ? [`isNaN(${sql})`, `if(isNaN(${sql}),0,${sql})`] : [sql]
}

function requireExactKey({ type }: Expr, where: string): void {
  if (isFloat(type)) throw refused(where, 'the key is a float, where -0 and NaN have several forms')
}
