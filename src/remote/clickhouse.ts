import type { Batch } from '../arrow/batch.ts'
import { clip, GraupelError, invalid, throwIfAborted } from '../error.ts'
import { type EngineDoor, engineDoor, type QueryEngine } from '../frame/query-engine.ts'
import { newUuid } from '../io/clock-and-ids.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'
import { batchesOfAnswer } from './answer.ts'
import type { BucketAccess, BucketKeys } from './bucket-place.ts'
import { sqlOfPlan } from './sql-of-plan.ts'

/** Where ClickHouse is, and how it reaches the bucket. */
export interface ClickHouseOptions {
  /** HTTP address of any server, such as `https://clickhouse.example.org:8443`. */
  readonly url: string
  /** `default` unless told. */
  readonly user?: string
  /** Empty unless told. */
  readonly password?: string
  /**
   * The bucket's endpoint as the servers see it. Must be given for AWS, with its region:
   * `https://s3.eu-central-1.amazonaws.com`. For others the lake's own unless told.
   */
  readonly endpoint?: string
  /** Keys that the servers read the bucket with; none where they have a role of their own. */
  readonly s3Credentials?: BucketKeys
  /**
   * What becomes of a plan that ClickHouse cannot run with the same meaning: `refuse`, as without
   * it, throws INVALID and names the node; `local` runs all of it here.
   */
  readonly otherwise?: 'refuse' | 'local'
}

/**
 * SQL's meaning where ClickHouse has another by default. An external table cannot come in between:
 * what the statement reads is in it.
 */
const SETTINGS = {
  aggregate_functions_null_for_empty: 1,
  cast_keep_nullable: 1,
  join_use_nulls: 1,
  precise_float_parsing: 1,
  // It tries filters on rows that are not there, which our checks would take for missing files.
  query_plan_convert_outer_join_to_inner_join: 0,
  short_circuit_function_evaluation: 'force_enable',
  max_query_size: String(1 << 30),
  max_ast_elements: '10000000',
  max_expanded_ast_elements: '10000000',
  output_format_arrow_string_as_string: 1,
  output_format_arrow_compression_method: 'none',
  // An error after the first byte would come as a cut connection.
  wait_end_of_query: 1,
} as const

/**
 * An engine for `frame.collect({ engine })`: ClickHouse reads the table's own files from its bucket.
 * The plan is optimized here first, so that it is given only the files that are left. Needs the
 * optional package `@clickhouse/client`, which is imported when a query is run.
 *
 * Rows come in the order of a `sort` that is the last but for filters, projections and limits, equal
 * rows in any order; without one in any order. What ClickHouse cannot do with the same meaning is
 * INVALID before anything is run, naming the node. A query that fails there is UNAVAILABLE or INVALID
 * with ClickHouse's code in the facts, DATA when a file is not what its metadata says.
 *
 * Throws INVALID for an option that cannot be.
 */
export function clickhouse(options: ClickHouseOptions): QueryEngine {
  const {
    url,
    user = 'default',
    password = '',
    endpoint = null,
    s3Credentials = null,
    otherwise = 'refuse',
  } = options
  for (const [option, value] of Object.entries({ url, endpoint })) {
    if (value === null) continue
    if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
      throw invalid(`clickhouse: ${option} has to be an http or https URL`, { option })
    }
  }
  if (otherwise !== 'refuse' && otherwise !== 'local') {
    throw invalid('clickhouse: otherwise can be "refuse" or "local"', { option: 'otherwise' })
  }
  const access: BucketAccess = { endpoint, keys: s3Credentials }
  const door: EngineDoor = {
    takes: (plan) => isTaken(plan, access, otherwise),
    run: (plan, { signal }) => runPlan(plan, access, { url, username: user, password, signal }),
    explain: (plan) => sqlOfPlan(plan, hiddenKeys(access)),
  }
  return Object.freeze({ [engineDoor]: Object.freeze(door) })
}

function isTaken(plan: LogicalPlan, access: BucketAccess, otherwise: 'refuse' | 'local'): boolean {
  try {
    sqlOfPlan(plan, access)
    return true
  } catch (error) {
    if (otherwise === 'local' && isRefusal(error)) return false
    throw error
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof GraupelError && error.facts['node'] !== undefined

const hiddenKeys = ({ endpoint, keys }: BucketAccess): BucketAccess => ({
  endpoint,
  keys: keys && { accessKeyId: '...', secretAccessKey: '...' },
})

/** Without a byte of an answer: queries are ended by their signal. */
const TIMEOUT_MS = 3_600_000

interface Connection {
  readonly url: string
  readonly username: string
  readonly password: string
  readonly signal: AbortSignal | undefined
}

async function* runPlan(
  plan: LogicalPlan,
  access: BucketAccess,
  { signal, ...server }: Connection,
): AsyncGenerator<Batch, void, undefined> {
  const sql = sqlOfPlan(plan, access)
  throwIfAborted(signal)
  const { ClickHouseLogLevel, createClient } = await loadClient()
  const client = createClient({
    ...server,
    log: { level: ClickHouseLogLevel.OFF },
    request_timeout: TIMEOUT_MS,
    clickhouse_settings: SETTINGS,
  })
  const queryId = newUuid()
  try {
    const query = `${sql} FORMAT ArrowStream`
    const given = { query, query_id: queryId, ...(signal && { abort_signal: signal }) }
    const { stream } = await client.exec(given)
    const bytes: Uint8Array[] = []
    for await (const chunk of stream) bytes.push(chunk)
    yield* await batchesOfAnswer(Buffer.concat(bytes), plan.schema)
  } catch (cause) {
    if (signal?.aborted === true) {
      // The cut connection ends it as well; where it does not, this does.
      await client
        .command({ query: `KILL QUERY WHERE query_id = '${queryId}' ASYNC` })
        .catch(() => {})
      throwIfAborted(signal)
    }
    throw cause instanceof GraupelError ? cause : failure(cause, queryId)
  } finally {
    await client.close()
  }
}

async function loadClient(): Promise<typeof import('@clickhouse/client')> {
  try {
    return await import('@clickhouse/client')
  } catch (cause) {
    throw invalid('the engine needs the package: npm install @clickhouse/client', {
      cause: String(cause),
    })
  }
}

/** Codes of ClickHouse for what the query itself did: overflow, a zero divisor, a value's form. */
const OF_THE_QUERY = new Set(['6', '69', '70', '153', '321', '349', '395', '407'])

function failure(cause: unknown, queryId: string): GraupelError {
  const { code, message } = cause as { readonly code?: string; readonly message?: string }
  const text = String(message ?? cause)
  const facts = { engine: 'clickhouse', engineCode: code, queryId }
  const isData = code === '395' && text.includes('graupel: ')
  const kind = isData ? 'DATA' : OF_THE_QUERY.has(String(code)) ? 'INVALID' : 'UNAVAILABLE'
  return new GraupelError(kind, `ClickHouse: ${clip(text)}`, facts, { cause })
}
