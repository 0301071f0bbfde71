import { GraupelError, invalid } from '../error.ts'
import { bytesOf } from '../frame/byte-size.ts'
import { type EngineDoor, engineDoor, type QueryEngine } from '../frame/query-engine.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'
import type { BucketAccess, BucketKeys } from './bucket-place.ts'
import { explained } from './explained.ts'
import type { MovedFragment } from './fragments.ts'
import { type EngineSettings, runPlan } from './run-plan.ts'
import { sqlOfPlan } from './sql-of-plan.ts'

/** Where ClickHouse is, and how it reaches the bucket. */
export interface ClickHouseOptions {
  /**
   * HTTP address of a server, such as `https://clickhouse.example.org:8443`, or of several: the first
   * that answers is sent the statement, and all are told when it is to end.
   */
  readonly url: string | readonly string[]
  /** `default` unless told. */
  readonly user?: string
  /** Empty unless told. */
  readonly password?: string
  /**
   * The nodes that a plan is dealt to: the name of a cluster in `system.clusters`, or addresses of
   * the native protocol such as `node1:9000`. They are given the same user, by TLS where `url` is
   * https. Unless told, one server runs all of it.
   */
  readonly cluster?: string | readonly string[]
  /**
   * Called for each fragment that is given to another node, since its own has gone. It is called before
   * the statement is sent again.
   */
  readonly onMoved?: (moved: MovedFragment) => void
  /**
   * The bucket's endpoint as the servers see it. Must be given for AWS, with its region:
   * `https://s3.eu-central-1.amazonaws.com`. For others the lake's own unless told.
   */
  readonly endpoint?: string
  /** Keys that the servers read the bucket with; none where they have a role of their own. */
  readonly s3Credentials?: BucketKeys
  /**
   * Lets the servers write: a join is shuffled when this many bytes of files would else be read whole by each
   * node or joined by one server, a number or text such as `256MiB`. Both sides are then written into
   * buckets below `_tmp/` of the lake, and removed when the query ends, however it does. Needs a `cluster`,
   * the `url` of every node, which write, keys that may write, and a lake that may be written to here.
   * Unless told nothing is ever written.
   */
  readonly shuffleFromBytes?: number | string
  /**
   * What becomes of a plan that ClickHouse cannot run with the same meaning: `refuse`, as without
   * it, throws INVALID and names the node; `local` runs all of it here.
   */
  readonly otherwise?: 'refuse' | 'local'
}

/**
 * An engine for `frame.collect({ engine })`: ClickHouse reads the table's own files from its bucket.
 * The plan is optimized here first, so that it is given only the files that are left; with a `cluster`
 * they are dealt to its nodes by bytes. Needs the optional package `@clickhouse/client`, which is imported
 * when a query is run.
 *
 * Rows come in the order of a `sort` that is the last but for filters, projections and limits, equal
 * rows in any order; without one in any order. Batches come as ClickHouse makes them. What it cannot
 * do with the same meaning is INVALID before anything is run, naming the node. A node that is lost before the
 * first row has come has its fragments given to the others (`onMoved`), else the query is UNAVAILABLE. A query
 * that fails there is UNAVAILABLE, LIMIT or INVALID with ClickHouse's code in the facts, and the node and its
 * fragments where it tells them; DATA when a file is not what its metadata says. A signal ends the query on every server.
 *
 * Throws INVALID for an option that cannot be.
 */
export function clickhouse(options: ClickHouseOptions): QueryEngine {
  const { otherwise = 'refuse' } = options
  const settings = checkedSettings(options)
  if (otherwise !== 'refuse' && otherwise !== 'local') {
    throw invalid('clickhouse: otherwise can be "refuse" or "local"', { option: 'otherwise' })
  }
  const door: EngineDoor = {
    takes: (plan) => isTaken(plan, settings.access, otherwise),
    run: (plan, options) => runPlan(plan, settings, options),
    explain: (plan) => explained(plan, settings),
  }
  return Object.freeze({ [engineDoor]: Object.freeze(door) })
}

function checkedSettings(options: ClickHouseOptions): EngineSettings {
  const { url, user = 'default', password = '', endpoint = null, s3Credentials = null } = options
  const { cluster = [], onMoved, shuffleFromBytes } = options
  const urls = typeof url === 'string' ? [url] : [...url]
  if (urls.length === 0) throw invalid('clickhouse: url is empty', { option: 'url' })
  for (const one of urls) requireHttp(one, 'url')
  if (endpoint !== null) requireHttp(endpoint, 'endpoint')
  const nodes = typeof cluster === 'string' ? [] : cluster
  for (const node of nodes) {
    if (typeof node === 'string' && /^(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\]):\d{1,5}$/.test(node))
      continue
    throw invalid('clickhouse: nodes of a cluster are told as "host:port"', { option: 'cluster' })
  }
  if (new Set(nodes).size < nodes.length) {
    throw invalid('clickhouse: a node stands twice in the cluster', { option: 'cluster' })
  }
  if (shuffleFromBytes !== undefined && cluster.length === 0) {
    throw invalid('clickhouse: joins are shuffled between the nodes of a `cluster`: name it', {
      option: 'shuffleFromBytes',
    })
  }
  return {
    urls,
    username: user,
    password,
    cluster,
    onMoved,
    secure: urls[0]!.startsWith('https:'),
    access: { endpoint, keys: s3Credentials },
    shuffleFromBytes:
      shuffleFromBytes === undefined
        ? null
        : bytesOf(shuffleFromBytes, 'clickhouse: shuffleFromBytes'),
  }
}

function requireHttp(url: string, option: string): void {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return
  throw invalid(`clickhouse: ${option} has to be an http or https URL`, { option })
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
