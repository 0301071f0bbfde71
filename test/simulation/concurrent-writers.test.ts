import { expect, it } from 'vitest'
import { connect, GraupelError, type Lake } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import { isCrash } from '../../src/testing/crash.ts'
import { type FaultPlan, printFaults, singleFaults } from '../../src/testing/fault-plan.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { requestScheduler } from '../../src/testing/request-scheduler.ts'
import { seededRandom } from '../../src/testing/seeded-random.ts'
import { runs, seed } from '../support/random.ts'
import { type Event, historyProblems } from './history.ts'
import { PATH } from './lake-state.ts'
import { COLUMNS, rowsOf } from './scenarios.ts'
import { inVirtualTime } from './virtual-time.ts'

const REQUESTS = 40
const WRITES = 2

interface Run {
  readonly problems: readonly string[]
  readonly events: readonly Event[]
  readonly versions: number
  readonly faults: number
  readonly trace: readonly string[]
  readonly plans: string
}

const idsOf = (rows: readonly object[]) =>
  rows.map((row) => Number((row as { id: bigint }).id)).sort((a, b) => a - b)

/** Two or three appenders, one who overwrites and one who reads, in an order that the seed gives. */
function race(raceSeed: number, options: { readonly faults: boolean }): Promise<Run> {
  return inVirtualTime({ seed: raceSeed, passing: false }, async ({ pass }) => {
    const below = seededRandom(raceSeed)
    const scheduler = requestScheduler(raceSeed, { idle: () => void pass() })
    const bare = memoryStore()
    await setUp(bare)
    let clock = 0
    let faults = 0
    const events: Event[] = []
    const plans: string[] = []
    const actor = (name: string, work: (lake: Lake, now: () => number) => Promise<void>) => {
      const plan = options.faults ? somePlan(below) : []
      plans.push(`${name} [${printFaults(plan)}]`)
      return async () => {
        const store = faultyStore(scheduler.store(bare, name), plan)
        const lake = await connect(store)
        try {
          await work(lake, () => ++clock)
        } catch (error) {
          if (!isCrash(error) && !(error instanceof GraupelError)) throw error
        }
        await lake.close()
        faults += store.injected.length
        await store.land()
      }
    }
    const writers = Array.from({ length: 2 + below(2) }, (_, n) =>
      actor(`appender ${n}`, (lake, now) => write(lake, `appender ${n}`, 100 * n, now, events)),
    )
    const overwriter = actor('overwriter', (lake, now) =>
      write(lake, 'overwriter', 1000, now, events),
    )
    const reader = actor('reader', (lake, now) => read(lake, now, events))
    const ended = await scheduler.run([...writers, overwriter, reader])
    const broken = ended.flatMap((end) =>
      end.status === 'rejected' ? [String(end.reason?.stack ?? end.reason)] : [],
    )
    const versions = await versionsOf(bare)
    const problems = [...broken, ...historyProblems(events, versions)]
    const { trace } = scheduler
    return { problems, events, versions: versions.length, faults, trace, plans: plans.join(' ') }
  })
}

async function setUp(store: ObjectStore): Promise<void> {
  const scheduler = requestScheduler(0)
  await scheduler.run([
    async () => {
      const lake = await connect(store)
      await (await lake.database(PATH, { create: true })).createTable('orders', COLUMNS)
      await lake.close()
    },
  ])
}

function somePlan(below: (below: number) => number): FaultPlan {
  const kinds = ['get', 'create', 'swapCell', 'readCell', 'replace', 'read'] as const
  const operation = kinds[below(kinds.length)]!
  const number = 1 + below(REQUESTS)
  const plans = singleFaults([{ number, operation, key: '' }])
  return plans[below(plans.length)]!
}

async function write(
  lake: Lake,
  actor: string,
  from: number,
  now: () => number,
  events: Event[],
): Promise<void> {
  const database = await lake.database(PATH)
  const table = await database.table('orders', COLUMNS)
  const mode = actor === 'overwriter' ? 'overwrite' : 'append'
  for (let n = 0; n < WRITES; n++) {
    const rows = rowsOf(from + 10 * n, 2)
    const began = now()
    let outcome: Extract<Event, { kind: 'write' }>['outcome'] = 'open'
    let version: number | undefined
    try {
      const result =
        mode === 'append'
          ? await table.insert(rows)
          : await lake.from(rows, COLUMNS).write('orders', { database, mode })
      version = result.version
      outcome = 'acknowledged'
    } catch (error) {
      if (!isCrash(error) && !(error instanceof GraupelError)) throw error
      if (error instanceof GraupelError) outcome = 'failed'
      if (isCrash(error)) outcome = 'open'
      else if ((error as GraupelError).code === 'COMMIT_UNKNOWN') outcome = 'unknown'
    }
    const ended = outcome === 'open' ? Number.POSITIVE_INFINITY : now()
    events.push({ kind: 'write', actor, mode, rows: idsOf(rows), began, ended, outcome, version })
  }
}

async function read(lake: Lake, now: () => number, events: Event[]): Promise<void> {
  for (let n = 0; n < 4; n++) {
    const began = now()
    try {
      const table = await (await lake.database(PATH)).table('orders', COLUMNS)
      const rows = idsOf(await table.toArray())
      events.push({ kind: 'read', actor: 'reader', rows, began, ended: now() })
    } catch (error) {
      if (isCrash(error) || !(error instanceof GraupelError)) throw error
    }
  }
}

async function versionsOf(store: ObjectStore): Promise<number[][]> {
  const lake = await connect(faultyStore(store))
  const table = await (await lake.database(PATH)).table('orders')
  const versions: number[][] = []
  for (let version = 0; version <= table.version; version++) {
    versions.push(idsOf(await table.at({ version }).toArray()))
  }
  await lake.close()
  return versions
}

it.each([
  { faults: false, count: 40 },
  { faults: true, count: 80 },
])(
  'every race is one of snapshot isolation in real time ($count races, faults: $faults)',
  async ({ faults, count }) => {
    let met = 0
    let commits = 0
    const orders = new Set<string>()
    for (let n = 0; n < runs(count); n++) {
      const raceSeed = seed + n
      const found = await race(raceSeed, { faults })
      expect(found.problems, `race ${raceSeed}, faults ${faults}: ${found.plans}`).toEqual([])
      met += found.faults
      commits += found.versions - 1
      orders.add(found.trace.join())
    }
    console.log(
      `${runs(count)} races (seed ${seed}), ${orders.size} orders, ${commits} commits, ${met} faults`,
    )
    expect(orders.size).toBe(runs(count))
  },
  300_000,
)

it('runs the same for the same seed', async () => {
  const [first, second] = [await race(seed, { faults: true }), await race(seed, { faults: true })]
  const plain = ({ trace }: Run) => trace.map((text) => text.replace(/[0-9a-f]{32}/g, 'txid'))
  expect(plain(second)).toEqual(plain(first))
  expect(second.events).toEqual(first.events)
})
