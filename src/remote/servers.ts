import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import { GraupelError, invalid } from '../error.ts'
import { pause } from '../io/clock-and-ids.ts'
import { failure } from './failure.ts'
import { sqlText } from './sql-type.ts'

/** Where servers are, and who asks. */
export interface ServersOptions {
  readonly urls: readonly string[]
  readonly username: string
  readonly password: string
}

/**
 * SQL's meaning where ClickHouse has another by default, and what must not be otherwise in a profile
 * of the servers: a part that is left out without a word.
 */
const SETTINGS: ClickHouseSettings = {
  aggregate_functions_null_for_empty: 0,
  cancel_http_readonly_queries_on_client_close: 1,
  cast_keep_nullable: 1,
  distinct_overflow_mode: 'throw',
  // Else the start of a year before 1970 or after 2149 is another day.
  enable_extended_results_for_datetime_functions: 1,
  group_by_overflow_mode: 'throw',
  // Else a column that is not there is null in all rows, and a filter that knows no NaN skips some.
  input_format_parquet_allow_missing_columns: 0,
  input_format_parquet_bloom_filter_push_down: 0,
  input_format_parquet_filter_push_down: 0,
  input_format_parquet_page_filter_push_down: 0,
  join_any_take_last_row: 0,
  join_overflow_mode: 'throw',
  join_use_nulls: 1,
  limit: '0',
  max_ast_elements: '10000000',
  max_expanded_ast_elements: '10000000',
  max_query_size: String(1 << 30),
  offset: '0',
  output_format_arrow_compression_method: 'none',
  output_format_arrow_string_as_string: 1,
  precise_float_parsing: 1,
  // It tries filters on rows that are not there, which our checks would take for missing files.
  query_plan_convert_outer_join_to_inner_join: 0,
  read_overflow_mode: 'throw',
  result_overflow_mode: 'throw',
  // A file that was cut to nothing has been cut.
  s3_skip_empty_files: 0,
  short_circuit_function_evaluation: 'force_enable',
  skip_unavailable_shards: 0,
  sort_overflow_mode: 'throw',
  timeout_overflow_mode: 'throw',
  use_cache_for_count_from_files: 0,
}

/** Of statements that write: all is written when they answer, and never over what is there. */
const OF_WRITES: ClickHouseSettings = {
  max_partitions_per_insert_block: '0',
  s3_create_new_file_on_insert: 0,
  s3_truncate_on_insert: 0,
  wait_end_of_query: 1,
}

/** Without a byte of an answer: queries are ended by their signal. */
const TIMEOUT_MS = 3_600_000
/** For a question that any living server answers at once. */
const PROBE_MS = 10_000
const KILL_ROUNDS_MAX = 20

/** What a statement has answered so far. */
export interface Answer {
  readonly chunks: AsyncIterable<Uint8Array>
  /** Bytes that ClickHouse had read when it began to answer. */
  readonly readBytes: number
}

/** What a statement that writes has done. */
export interface Written {
  readonly rows: number
  readonly readBytes: number
}

interface StatementOptions {
  readonly queryId: string
  readonly signal: AbortSignal
}

/** What becomes of the text of an error. */
type Failed = (text: string, cause?: unknown) => GraupelError

/** Connections to the servers of one ClickHouse, for one query. */
export class Servers {
  readonly #clients: readonly ClickHouseClient[]
  #first = 0

  private constructor(clients: readonly ClickHouseClient[]) {
    this.#clients = clients
  }

  static async open({ urls, username, password }: ServersOptions): Promise<Servers> {
    const { ClickHouseLogLevel, createClient } = await loadClient()
    const clients = urls.map((url) =>
      createClient({
        url,
        username,
        password,
        log: { level: ClickHouseLogLevel.OFF },
        request_timeout: TIMEOUT_MS,
        keep_alive: { enabled: false },
        clickhouse_settings: SETTINGS,
      }),
    )
    return new Servers(clients)
  }

  get #client(): ClickHouseClient {
    return this.#clients[this.#first]!
  }

  /** Sends statements from now on to a server that answers. False when none does. */
  async chooseLiving(): Promise<boolean> {
    for (const [at, client] of this.#clients.entries()) {
      if (!(await isLiving(client))) continue
      this.#first = at
      return true
    }
    return false
  }

  /** Numbers of the servers that answer. */
  async living(): Promise<number[]> {
    const answers = await Promise.all(this.#clients.map(isLiving))
    return answers.flatMap((answers, at) => (answers ? [at] : []))
  }

  /** Begins a statement. Throws what `failed` makes of the text of an error. */
  async begin(query: string, options: StatementOptions, failed: Failed): Promise<Answer> {
    try {
      // The client hears of a signal only when it fires later, and listens until the answer begins.
      options.signal.throwIfAborted()
      const { stream, summary, http_status_code } = await this.#client.exec({
        query: `${query} FORMAT ArrowStream`,
        query_id: options.queryId,
        abort_signal: options.signal,
        ignore_error_response: true,
      })
      const cut = () => stream.destroy(new Error('aborted'))
      if (options.signal.aborted) cut()
      options.signal.addEventListener('abort', cut, { once: true })
      if ((http_status_code ?? 200) < 400) {
        return { chunks: stream, readBytes: Number(summary?.read_bytes ?? 0) }
      }
      const said: Uint8Array[] = []
      for await (const chunk of stream) said.push(chunk)
      const text = Buffer.concat(said).toString()
      throw failed(text, new Error(text))
    } catch (cause) {
      throw cause instanceof GraupelError ? cause : failed(String(cause), cause)
    }
  }

  /**
   * Runs a statement that writes, by server `at`. When the signal fires it is ended there; this waits for what
   * the server answers, since only then it writes no more, unless the server is gone.
   */
  async write(
    at: number,
    query: string,
    { queryId, signal }: StatementOptions,
    failed: Failed,
  ): Promise<Written> {
    signal.throwIfAborted()
    const client = this.#clients[at]!
    const over = new AbortController()
    const end = async () => {
      while (!over.signal.aborted && (await isLiving(client))) {
        await this.#killed(client, queryId).catch(() => false)
        await pause(50)
      }
      over.abort()
    }
    signal.addEventListener('abort', end, { once: true })
    try {
      const { summary } = await client.command({
        query,
        query_id: queryId,
        abort_signal: over.signal,
        clickhouse_settings: OF_WRITES,
      })
      return { rows: Number(summary?.written_rows), readBytes: Number(summary?.read_bytes ?? 0) }
    } catch (cause) {
      await this.kill(queryId)
      throw failed(saidBy(cause), cause)
    } finally {
      signal.removeEventListener('abort', end)
      over.abort()
    }
  }

  /** The rows of a statement that reads, by server `at`. */
  async rows<Row>(
    at: number,
    query: string,
    { queryId, signal }: StatementOptions,
    failed: Failed,
  ): Promise<Row[]> {
    try {
      const answer = await this.#clients[at]!.query({
        query,
        query_id: queryId,
        abort_signal: signal,
        format: 'JSONEachRow',
      })
      return await answer.json<Row>()
    } catch (cause) {
      throw failed(saidBy(cause), cause)
    }
  }

  /** Bytes that the running statement has read so far, everywhere; null when it does not run. */
  async readBytes(queryId: string): Promise<number | null> {
    const rows = await this.#ask<{ readonly bytes: string }>(
      `SELECT toString(read_bytes) AS bytes FROM system.processes WHERE query_id = ${sqlText(queryId)}`,
    )
    return rows.length === 0 ? null : Number(rows[0]!.bytes)
  }

  /** Ends the statement and its fragments on every server that is known and answers. */
  async kill(queryId: string): Promise<void> {
    // A fragment may begin after its server was told.
    for (let round = 0; round < KILL_ROUNDS_MAX; round++) {
      const told = await Promise.all(
        this.#clients.map((of) =>
          this.#killed(of, queryId).catch(async () => !(await isLiving(of))),
        ),
      )
      if (told.every((is) => is)) return
      await pause(50)
    }
  }

  /** Ends the statement on one server. Whether it runs there no more. */
  async #killed(client: ClickHouseClient, queryId: string): Promise<boolean> {
    const id = sqlText(queryId)
    const where = `WHERE query_id = ${id} OR initial_query_id = ${id}`
    const abort_signal = AbortSignal.timeout(PROBE_MS)
    await client.command({ query: `KILL QUERY ${where} SYNC`, abort_signal })
    const query = `SELECT 1 AS one FROM system.processes ${where} LIMIT 1`
    const left = await client.query({ query, format: 'JSONEachRow', abort_signal })
    return (await left.json()).length === 0
  }

  /** Addresses of all servers of the cluster `name`. Throws INVALID when there are none. */
  async nodesOf(name: string): Promise<string[]> {
    const rows = await this.#ask<{ readonly node: string }>(
      `SELECT DISTINCT concat(host_name,':',toString(port)) AS node FROM system.clusters WHERE cluster = ${sqlText(name)} ORDER BY node`,
    )
    if (rows.length > 0) return rows.map(({ node }) => node)
    throw invalid(`clickhouse: the servers know no cluster "${name}"`, { option: 'cluster' })
  }

  /** Whether fragments that `placed` puts somewhere would be run. */
  async reaches(placed: (sql: string) => string): Promise<boolean> {
    try {
      await this.#ask(`SELECT 1 AS one FROM ${placed('SELECT 1 AS one')}`)
      return true
    } catch {
      return false
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()))
  }

  async #ask<Row>(query: string): Promise<Row[]> {
    try {
      const abort_signal = AbortSignal.timeout(PROBE_MS)
      const answer = await this.#client.query({ query, format: 'JSONEachRow', abort_signal })
      return await answer.json<Row>()
    } catch (cause) {
      throw failure(saidBy(cause), { queryId: '', nodes: [] }, cause)
    }
  }
}

async function isLiving(client: ClickHouseClient): Promise<boolean> {
  const abort_signal = AbortSignal.timeout(PROBE_MS)
  return (await client.ping({ select: true, abort_signal })).success
}

/** The client takes the code out of what the server says. */
function saidBy(cause: unknown): string {
  const { code, message } = cause as { readonly code?: string; readonly message?: string }
  return /^\d+$/.test(code ?? '') ? `Code: ${code}. ${message}` : String(cause)
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
