// Writes docs/coverage.md: the methods of Snowpark's DataFrame and Column, and what stands for them.
//   npx tsx scripts/coverage.ts
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { LazyFrame } from '../src/frame/lazy-frame.ts'
import { StoredDatabase } from '../src/frame/stored-database.ts'
import { col } from '../src/index.ts'
import { FUNCTIONS } from './coverage-functions.ts'
import { declaredMethods } from './functions.ts'
import { markdownTable } from './markdown-table.ts'

/** Snowpark's name; ours, of which the first word is a method that must exist; a remark. */
export type Pair = readonly [theirs: string, ours: string | null, remark?: string]

const MODEL = 'with a model that your function calls'

const FRAME: readonly Pair[] = [
  ['select', 'select'],
  ['select_expr', null, 'it takes SQL, and there is none; `select` takes expressions'],
  ['with_column', 'withColumns'],
  ['with_columns', 'withColumns'],
  ['with_column_renamed', 'rename'],
  ['rename', 'rename'],
  ['drop', 'drop'],
  ['to_df', 'rename'],
  ['col', 'select', 'in a callback, as `o.name`; or `col(name)`'],
  ['col_ilike', 'selectLike', "with `case: 'ignored'`"],
  ['flatten', 'flatten', '`explode` for lists'],
  ['filter', 'filter'],
  ['where', 'filter'],
  ['sort', 'sort'],
  ['order_by', 'sort'],
  ['limit', 'limit'],
  ['distinct', 'distinct'],
  ['drop_duplicates', 'distinct', 'by named columns'],
  ['dropna', 'dropNulls'],
  ['fillna', 'fillNull'],
  ['replace', 'replace'],
  ['sample', 'sample'],
  ['sample_by', 'sampleBy'],
  ['random_split', 'randomSplit'],
  ['agg', 'agg'],
  ['group_by', 'groupBy'],
  ['group_by_grouping_sets', 'groupingSets'],
  ['cube', 'cube'],
  ['rollup', 'rollup'],
  ['pivot', 'pivot'],
  ['unpivot', 'unpivot'],
  ['crosstab', 'crosstab'],
  ['join', 'join', '`joinAsof` for asof, `joinWhere` for predicates'],
  ['natural_join', 'naturalJoin'],
  ['cross_join', 'join', "`how: 'cross'`"],
  ['lateral_join', 'flatten', 'of json and lists; no other correlated frames'],
  ['join_table_function', 'explode', 'of a list that an expression makes'],
  ['union', 'union', 'followed by `distinct`'],
  ['union_all', 'union'],
  ['union_by_name', 'unionByName', 'followed by `distinct`'],
  ['union_all_by_name', 'unionByName'],
  ['intersect', 'intersect'],
  ['except_', 'except'],
  ['minus', 'except'],
  ['subtract', 'except'],
  ['describe', 'describe'],
  ['approx_quantile', 'agg', 'with `approxQuantile`'],
  ['corr', 'agg', 'with `corr`'],
  ['cov', 'agg', 'with `covarSamp`'],
  ['analytics.moving_agg', 'withColumns', 'with `over({ rows })`'],
  ['analytics.cumulative_agg', 'withColumns', 'with `over({ orderBy })`'],
  ['analytics.compute_lag', 'withColumns', 'with `lag`'],
  ['analytics.compute_lead', 'withColumns', 'with `lead`'],
  ['analytics.time_series_agg', 'withColumns', 'with `over({ range })`'],
  ...['classify', 'complete', 'embed', 'extract', 'filter', 'parse_document'].map((name) =>
    asksModel(name),
  ),
  ...['sentiment', 'transcribe'].map((name) => asksModel(name)),
  ...['agg', 'summarize_agg'].map((name) => asksModel(name, 'after `listAgg`, ')),
  ['ai.count_tokens', 'mapRows', 'with the tokenizer of the model, which you bring'],
  ['ai.similarity', 'list.cosineSimilarity', 'of embeddings; `list.distance`, `list.dot`'],
  ['ai.split_text_recursive_character', 'str.chunk', 'by length alone, then `explode`'],
  ['ai.split_text_markdown_header', null, 'no text is taken for Markdown'],
  ['collect', 'collect'],
  ['collect_nowait', 'collect', 'every action is a promise'],
  ['count', 'count'],
  ['first', 'first'],
  ['take', 'limit'],
  ['show', 'show'],
  ['to_local_iterator', 'batches', 'or `for await` over the frame'],
  ['to_pandas', 'toArray', 'or `collect`, an Arrow table'],
  ['to_pandas_batches', 'batches'],
  ['to_snowpark_pandas', null, 'there is no pandas in JavaScript'],
  ['explain', 'explain'],
  ['cache_result', 'cache', 'in memory'],
  ['copy_into_table', 'write'],
  ['create_or_replace_view', 'createView', 'of a database, with `orReplace`'],
  ['create_or_replace_temp_view', 'createView', 'with `orReplace` and `temporary`'],
  ['create_temp_view', 'createView', 'with `temporary`'],
  ['create_or_replace_dynamic_table', null, 'nothing runs by itself'],
  ['write.save_as_table', 'write'],
  ['write.insert_into', 'write'],
  ['write.copy_into_location', 'unload'],
  ['write.csv', 'toCSV'],
  ['write.json', 'toNDJSON'],
  ['write.parquet', 'toParquet'],
  ['write.save', 'toCSV'],
  ['schema', 'schema'],
  ['columns', 'schema'],
  ['dtypes', 'schema'],
  ['print_schema', 'schema', 'or `console.log` of the frame'],
]

/** A function of `ai` that is a call of a model for each row. */
function asksModel(name: string, before = ''): Pair {
  return [`ai.${name}`, 'mapRows', `${before}${MODEL}`]
}

/** What is not among the 96: methods of groups, of other classes, and newer ones. */
const BESIDE: readonly Pair[] = [
  ['na.drop, na.fill, na.replace', 'dropNulls', '`fillNull`, `replace`'],
  ['stat.approx_quantile, corr, cov, crosstab, sample_by', 'agg', 'as above'],
  ['grouped agg, avg, count, max, mean, median, min, sum', 'agg', 'after `groupBy`'],
  ['grouped builtin, function', 'agg', 'functions are methods'],
  ['grouped ai_agg', 'mapRows', `after \`listAgg\`, ${MODEL}`],
  ['grouped apply_in_pandas', null, 'there is no pandas; `collectList`, then `mapRows`'],
  ['map, map_in_pandas', 'mapRows', 'or `udf` and `batchUdf` in an expression'],
  ['ai.multi_embed, ai.redact, ai.translate', 'mapRows', MODEL],
  ['queries', 'explain'],
  ['is_cached', null, '`cache` answers another frame'],
  ['session', null, 'a frame knows its lake by itself'],
]

const COLUMN: readonly Pair[] = [
  ['alias, as_, name', null, 'the key of the output object'],
  ['asc, desc', null, '`asc(...)`, `desc(...)` with `nulls`'],
  ['between', 'between'],
  ['bitand', 'bitAnd'],
  ['bitor', 'bitOr'],
  ['bitxor', 'bitXor'],
  ['cast, astype', 'cast'],
  ['try_cast', 'tryCast'],
  ['collate', null],
  ['startswith', 'str', '`str.startsWith`'],
  ['endswith', 'str', '`str.endsWith`'],
  ['equal_nan', 'isNan'],
  ['equal_null, eqNullSafe', 'eqNullSafe'],
  ['getItem', 'json', '`json.get`'],
  ['get_name', null],
  ['in_, isin', 'in'],
  ['is_null', 'isNull'],
  ['is_not_null', 'isNotNull'],
  ['like', 'str', '`str.like`'],
  ['regexp, rlike', 'str', '`str.matches`'],
  ['over', 'over'],
  ['substr, substring', 'str', '`str.slice`'],
  ['within_group', 'listAgg', 'with `orderBy`; `quantile` needs none'],
  ['when, otherwise', null, '`when(...).then(...).otherwise(...)`'],
]

function table(pairs: readonly Pair[], has: (name: string) => boolean): string {
  const rows = pairs.map(([theirs, ours, remark = '']) => {
    if (ours !== null && !has(ours)) throw new Error(`there is no method ${ours} for ${theirs}`)
    return [`\`${theirs}\``, ours === null ? '-' : `\`${ours}\``, remark]
  })
  return markdownTable([['Snowpark', 'Graupel', 'remark'], ...rows])
}

/** The text of docs/coverage.md. Throws when it names a method that does not exist. */
export function coverageText(): string {
  const functions = new Set(declaredMethods().map(({ key }) => key))
  const isFrame = (name: string) =>
    name in LazyFrame.prototype || name in StoredDatabase.prototype || functions.has(name)
  const column = col('x')
  const isColumn = (name: string) => name in column
  const known = FRAME.filter(([, ours]) => ours !== null).length
  const models = FRAME.filter(([, , remark]) => remark?.includes(MODEL)).length
  // What is no method is an expression of several, which a remark spells out.
  const isFunction = (name: string) => functions.has(name) || name === 'when' || name === 'lit'
  const pairs = FUNCTIONS.flatMap(([, list]) => list)
  const covered = pairs.filter(([, ours]) => ours !== null).length
  return `# Coverage of Snowpark

Made by \`scripts/coverage.ts\`; a test compares the two. Of the ${FRAME.length} names of Snowpark's DataFrame, its
analytics, writer and AI functions, ${known} have an equivalent here. ${models} of these ask a language model there; here they are a call
of [\`mapRows\`](querying.md#functions-that-wait), and which model is asked, and how, is yours: none comes with this library.

## DataFrame

${table(FRAME, isFrame)}

## Beside these

${table(BESIDE, isFrame)}

## Column

${table(COLUMN, isColumn)}

## Functions

${covered} of ${pairs.length} everyday functions of Snowflake have an equivalent; [functions.md](functions.md) has all of ours. Not counted are those of
geography, AI, sessions, users and files.

${FUNCTIONS.map(([title, list]) => `### ${title}\n\n${table(list, isFunction)}`).join('\n\n')}
`
}

const target = fileURLToPath(new URL('../docs/coverage.md', import.meta.url))
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, coverageText())
