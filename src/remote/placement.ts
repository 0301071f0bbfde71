import { GraupelError } from '../error.ts'
import { isLostServer } from './failure.ts'
import { type MovedFragment, type NodeAccess, reassigned } from './fragments.ts'
import type { Servers, ServersOptions } from './servers.ts'

/** Where a plan is run. */
export interface PlacementSettings extends ServersOptions, NodeAccess {
  /** A name that the servers know, or addresses; empty where all is run by one server. */
  readonly cluster: string | readonly string[]
  readonly onMoved: ((moved: MovedFragment) => void) | undefined
}

/** The addresses of the nodes that fragments are run on. */
export async function nodesFor(
  servers: Servers,
  { cluster }: Pick<PlacementSettings, 'cluster'>,
): Promise<readonly string[]> {
  return typeof cluster === 'string' ? servers.nodesOf(cluster) : cluster
}

/** The nodes of one query, whose fragments move as nodes are lost. */
export class Placement {
  readonly #servers: Servers
  readonly #settings: PlacementSettings
  #nodes: readonly string[]
  /** Each time at least one server is lost, or it was a slip of the network that is forgiven once. */
  #left: number

  private constructor(servers: Servers, settings: PlacementSettings, nodes: readonly string[]) {
    this.#servers = servers
    this.#settings = settings
    this.#nodes = nodes
    this.#left = Math.max(2, nodes.length, settings.urls.length)
  }

  static async open(servers: Servers, settings: PlacementSettings): Promise<Placement> {
    if (settings.urls.length > 1) await servers.chooseLiving()
    return new Placement(servers, settings, await nodesFor(servers, settings))
  }

  get nodes(): readonly string[] {
    return this.#nodes
  }

  /** Gives the fragments of lost nodes to others. Throws `error` unless what failed of it can be sent again. */
  async recover(error: unknown): Promise<void> {
    const isLost = error instanceof GraupelError && isLostServer(error)
    if (!isLost || this.#left <= 1) throw error
    this.#left--
    if (!(await this.#servers.chooseLiving())) throw error
    if (this.#nodes.length === 0) return
    const next = await reassigned(this.#nodes, this.#servers, this.#settings)
    if (next === null) throw error
    const before = this.#nodes
    this.#nodes = next
    for (const [fragment, to] of next.entries()) {
      const from = before[fragment]!
      if (from === to) continue
      const queryId = String(error.facts['queryId'])
      this.#settings.onMoved?.(Object.freeze({ queryId, fragment, from, to }))
    }
  }
}
