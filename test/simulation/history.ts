/** What an actor did, and when: instants are counted, so that none is there twice. */
export type Event =
  | {
      readonly kind: 'write'
      readonly actor: string
      readonly mode: 'append' | 'overwrite'
      readonly rows: readonly number[]
      readonly began: number
      readonly ended: number
      /** `open`: the actor ended before it had an answer. */
      readonly outcome: 'acknowledged' | 'failed' | 'unknown' | 'open'
      /** The version that it was told, if it was, when acknowledged. */
      readonly version: number | undefined
    }
  | {
      readonly kind: 'read'
      readonly actor: string
      readonly rows: readonly number[]
      readonly began: number
      readonly ended: number
    }

type Write = Extract<Event, { kind: 'write' }>

/**
 * Whether a history is one of snapshot isolation in real time, where each write is one commit.
 * Every row has a number of its own, so that a version tells which writes made it.
 *
 * @param versions The rows of each version of the table, from 0 on, read afterwards.
 * @returns What is wrong; nothing when all is as it should be.
 */
export function historyProblems(
  events: readonly Event[],
  versions: readonly (readonly number[])[],
): string[] {
  const problems: string[] = []
  const writes = events.filter((event): event is Write => event.kind === 'write')
  const versionOf = new Map<Write, number>()
  for (let version = 1; version < versions.length; version++) {
    const write = writeBetween(writes, versions[version - 1]!, versions[version]!)
    if (write === undefined) problems.push(`no write makes version ${version}`)
    else if (versionOf.has(write)) problems.push(`${text(write)} was committed twice`)
    else versionOf.set(write, version)
  }
  for (const write of writes) {
    const version = versionOf.get(write)
    if (write.outcome === 'acknowledged' && version === undefined) {
      problems.push(`${text(write)} was acknowledged and is lost`)
    }
    const told = write.outcome === 'acknowledged' && write.version !== undefined
    if (told && write.version !== version) {
      problems.push(`${text(write)} was told version ${write.version} and is ${version}`)
    }
    if (write.outcome === 'failed' && version !== undefined) {
      problems.push(`${text(write)} failed and is version ${version}`)
    }
  }
  return [...problems, ...orderProblems(events, versions, versionOf)]
}

/** Whoever began after another had ended sees it, and comes after it. */
function orderProblems(
  events: readonly Event[],
  versions: readonly (readonly number[])[],
  versionOf: ReadonlyMap<Write, number>,
): string[] {
  const problems: string[] = []
  const byRows = new Map(versions.map((rows, version) => [rows.join(), version]))
  const placed = events.flatMap((event) => {
    const version = event.kind === 'write' ? versionOf.get(event) : byRows.get(event.rows.join())
    if (event.kind === 'read' && version === undefined) {
      problems.push(`${text(event)} is no version of the table`)
    }
    return version === undefined ? [] : [{ event, version }]
  })
  for (const early of placed) {
    for (const late of placed) {
      const endedBefore = early.event.ended < late.event.began
      const inDoubt = early.event.kind === 'write' && early.event.outcome !== 'acknowledged'
      if (!endedBefore || inDoubt) continue
      const wrong =
        late.event.kind === 'write' ? late.version <= early.version : late.version < early.version
      if (wrong) {
        problems.push(
          `${text(late.event)} at version ${late.version} began after the end of ` +
            `${text(early.event)} at version ${early.version}`,
        )
      }
    }
    const ofFuture =
      early.event.kind === 'read' &&
      [...versionOf].some(
        ([write, version]) => version <= early.version && write.began > early.event.ended,
      )
    if (ofFuture) problems.push(`${text(early.event)} saw a write that began after it`)
  }
  return problems
}

/** What a reader has seen of two tables: at one instant, or `first` before the other. */
export interface TwoRead {
  readonly actor: string
  readonly orders: readonly number[]
  readonly lines: readonly number[]
  readonly first: 'orders' | 'lines' | null
}

/**
 * Whether readers saw each transaction in both tables or in neither. Transactions write the same rows
 * to both, below `least`; other rows are not theirs.
 */
export function halfProblems(reads: readonly TwoRead[], least: number): string[] {
  return reads.flatMap(({ actor, orders, lines, first }) => {
    const theirs = (rows: readonly number[]) => rows.filter((id) => id < least)
    const missing = (rows: readonly number[], from: readonly number[]) =>
      theirs(rows).filter((id) => !from.includes(id))
    const wrong = [
      ...(first === 'lines' ? [] : missing(orders, lines)),
      ...(first === 'orders' ? [] : missing(lines, orders)),
    ]
    return wrong.length === 0 ? [] : [`${actor} saw half of the transaction of ${wrong.join(', ')}`]
  })
}

function writeBetween(
  writes: readonly Write[],
  before: readonly number[],
  after: readonly number[],
): Write | undefined {
  return writes.find(({ mode, rows }) => {
    const expected = mode === 'append' ? [...before, ...rows] : [...rows]
    return expected.sort((a, b) => a - b).join() === after.join()
  })
}

function text(event: Event): string {
  return `${event.actor}'s ${event.kind} of [${event.rows.join()}]`
}
