import type { Cluster } from './cluster.ts'
import type { Servers } from './servers.ts'
import { sqlText } from './sql-type.ts'

/** A fragment that was given to another node, since its own did not answer any more. */
export interface MovedFragment {
  /** Of the statement that failed. */
  readonly queryId: string
  /** Number of the fragment, as in `explain({ engine })`, from 0. */
  readonly fragment: number
  /** Addresses of the nodes. */
  readonly from: string
  readonly to: string
}

/** How nodes reach each other. */
export interface NodeAccess {
  readonly username: string
  readonly password: string
  /** Whether by TLS. */
  readonly secure: boolean
}

/** The cluster in which fragment `n` is run on `nodes[n]`, with the joins `stored`; null when there are none. */
export function clusterOf(
  nodes: readonly string[],
  access: NodeAccess,
  stored: Cluster['stored'] = new Map(),
): Cluster | null {
  if (nodes.length === 0) return null
  return {
    fragments: nodes.length,
    stored,
    placed: (fragment, sql) => placedOn(nodes[fragment]!, sql, access),
  }
}

function placedOn(node: string, sql: string, { username, password, secure }: NodeAccess): string {
  const user = username === 'default' && password === '' ? [] : [username, password]
  const rest = user.map((text) => `,${sqlText(text)}`).join('')
  return `${secure ? 'remoteSecure' : 'remote'}(${sqlText(node)},view(${sql})${rest})`
}

/**
 * Where fragments are run after `nodes`: what was on a node that cannot be reached goes to those that can, to
 * whom has fewest. Null when none can.
 */
export async function reassigned(
  nodes: readonly string[],
  servers: Servers,
  access: NodeAccess,
): Promise<string[] | null> {
  const distinct = [...new Set(nodes)]
  const answers = await Promise.all(
    distinct.map((node) => servers.reaches((sql) => placedOn(node, sql, access))),
  )
  const living = distinct.filter((_, at) => answers[at])
  if (living.length === 0) return null
  const load = new Map(living.map((node) => [node, nodes.filter((of) => of === node).length]))
  return nodes.map((node) => {
    if (load.has(node)) return node
    const least = living.reduce((a, b) => (load.get(b)! < load.get(a)! ? b : a))
    load.set(least, load.get(least)! + 1)
    return least
  })
}
