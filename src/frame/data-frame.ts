import type { Unloaded, UnloadOptions } from '../io/export/unload.ts'
import type { CsvFormat } from '../io/import/csv-options.ts'
import type { PlanJson } from '../plan/export-plan.ts'
import type { Accessor } from './accessor.ts'
import type {
  ActionOptions,
  ArrowBatch,
  ArrowTable,
  BatchesOptions,
  ExplainOptions,
  ExportResult,
  QueryOptions,
  RowsOptions,
  ShowOptions,
  WriteOptions,
  WriteResult,
  WriteTarget,
} from './action-options.ts'
import type { Answer, ColumnType, SchemaValue } from './column-type.ts'
import type { ColumnOf, Expr, Exprs } from './expr.ts'
import type { SuperOf } from './expr-type.ts'
import type { Filled, FillValue } from './fill-type.ts'
import type {
  AsofJoin,
  AsofOptions,
  JoinedColumn,
  JoinedNames,
  JoinKind,
  JoinOptions,
  JoinWhereOptions,
  NaturalJoin,
} from './join-type.ts'
import type { LikeChecked, LikeNames, LikeOptions } from './like-type.ts'
import type { MapRowsOptions } from './map-rows.ts'
import type { ExplodedColumn, ExplodeOptions, JsonKey, ListKey } from './nested-type.ts'
import type { QueryProfile } from './query-profile.ts'
import type { PivotAggregate, PivotColumn, PivotIndex, UnpivotColumn } from './reshape-type.ts'
import type { RowContext } from './row-calls.ts'
import type { SortKey } from './sort-key.ts'
import type { Closed } from './time-step.ts'
import type {
  Base,
  Bool,
  Float64,
  Int64,
  Json,
  Maybe,
  Null,
  Nullable,
  Row,
  Unless,
  Untyped,
  Utf8,
} from './type-tag.ts'
import type { Duration, Replacements, TimeKey, ValueOf } from './verb-type.ts'

declare const columns: unique symbol

/** A name of a column of `S`. */
export type Key<S> = 0 extends 1 & S ? string : keyof S & string

/** A column as `frame.schema.fields` tells it; `type` is e.g. `decimal(12,2)`. */
export interface FieldInfo {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
}

/**
 * A question to one or more tables: columns `S`, no rows yet. Verbs answer a new frame at once and
 * check names and types where they are called (NOT_FOUND, INVALID); actions run it and answer a
 * promise. Frames never change and may be used any number of times.
 *
 * Every action may throw UNAVAILABLE, DATA, EXPIRED, LIMIT and ABORTED.
 */
export interface DataFrame<S> {
  /** Only for the compiler. */
  readonly [columns]?: S
  /** The columns, known without reading anything. */
  readonly schema: { readonly fields: readonly FieldInfo[] }

  /** Exactly the named columns, in that order. */
  select<K extends Key<S>>(
    ...names: K[]
  ): DataFrame<Unless<S, { [P in K]: P extends keyof S ? S[P] : never }>>
  /** Exactly the columns that `outputs` computes. */
  select<E extends Exprs>(
    outputs: (columns: Accessor<S>) => E,
  ): DataFrame<{ [K in keyof E]: ColumnOf<E[K]> }>
  /**
   * The columns whose names are like `pattern`, as text is in `str.like`: `%` any run of characters, `_`
   * one, `\\` takes the next as it is. NOT_FOUND where there is none.
   */
  selectLike<const P extends string, const O extends LikeOptions = LikeOptions>(
    pattern: P & (0 extends 1 & S ? string : LikeChecked<S, P, O>),
    options?: O,
  ): DataFrame<
    Unless<
      S,
      string extends P
        ? Untyped
        : { [K in keyof S as K extends LikeNames<S, P, O> ? K : never]: S[K] }
    >
  >
  /** The rows for which `predicate` is true; null counts as false. */
  filter(predicate: (columns: Accessor<S>) => Expr<Maybe<Bool>>): DataFrame<S>
  /** All columns, with those that `outputs` computes added or, where the name exists, replaced. */
  withColumns<E extends Exprs>(
    outputs: (columns: Accessor<S>) => E,
  ): DataFrame<
    Unless<
      S,
      {
        [K in keyof S | keyof E]: K extends keyof E
          ? ColumnOf<E[K]>
          : K extends keyof S
            ? S[K]
            : never
      }
    >
  >
  /** All columns but the named. */
  drop<K extends Key<S>>(...names: K[]): DataFrame<Unless<S, { [P in Exclude<keyof S, K>]: S[P] }>>
  /** Columns under new names: `{ old: 'new' }`. */
  rename<const M extends { readonly [P in Key<S>]?: string }>(
    names: M & { readonly [P in Exclude<keyof M, Key<S>>]: never },
  ): DataFrame<
    Unless<S, { [P in keyof S as P extends keyof M ? (M[P] extends string ? M[P] : P) : P]: S[P] }>
  >
  /** Groups of rows with equal values in the named columns (null equals null). */
  groupBy<K extends Key<S>>(...names: K[]): GroupedFrame<S, K>
  /** One row over all rows: `agg(o => ({ n: fn.count(), total: o.amount.sum() }))`. */
  agg<E extends Exprs>(
    outputs: (columns: Accessor<S>) => E,
  ): DataFrame<{ [K in keyof E]: ColumnOf<E[K]> }>
  /**
   * Rows of this frame beside rows of `right` with equal keys; null equals nothing. A key called
   * the same on both sides appears once, keys with different names both stay. `left`, `right` and
   * `full` also keep the rows without a partner, with nulls; `semi` and `anti` yield this frame's
   * rows that have one, or none; `cross` pairs all rows.
   */
  join<R, const O extends JoinOptions<Key<S>, Key<R>>>(
    right: DataFrame<R>,
    options: O,
  ): DataFrame<Unless<S, Unless<R, { [P in JoinedNames<S, R, O>]: JoinedColumn<S, R, P, O> }>>>
  /** Ordered by names, expressions, `asc(...)` and `desc(...)`; equal rows keep their order. */
  sort(...keys: (Key<S> | SortKey<Key<S>> | Expr<unknown>)[]): DataFrame<S>
  /** The first `count` rows, after leaving out `offset`. */
  limit(count: number, offset?: number): DataFrame<S>
  /** One row per different value of the named columns (all when none is), the first of each. */
  distinct<K extends Key<S>>(...names: K[]): DataFrame<S>
  /** The rows of this frame, then those of `other`, which has the same column names in order. */
  union<R extends { readonly [K in keyof S]: unknown }>(
    other: DataFrame<R>,
  ): DataFrame<
    Unless<
      S,
      Unless<
        R,
        {
          [K in keyof S]: [Extract<S[K] | R[K & keyof R], Nullable<Base<S[K]>>>] extends [never]
            ? SuperOf<Base<S[K]> | Base<R[K & keyof R]>>
            : Nullable<SuperOf<Base<S[K]> | Base<R[K & keyof R]>>>
        }
      >
    >
  >
  /** The rows of this frame, then those of `other`, which has the same column names in any order. */
  unionByName<R extends { readonly [K in keyof S]: unknown }>(
    other: DataFrame<R>,
  ): DataFrame<
    Unless<
      S,
      Unless<
        R,
        {
          [K in keyof S]: [Extract<S[K] | R[K & keyof R], Nullable<Base<S[K]>>>] extends [never]
            ? SuperOf<Base<S[K]> | Base<R[K & keyof R]>>
            : Nullable<SuperOf<Base<S[K]> | Base<R[K & keyof R]>>>
        }
      >
    >
  >
  /**
   * The different rows that `other` has too, in this frame's order; null equals null. With `duplicates: 'kept'`
   * equal rows count one by one: as many stay as both have.
   */
  intersect<R extends { readonly [K in keyof S]: unknown }>(
    other: DataFrame<R>,
    options?: { readonly duplicates?: 'dropped' | 'kept' },
  ): DataFrame<
    Unless<
      S,
      Unless<
        R,
        {
          [K in keyof S]: [Extract<S[K] | R[K & keyof R], Nullable<Base<S[K]>>>] extends [never]
            ? SuperOf<Base<S[K]> | Base<R[K & keyof R]>>
            : Nullable<SuperOf<Base<S[K]> | Base<R[K & keyof R]>>>
        }
      >
    >
  >
  /**
   * The different rows that `other` has not, in this frame's order; null equals null. With `duplicates: 'kept'`
   * equal rows count one by one: each of other takes away one.
   */
  except<R extends { readonly [K in keyof S]: unknown }>(
    other: DataFrame<R>,
    options?: { readonly duplicates?: 'dropped' | 'kept' },
  ): DataFrame<
    Unless<
      S,
      Unless<
        R,
        {
          [K in keyof S]: [Extract<S[K] | R[K & keyof R], Nullable<Base<S[K]>>>] extends [never]
            ? SuperOf<Base<S[K]> | Base<R[K & keyof R]>>
            : Nullable<SuperOf<Base<S[K]> | Base<R[K & keyof R]>>>
        }
      >
    >
  >
  /**
   * Pairs of rows for which the predicate is true: `(l, r) => l.at.between(r.from, r.to)`. `left`
   * keeps rows without a partner too; `semi` and `anti` yield rows that have one, or none. Names
   * that both sides have get `suffix` (`_right`) behind the right one. Equalities make it fast.
   */
  joinWhere<R, const O extends JoinWhereOptions = JoinWhereOptions>(
    right: DataFrame<R>,
    predicate: (left: Accessor<S>, right: Accessor<R>) => Expr<Maybe<Bool>>,
    options?: O,
  ): DataFrame<Unless<S, Unless<R, { [P in JoinedNames<S, R, O>]: JoinedColumn<S, R, P, O> }>>>
  /**
   * Every row of this frame beside the row of `right` whose key `on` is the nearest that is not
   * greater (`backward`), or not less (`forward`), among those with equal `by`; nulls where there is
   * none. Of equal keys the last is taken going backward, the first going forward. Reads the keys of
   * this frame twice.
   */
  joinAsof<R, const O extends AsofOptions<Key<S>, Key<R>>>(
    right: DataFrame<R>,
    options: O,
  ): DataFrame<
    Unless<
      S,
      Unless<R, { [P in JoinedNames<S, R, AsofJoin<O>>]: JoinedColumn<S, R, P, AsofJoin<O>> }>
    >
  >
  /** The groups of all the names, of all but the last, and so on to one of all rows. */
  rollup<K extends Key<S>>(...names: K[]): GroupingSets<S, K>
  /** The groups of every choice of the names, at most 6. */
  cube<K extends Key<S>>(...names: K[]): GroupingSets<S, K>
  /** The groups of each list of names. The frame is read once for each list. */
  groupingSets<const K extends readonly (readonly Key<S>[])[]>(
    sets: K,
  ): GroupingSets<S, K[number][number]>
  /**
   * Some rows, by chance, in their order: each with the chance `fraction`, or `rows` of them. The
   * same seed (0) over the same version of a table gives the same rows.
   */
  sample(
    options:
      | { readonly fraction: number; readonly seed?: number }
      | { readonly rows: number; readonly seed?: number },
  ): DataFrame<S>
  /** A row of figures for each column, its least and greatest value as text. */
  describe(): DataFrame<{
    column: Utf8
    count: Int64
    nulls: Int64
    min: Null<Utf8>
    max: Null<Utf8>
    mean: Null<Float64>
    stddev: Null<Float64>
  }>
  /**
   * One row per value of `index`, and a column for each of `values`: what `agg` makes of `value`
   * over the rows whose `on` it is.
   */
  pivot<
    const I extends Key<S> | readonly Key<S>[],
    const V extends readonly (string | number | bigint | boolean)[],
    N extends Key<S>,
    A extends PivotAggregate,
  >(options: {
    readonly index: I
    readonly on: Key<S>
    readonly values: V
    readonly value: N
    readonly agg: A
  }): DataFrame<
    Unless<
      S,
      {
        [P in PivotIndex<I> | `${V[number]}`]: P extends `${V[number]}`
          ? PivotColumn<S[N & keyof S], A>
          : S[P & keyof S]
      }
    >
  >
  /**
   * One row per value of `index`, and for each of `values` a column that counts the rows whose `on` it
   * is. Without `values` a first query finds them, and the columns are their texts, ascending; LIMIT
   * for more than 1,000 of them.
   */
  crosstab<
    const I extends Key<S> | readonly Key<S>[],
    const V extends readonly (string | number | bigint | boolean)[],
  >(options: {
    readonly index: I
    readonly on: Key<S>
    readonly values: V
  }): DataFrame<
    Unless<
      S,
      {
        [P in PivotIndex<I> | `${V[number]}`]: P extends `${V[number]}` ? Int64 : S[P & keyof S]
      }
    >
  >
  crosstab(
    options: { readonly index: Key<S> | readonly Key<S>[]; readonly on: Key<S> } & ActionOptions,
  ): Promise<DataFrame<Untyped>>
  /**
   * For each row a row per column of `on`: its name in column `name`, its value in `value`, nulls
   * included. The other columns stay.
   */
  unpivot<
    K extends Key<S>,
    const N extends string = 'name',
    const V extends string = 'value',
  >(options: {
    readonly on: readonly [K, ...K[]]
    readonly name?: N
    readonly value?: V
  }): DataFrame<
    Unless<
      S,
      {
        [P in Exclude<keyof S, K> | N | V]: P extends N
          ? Utf8
          : P extends V
            ? UnpivotColumn<S[K & keyof S]>
            : S[P & keyof S]
      }
    >
  >
  /** In each named column the first value of a pair replaced by the second. */
  replace<const M extends Replacements<S>>(replacements: M): DataFrame<S>
  /**
   * Frames that hold every row once, each row in one of them by chance, in proportion to the
   * weights. The same seed (0) over the same version of a table gives the same frames.
   */
  randomSplit<const W extends readonly [number, ...number[]]>(
    weights: W,
    options?: { readonly seed?: number },
  ): { readonly [P in keyof W]: DataFrame<S> }
  /** Of the rows with each value a share by chance: `sampleBy('kind', [['a', 0.1], ['b', 1]])`. */
  sampleBy<K extends Key<S>>(
    name: K,
    fractions: readonly (readonly [value: ValueOf<S, K> | null, fraction: number])[],
    options?: { readonly seed?: number },
  ): DataFrame<S>
  /**
   * Groups by windows of time that begin `every` so often, counted from 1970-01-01 (weeks on
   * Mondays) and moved by `offset`, and are `period` (`every`) long; rows without a time are left
   * out. A row may be in several, or none. `closed` says which ends are in a window (`left`). The
   * time column holds the window's start: `'15m'`, `'1mo'`, ...
   */
  groupByDynamic<N extends TimeKey<S>, K extends Key<S> = never>(
    name: N,
    options: {
      readonly every: Duration
      readonly period?: Duration
      readonly offset?: Duration | `-${Duration}`
      readonly closed?: Closed
      readonly by?: K | readonly K[]
    },
  ): GroupedFrame<S, N | K>
  /**
   * For each row what `agg` makes of the rows of its group `by` in the time before it: `period` long,
   * itself and its equals in it, the other end not (`closed`: `right`). Rows without a time are left out.
   * INVALID for months and years.
   */
  rolling<N extends TimeKey<S>, K extends Key<S> = never>(
    name: N,
    options: {
      readonly period: Duration
      readonly closed?: Closed
      readonly by?: K | readonly K[]
    },
  ): GroupedFrame<S, N | K>
  /**
   * Rows added where the next time of the group `by` is more than `every` away, with nulls but for
   * the time and the group, each behind the row that it follows. INVALID for months and years.
   */
  fillGaps<N extends TimeKey<S>, K extends Key<S> = never>(
    name: N,
    options: { readonly every: Duration; readonly by?: K | readonly K[] },
  ): DataFrame<Unless<S, { [P in keyof S]: P extends N | K ? S[P] : Nullable<S[P]> }>>
  /** A join on all the names that both frames have. INVALID when there is none. */
  naturalJoin<R, const O extends { readonly how?: JoinKind } = { how: 'inner' }>(
    right: DataFrame<R>,
    options?: O,
  ): DataFrame<
    Unless<
      S,
      Unless<
        R,
        {
          [P in JoinedNames<S, R, NaturalJoin<S, R, O>>]: JoinedColumn<
            S,
            R,
            P,
            NaturalJoin<S, R, O>
          >
        }
      >
    >
  >
  /** Runs the query and answers a frame over its rows in memory, for asking them more than once. */
  cache(options?: ActionOptions): Promise<DataFrame<S>>
  /**
   * Runs the query, calls `body` for each row, some at a time, and answers a frame over the rows in memory
   * with what it answered beside them: for what waits, such as a model, a service or a file. Rows keep their order;
   * `body` is called once for each, and again by nothing. The first that fails ends the others' signal.
   *
   * @param columns The types of what `body` answers, to which it is held.
   * Throws INVALID naming the row where `body` throws (its error is the `cause`) or answers something else.
   * @example await orders.mapRows({ mood: t.utf8() }, async (o) => ({ mood: await moodOf(o.customer) }))
   */
  mapRows<C extends SchemaValue, K extends Key<S> = Key<S>>(
    columns: C,
    body: (
      row: Row<Unless<S, { [P in K]: P extends keyof S ? S[P] : never }>>,
      context: RowContext,
    ) => Answer<C> | Promise<Answer<C>>,
    options?: MapRowsOptions<K>,
  ): Promise<
    DataFrame<
      Unless<
        S,
        {
          [P in keyof S | keyof C]: P extends keyof C
            ? C[P] extends ColumnType<infer T>
              ? T
              : never
            : P extends keyof S
              ? S[P]
              : never
        }
      >
    >
  >
  /**
   * A row for each value in the list column, in order, with the value in the list's place. Rows
   * whose list is null or empty are left out, or with `empty: 'kept'` stay with a null.
   */
  explode<K extends ListKey<S>>(
    name: K,
    options?: ExplodeOptions,
  ): DataFrame<Unless<S, { [P in keyof S]: P extends K ? ExplodedColumn<S[P]> : S[P] }>>
  /**
   * A row for each value of the array or object at `path` (`$`) of a json column, with the value
   * beside it in column `as` (`value`). Rows without one are treated as in `explode`.
   */
  flatten<const A extends string = 'value'>(
    name: JsonKey<S>,
    options?: ExplodeOptions & { readonly path?: string; readonly as?: A },
  ): DataFrame<
    Unless<S, { [P in keyof S | A]: P extends A ? Null<Json> : P extends keyof S ? S[P] : never }>
  >
  /**
   * Nulls replaced: by `{ column: value }`, or by one value in every column whose type it fits
   * (a string fills text, not dates).
   */
  fillNull<const V extends FillValue<S>>(
    value: V,
  ): DataFrame<Unless<S, { [K in keyof S]: Filled<S[K], K, V> }>>
  /** The rows without null in the named columns (in all, when none is). */
  dropNulls<K extends Key<S> = Key<S>>(
    ...names: K[]
  ): DataFrame<Unless<S, { [P in keyof S]: P extends K ? Base<S[P]> : S[P] }>>
  /**
   * This frame, typed by `schema`, whose columns it has to have, in order and of the same types. Throws
   * INVALID, naming both, where it has others.
   */
  assertSchema<C extends SchemaValue>(
    schema: C,
  ): DataFrame<{ [K in keyof C]: C[K] extends ColumnType<infer T> ? T : never }>
  /** What `step` makes of this frame. */
  pipe<T>(step: (frame: DataFrame<S>) => T): T

  /** All rows as an Arrow table. */
  collect(options?: QueryOptions): Promise<ArrowTable>
  /** All rows as objects. */
  toArray<const O extends RowsOptions = RowsOptions>(options?: O): Promise<Row<S, O>[]>
  /** Arrow record batches as they come; leaving the loop ends the reading. */
  batches(options?: BatchesOptions): AsyncGenerator<ArrowBatch, void, undefined>
  /** Rows as objects as they come; leaving the loop ends the reading. */
  [Symbol.asyncIterator](): AsyncGenerator<Row<S>, void, undefined>
  /** How many rows there are. */
  count(options?: QueryOptions): Promise<number>
  /** The first row; undefined when there is none. */
  first<const O extends RowsOptions = RowsOptions>(options?: O): Promise<Row<S, O> | undefined>
  /** Prints the first `rows` (10) as a table to standard output. */
  show(rows?: number, options?: ShowOptions): Promise<void>
  /** Prints a line for each column, with its first values, to standard output. */
  glimpse(options?: ShowOptions): Promise<void>
  /** The first `rows` (10) as a Markdown table; a line below says so when there are more. */
  toMarkdown(rows?: number, options?: ActionOptions): Promise<string>
  /** The first `rows` (10) as an HTML table with a caption; everything in it is escaped. */
  toHTML(rows?: number, options?: ActionOptions): Promise<string>
  /** How the query will be run, or with `analyze` how it was. */
  explain(options?: ExplainOptions): Promise<string>
  /** The logical plan as JSON, for programs that run it; LIMIT above 10,000 rows in memory. */
  toPlan(): Promise<PlanJson>
  /**
   * Runs the query, on one thread and whatever the cache of results holds, and tells what each step
   * did: `.text()`, `.toJSON()`, and `.html()` for a page with the plan drawn.
   */
  profile(options?: ActionOptions): Promise<QueryProfile>
  /** Writes all rows to a CSV file, whole or not at all. */
  toCSV(path: string, options?: ActionOptions & CsvFormat): Promise<ExportResult>
  /** Writes all rows to a file of JSON lines, whole or not at all; numbers keep all their digits. */
  toNDJSON(path: string, options?: ActionOptions): Promise<ExportResult>
  /**
   * Writes all rows to an Arrow IPC file, whole or not at all: in the file format, or with a path that ends
   * with `.arrows` in the stream format.
   */
  toArrowIPC(path: string, options?: ActionOptions): Promise<ExportResult>
  /** Writes all rows to a Parquet file (snappy), whole or not at all; json columns are text there. */
  toParquet(path: string, options?: ActionOptions): Promise<ExportResult>
  /**
   * Writes all rows to files `part-00001.csv`, ... of a new folder, all of them or none, each
   * of at most `fileRows` (1,000,000) rows: CSV, or what `format` says. INVALID when the folder exists.
   */
  unload(folder: string, options?: UnloadOptions): Promise<Unloaded>
  /**
   * Writes all rows to a table, in one commit: of this frame's database, or of `database`.
   * INVALID when the frame belongs to none.
   */
  write(
    table: string,
    options?: WriteOptions & { readonly database?: WriteTarget },
  ): Promise<WriteResult>
}

/** Rows of a frame `S` in groups by the columns `K`, waiting for what to compute of each. */
export interface GroupedFrame<S, K extends PropertyKey> {
  /**
   * One row per group: its keys, then `outputs`, in order of first appearance. Columns other than
   * keys stand inside aggregates; INVALID otherwise.
   */
  agg<E extends Exprs>(
    outputs: (columns: Accessor<S>) => E,
  ): DataFrame<
    Unless<
      S,
      {
        [P in K | keyof E]: P extends keyof E ? ColumnOf<E[P]> : P extends keyof S ? S[P] : never
      }
    >
  >
}

/** Rows of a frame `S` in groups by some of the columns `K` at a time; the others are null then. */
export interface GroupingSets<S, K extends PropertyKey> {
  /** One row per group of every set, one set after another: the keys, then `outputs`. */
  agg<E extends Exprs>(
    outputs: (columns: Accessor<S>) => E,
  ): DataFrame<
    Unless<
      S,
      {
        [P in K | keyof E]: P extends keyof E
          ? ColumnOf<E[P]>
          : P extends keyof S
            ? Nullable<S[P]>
            : never
      }
    >
  >
}

/** A frame whose columns the compiler does not know. */
export type AnyFrame = DataFrame<Untyped>
