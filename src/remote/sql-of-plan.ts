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
  Window,
} from '../plan/logical-plan.ts'
import { scanTotals } from '../plan/scan-totals.ts'
import type { BucketAccess } from './bucket-place.ts'
import type { Cluster } from './cluster.ts'
import type { ExprScope } from './expr-scope.ts'
import { refused } from './refused.ts'
import { dealt, type Hand, handTotals, type Source, Spread } from './spread.ts'
import { sqlOfAggregate } from './sql-of-aggregate.ts'
import {
  bucketedSql,
  type JoinSide,
  type StoredJoin,
  type StoredSide,
  storedSql,
} from './sql-of-buckets.ts'
import { sqlOfExpr } from './sql-of-expr.ts'
import { joinSql } from './sql-of-join.ts'
import { columnsNeeded, partitionsRead, scanSql } from './sql-of-scan.ts'
import { listed, valuesSql } from './sql-of-values.ts'
import { windowSql } from './sql-of-window.ts'
import { directionOf, type OrderKey, orderBy, orderColumns, orderParts } from './sql-order.ts'
import { canonicalKey, sqlType } from './sql-type.ts'

/** A query, and the names that it gives the columns of the plan's schema, by position. */
interface Relation {
  readonly sql: string
  readonly columns: readonly string[]
  /** Columns beside those, by which the rows are ordered; null when they are in no order. */
  readonly order: readonly OrderKey[] | null
}

/** Reads all partitions of all scans, and is run where the statement is sent to. */
const WHOLE: Hand = { partitions: new Map(), buckets: new Map() }

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

/**
 * Queries for the rows of a side of a join with their buckets, which together have all of them: each is for
 * one of at most `writers` servers, and tells what is dealt to it, null where that is nothing.
 */
export function sqlOfSide(
  side: JoinSide,
  access: BucketAccess,
  cluster: Cluster,
  writers: number,
): { readonly sql: string; readonly hand: Hand | null }[] {
  return new PlanWriter(access, cluster).side(side, writers)
}

class PlanWriter {
  readonly #access: BucketAccess
  readonly #cluster: Cluster | null
  readonly #stored: ReadonlyMap<Join, StoredJoin>
  readonly #spread: Spread
  #names = 0
  /** Of the fragment that is being written: bytes that others of its kind read as well. */
  #sharedBytes = 0

  constructor(access: BucketAccess, cluster: Cluster | null) {
    this.#access = access
    this.#cluster = cluster
    this.#stored = cluster?.stored ?? new Map()
    this.#spread = new Spread(this.#stored)
  }

  statement(plan: LogicalPlan): string {
    const { sql, columns, order } = this.#relation(plan, this.#cluster === null ? WHOLE : null)
    const answered = plan.schema.fields.map(({ type }, at) => {
      const name = type.name === 'bool' ? 'Bool' : sqlType(type)
      return `CAST(${columns[at]} AS Nullable(${name})) AS c${at}`
    })
    return `SELECT ${answered.join(',')} FROM (${sql})${orderBy(order)}`
  }

  side(side: JoinSide, writers: number): { sql: string; hand: Hand | null }[] {
    const sources = this.#spread.sources(side.plan)
    const hands = sources === null ? [null] : this.#dealt(sources, writers)
    return hands.map((hand) => {
      const of = this.#relation(side.plan, hand)
      const scope = this.#scope(side.plan.schema, of.columns)
      const keys = side.keys.map((key) => canonicalKey(sqlOfExpr(key, scope), key.type))
      return { sql: bucketedSql(of, keys, side), hand }
    })
  }

  #dealt(sources: readonly Source[], count: number): Hand[] {
    return dealt(sources, count, (join) => {
      const { left, right } = this.#stored.get(join)!
      return left.buckets.map((files, bucket) =>
        [...files, ...right.buckets[bucket]!].reduce((sum, { bytes }) => sum + bytes, 0),
      )
    })
  }

  #fresh = (): string => `x${this.#names++}`

  #freshFor(of: Schema): string[] {
    return of.fields.map(this.#fresh)
  }

  /** `hand` is null above all fragments: what can be dealt then is. */
  #relation(plan: LogicalPlan, hand: Hand | null): Relation {
    const sources = hand === null ? this.#spread.sources(plan) : null
    if (sources !== null) return this.#gathered(sources, (one) => this.#relation(plan, one))
    switch (plan.kind) {
      case 'scan':
        return this.#scan(plan, hand ?? WHOLE)
      case 'values':
        return this.#named(plan.schema, (names) => valuesSql(plan, names))
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
  #gathered(sources: readonly Source[], write: (hand: Hand) => Relation): Relation {
    const cluster = this.#cluster!
    // ClickHouse takes two `view`s for one that differ in nothing but the names of their columns.
    const mark = this.#names++
    const first = this.#names
    const fragments = this.#dealt(sources, cluster.fragments).map((hand, fragment) => {
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
    const dealt = hand.partitions.get(plan)
    const partitions = dealt ?? partitionsRead(plan)
    if (dealt === undefined) this.#sharedBytes += scanTotals(plan).totalBytes
    const sql = scanSql(plan, partitions, [...names.values()], this.#access)
    const columns = plan.columns.map(({ name }) => names.get(name)!)
    if (plan.predicate === null) return { sql, columns, order: null }
    const scope = { fresh: this.#fresh, column: (name: string) => names.get(name)! }
    const where = sqlOfExpr(plan.predicate, scope)
    return { sql: `SELECT ${listed(columns)} FROM (${sql}) WHERE ${where}`, columns, order: null }
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
    const sources = hand === null ? this.#spread.sources(input) : null
    if (sources !== null) return this.#merged(plan, sources)
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
  #merged({ input, keys, aggregates }: Aggregate, sources: readonly Source[]): Relation {
    let values: string[] = []
    const { sql, columns } = this.#gathered(sources, (hand) => {
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
    const { left, right, leftKeys, rightKeys, schema } = plan
    const [a, b] = this.#sides(plan, hand)
    const [as, bs] = [this.#fresh(), this.#fresh()]
    const columns = this.#freshFor(schema)
    const [x, y] = [
      this.#scope(left.schema, a.columns, `${as}.`),
      this.#scope(right.schema, b.columns, `${bs}.`),
    ]
    const on = leftKeys.map((key, at) => {
      const other = rightKeys[at]!
      const [l, r] = [sqlOfExpr(key, x), sqlOfExpr(other, y)]
      return `${canonicalKey(l, key.type)} = ${canonicalKey(r, other.type)}`
    })
    return {
      sql: joinSql(plan.how, { ...a, as }, { ...b, as: bs }, on, columns),
      columns,
      order: null,
    }
  }

  /** Where they are in buckets both are dealt; else in a fragment one is, and all of the other is met. */
  #sides(plan: Join, hand: Hand | null): [Relation, Relation] {
    const { left, right } = plan
    const stored = this.#stored.get(plan)
    if (stored !== undefined) {
      const all = stored.left.buckets.map((_, bucket) => bucket)
      const numbers = hand?.buckets.get(plan) ?? all
      const read = (of: StoredSide, { schema }: LogicalPlan) =>
        this.#named(schema, (names) => storedSql(of, numbers, { schema, names }, this.#access))
      return [read(stored.left, left), read(stored.right, right)]
    }
    const side = hand === null || hand === WHOLE ? null : this.#spread.dealtSide(plan)
    return [
      this.#relation(left, side === 'right' ? WHOLE : hand),
      this.#relation(right, side === 'left' ? WHOLE : hand),
    ]
  }

  /** What `write` makes of fresh names for the columns of `of`. */
  #named(of: Schema, write: (names: readonly string[]) => string): Relation {
    const columns = this.#freshFor(of)
    return { sql: write(columns), columns, order: null }
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
    const sources = hand === null ? this.#spread.sources(plan.input) : null
    if (sources === null) return this.#limit(plan, this.#sort(plan, hand))
    const enough = { count: plan.count + plan.offset, offset: 0 }
    const gathered = this.#gathered(sources, (one) => this.#limit(enough, this.#sort(plan, one)))
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
