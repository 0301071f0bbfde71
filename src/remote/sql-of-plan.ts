import { scalarAt } from '../arrow/scalar.ts'
import type { Schema } from '../arrow/schema.ts'
import { unreachable } from '../error.ts'
import type { SortKey } from '../plan/expr.ts'
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
  Window,
} from '../plan/logical-plan.ts'
import { scanTotals } from '../plan/scan-totals.ts'
import type { BucketAccess } from './bucket-place.ts'
import type { ExprScope } from './expr-scope.ts'
import { refused } from './refused.ts'
import { dealt, dealtSide, type Hand, handTotals, spreadScans } from './spread.ts'
import { sqlOfAggregate } from './sql-of-aggregate.ts'
import { sqlOfExpr } from './sql-of-expr.ts'
import { columnsNeeded, partitionsRead, scanSql } from './sql-of-scan.ts'
import { windowSql } from './sql-of-window.ts'
import { directionOf, type OrderKey, orderBy, orderColumns, orderParts } from './sql-order.ts'
import { canonicalKey, sqlLiteral, sqlType } from './sql-type.ts'

/** Rows in memory that are worth writing into a statement. */
const VALUES_ROWS_MAX = 1000

/** How a statement is spread over a cluster. */
export interface Cluster {
  /** A part of the plan is made of this many fragments at most. */
  readonly fragments: number
  /** The table function that runs `sql` where fragment `fragment` is run. */
  placed(fragment: number, sql: string): string
  /** Is told what each fragment reads. */
  readonly noted?: (reading: FragmentReading) => void
}

/** What a fragment of a part of the plan reads: partitions dealt to it, and what all of its kind read. */
export interface FragmentReading {
  readonly fragment: number
  readonly partitions: number
  readonly bytes: number
  readonly sharedBytes: number
}

/** A query, and the names that it gives the columns of the plan's schema, by position. */
interface Relation {
  readonly sql: string
  readonly columns: readonly string[]
  /** Columns beside those, by which the rows are ordered; null when they are in no order. */
  readonly order: readonly OrderKey[] | null
}

/** Reads all partitions of all scans, and is run where the statement is sent to. */
const WHOLE: Hand = new Map()

/**
 * A ClickHouse statement for `plan`, which is bound and optimized, with columns `c0`, `c1`, ... in
 * the order of its schema. No name of the plan stands in it. With a cluster its scans are dealt to
 * fragments. Throws INVALID, naming the node, for what cannot be said in ClickHouse with the same meaning.
 */
export function sqlOfPlan(
  plan: LogicalPlan,
  access: BucketAccess,
  cluster: Cluster | null = null,
): string {
  return new PlanWriter(access, cluster).statement(plan)
}

class PlanWriter {
  readonly #access: BucketAccess
  readonly #cluster: Cluster | null
  #names = 0
  /** Of the fragment that is being written: bytes that others of its kind read as well. */
  #sharedBytes = 0

  constructor(access: BucketAccess, cluster: Cluster | null) {
    this.#access = access
    this.#cluster = cluster
  }

  statement(plan: LogicalPlan): string {
    const { sql, columns, order } = this.#relation(plan, this.#cluster === null ? WHOLE : null)
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

  /** `hand` is null above all fragments: what can be dealt then is. */
  #relation(plan: LogicalPlan, hand: Hand | null): Relation {
    const scans = hand === null ? spreadScans(plan) : null
    if (scans !== null) return this.#gathered(scans, (one) => this.#relation(plan, one))
    switch (plan.kind) {
      case 'scan':
        return this.#scan(plan, hand ?? WHOLE)
      case 'values':
        return this.#values(plan)
      case 'filter':
        return this.#filter(plan, hand)
      case 'project':
        return this.#project(plan, hand)
      case 'aggregate':
        return this.#aggregate(plan, hand)
      case 'join':
        return this.#join(plan, hand)
      case 'sort':
        return this.#sort(plan, hand)
      case 'top-k':
        return this.#topK(plan, hand)
      case 'limit':
        return this.#limit(plan, this.#relation(plan.input, hand))
      case 'union':
        return this.#union(plan, hand)
      case 'window':
        return this.#window(plan, hand)
      case 'sample':
      case 'explode':
        throw refused(plan.kind, 'the node is not translated')
      default:
        return unreachable(plan)
    }
  }

  /** The rows of what `write` makes of each hand, all of the same names. */
  #gathered(scans: readonly Scan[], write: (hand: Hand) => Relation): Relation {
    const cluster = this.#cluster!
    // ClickHouse takes two `view`s for one that differ in nothing but the names of their columns.
    const mark = this.#names++
    const first = this.#names
    const fragments = dealt(scans, cluster.fragments).map((hand, fragment) => {
      this.#names = first
      this.#sharedBytes = 0
      const written = write(hand)
      cluster.noted?.({ fragment, ...handTotals(hand), sharedBytes: this.#sharedBytes })
      return written
    })
    const { columns, order } = fragments[0]!
    const names = listed([...columns, ...orderColumns(order)])
    const sql = fragments.map((of, at) => {
      const marked = `SELECT ${names} FROM (${of.sql}) WHERE ${mark} = ${mark}`
      return `SELECT ${names} FROM ${cluster.placed(at, marked)}`
    })
    return { sql: sql.join(' UNION ALL '), columns, order }
  }

  #scope(of: Schema, columns: readonly string[], from = ''): ExprScope {
    return {
      fresh: this.#fresh,
      column: (name) => `${from}${columns[of.positions.get(name)!]!}`,
    }
  }

  #scan(plan: Scan, hand: Hand): Relation {
    const names = new Map(columnsNeeded(plan).map(({ name }) => [name, this.#fresh()]))
    const partitions = hand.get(plan) ?? partitionsRead(plan)
    if (!hand.has(plan)) this.#sharedBytes += scanTotals(plan).totalBytes
    const sql = scanSql(plan, partitions, [...names.values()], this.#access)
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
          (vector, at) => `${sqlLiteral(scalarAt(vector, row), vector.type)} AS ${columns[at]}`,
        )
        return `SELECT ${listed(cells)}`
      }),
    )
    const none = schema.fields.map(({ type }, at) => `${sqlLiteral(null, type)} AS ${columns[at]}`)
    const sql = rows.length > 0 ? rows.join(' UNION ALL ') : `SELECT ${listed(none)} WHERE 0`
    return { sql, columns, order: null }
  }

  #filter({ input, predicate }: Filter, hand: Hand | null): Relation {
    const { sql, columns, order } = this.#relation(input, hand)
    const where = sqlOfExpr(predicate, this.#scope(input.schema, columns))
    const names = listed([...columns, ...orderColumns(order)])
    return { sql: `SELECT ${names} FROM (${sql}) WHERE ${where}`, columns, order }
  }

  #project({ input, columns: outputs, schema }: Project, hand: Hand | null): Relation {
    const { sql, columns: from, order } = this.#relation(input, hand)
    const scope = this.#scope(input.schema, from)
    const columns = this.#freshFor(schema)
    const computed = outputs.map(({ expr }, at) => `${sqlOfExpr(expr, scope)} AS ${columns[at]}`)
    const names = listed([...computed, ...orderColumns(order)])
    return { sql: `SELECT ${names} FROM (${sql})`, columns, order }
  }

  #aggregate(plan: Aggregate, hand: Hand | null): Relation {
    const { input, keys, aggregates, schema } = plan
    const scans = hand === null ? spreadScans(input) : null
    if (scans !== null) return this.#merged(plan, scans)
    const { sql, columns: from } = this.#relation(input, hand)
    const scope = this.#scope(input.schema, from)
    const columns = this.#freshFor(schema)
    const keySql = keys.map(({ expr }) => canonicalKey(sqlOfExpr(expr, scope), expr.type))
    const values = aggregates.map((of) =>
      sqlOfAggregate(of, scope, (name, args) => `${name}(${args})`),
    )
    const outputs = [...keySql, ...values].map((of, at) => `${of} AS ${columns[at]}`)
    const by = keys.length === 0 ? '' : ` GROUP BY ${columns.slice(0, keys.length).join(',')}`
    return { sql: `SELECT ${listed(outputs)} FROM (${sql})${by}`, columns, order: null }
  }

  /** Each fragment groups its own rows into states, which are merged above them. */
  #merged({ input, keys, aggregates }: Aggregate, scans: readonly Scan[]): Relation {
    let values: string[] = []
    const { sql, columns } = this.#gathered(scans, (hand) => {
      const { sql, columns: from } = this.#relation(input, hand)
      const scope = this.#scope(input.schema, from)
      const names = keys.map(this.#fresh)
      const keySql = keys.map(
        ({ expr }, at) => `${canonicalKey(sqlOfExpr(expr, scope), expr.type)} AS ${names[at]}`,
      )
      const states = new Map<string, string>()
      values = aggregates.map((of) =>
        sqlOfAggregate(of, scope, (name, args) => {
          const state = `${name}State(${args})`
          const known = states.get(state) ?? this.#fresh()
          states.set(state, known)
          return `${name}Merge(${known})`
        }),
      )
      const outputs = [...keySql, ...[...states].map(([state, name]) => `${state} AS ${name}`)]
      const by = keys.length === 0 ? '' : ` GROUP BY ${names.join(',')}`
      return {
        sql: `SELECT ${listed(outputs)} FROM (${sql})${by}`,
        columns: [...names, ...states.values()],
        order: null,
      }
    })
    const keyNames = columns.slice(0, keys.length)
    const results = values.map((value) => ({ value, name: this.#fresh() }))
    const outputs = [...keyNames, ...results.map(({ value, name }) => `${value} AS ${name}`)]
    const by = keys.length === 0 ? '' : ` GROUP BY ${keyNames.join(',')}`
    return {
      sql: `SELECT ${listed(outputs)} FROM (${sql})${by}`,
      columns: [...keyNames, ...results.map(({ name }) => name)],
      order: null,
    }
  }

  #join(plan: Join, hand: Hand | null): Relation {
    const { how, left, right, leftKeys, rightKeys, schema } = plan
    // In a fragment one side is dealt, and all of the other is met.
    const side = hand === null || hand === WHOLE ? null : dealtSide(plan)
    const [a, b] = [
      this.#relation(left, side === 'right' ? WHOLE : hand),
      this.#relation(right, side === 'left' ? WHOLE : hand),
    ]
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
      const other = rightKeys[at]!
      const [l, r] = [sqlOfExpr(key, x), sqlOfExpr(other, y)]
      return `${canonicalKey(l, key.type)} = ${canonicalKey(r, other.type)}`
    })
    const verb = one ? `LEFT ${how.toUpperCase()}` : `ALL ${how.toUpperCase()}`
    return {
      sql: `${head} ${verb} JOIN (${b.sql}) AS ${bs} ON ${on.join(' AND ')}`,
      columns,
      order: null,
    }
  }

  /** Columns to order by, and how each is computed. */
  #order(keys: readonly SortKey[], scope: ExprScope): { outputs: string[]; order: OrderKey[] } {
    const outputs: string[] = []
    const order: OrderKey[] = []
    for (const key of keys) {
      for (const part of orderParts(key, sqlOfExpr(key.expr, scope))) {
        const column = this.#fresh()
        outputs.push(`${part} AS ${column}`)
        order.push({ column, direction: directionOf(key) })
      }
    }
    return { outputs, order }
  }

  #sort({ input, keys }: Pick<Sort | TopK, 'input' | 'keys'>, hand: Hand | null): Relation {
    const { sql, columns, order: before } = this.#relation(input, hand)
    const { outputs, order } = this.#order(keys, this.#scope(input.schema, columns))
    const names = listed([...columns, ...outputs, ...orderColumns(before)])
    return { sql: `SELECT ${names} FROM (${sql})`, columns, order: [...order, ...(before ?? [])] }
  }

  /** Each fragment keeps as many rows as all of them together may give. */
  #topK(plan: TopK, hand: Hand | null): Relation {
    const scans = hand === null ? spreadScans(plan.input) : null
    if (scans === null) return this.#limit(plan, this.#sort(plan, hand))
    const enough = { count: plan.count + plan.offset, offset: 0 }
    const gathered = this.#gathered(scans, (one) => this.#limit(enough, this.#sort(plan, one)))
    return this.#limit(plan, gathered)
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

  #union({ inputs, schema }: Union, hand: Hand | null): Relation {
    const columns = this.#freshFor(schema)
    const parts = inputs.map((input) => {
      const { sql, columns: from } = this.#relation(input, hand)
      return `SELECT ${listed(from.map((name, at) => `${name} AS ${columns[at]}`))} FROM (${sql})`
    })
    return { sql: parts.join(' UNION ALL '), columns, order: null }
  }

  #window({ input, partitionBy, orderBy: keys, outputs }: Window, hand: Hand | null): Relation {
    const { sql, columns, order } = this.#relation(input, hand)
    const scope = this.#scope(input.schema, columns)
    const by = partitionBy.map((expr) => ({
      sql: canonicalKey(sqlOfExpr(expr, scope), expr.type),
      name: this.#fresh(),
    }))
    const sorted = this.#order(keys, scope)
    const over = {
      by: by.length === 0 ? '' : `PARTITION BY ${by.map(({ name }) => name).join(',')}`,
      order: orderBy(sorted.order),
    }
    const given = [...columns, ...orderColumns(order)]
    const inner = [...given, ...by.map(({ sql, name }) => `${sql} AS ${name}`), ...sorted.outputs]
    const made = outputs.map((of) => ({ sql: windowSql(of, over, scope), name: this.#fresh() }))
    const names = listed([...given, ...made.map(({ sql, name }) => `${sql} AS ${name}`)])
    return {
      sql: `SELECT ${names} FROM (SELECT ${listed(inner)} FROM (${sql}))`,
      columns: [...columns, ...made.map(({ name }) => name)],
      order,
    }
  }
}

/** A SELECT needs one column at least. */
const listed = (columns: readonly string[]): string =>
  columns.length === 0 ? '1 AS one' : columns.join(',')
