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
import { type Event, halfProblems, historyProblems, type TwoRead } from './history.ts'
import { PATH } from './lake-state.ts'
import { COLUMNS, rowsOf } from './scenarios.ts'
import { inVirtualTime } from './virtual-time.ts'

const TABLES = ['lines', 'orders'] as const
const REQUESTS = 60
const READS_MAX = 30

type Table = (typeof TABLES)[number]

interface Run {
  readonly problems: readonly string[]
  readonly commits: number
  readonly seen: number
  readonly faults: number
  readonly order: string
  readonly plans: string
}

/** What the actors of a race did, table by table. */
interface Diary {
  readonly events: Record<Table, Event[]>
  readonly reads: TwoRead[]
  now(): number
  /** Transactions that have still to begin. */
  left: number
}

const idsOf = (rows: readonly object[]) =>
  rows.map((row) => Number((row as { id: bigint }).id)).sort((a, b) => a - b)

/** Two transactions over both tables, a writer of each, and two readers of both. */
function race(raceSeed: number, options: { readonly faults: boolean }): Promise<Run> {
  return inVirtualTime({ seed: raceSeed, passing: false }, async ({ pass }) => {
    const below = seededRandom(raceSeed)
    const scheduler = requestScheduler(raceSeed, { idle: () => void pass() })
    const bare = memoryStore()
    await setUp(bare)
    let clock = 0
    let faults = 0
    const diary: Diary = {
      events: { lines: [], orders: [] },
      reads: [],
      now: () => ++clock,
      left: 6,
    }
    const plans: string[] = []
    const actor = (name: string, work: (lake: Lake) => Promise<void>) => {
      const plan = options.faults ? somePlan(below) : []
      plans.push(`${name} [${printFaults(plan)}]`)
      return async () => {
        const store = faultyStore(scheduler.store(bare, name), plan)
        const lake = await connect(store)
        try {
          await work(lake)
        } catch (error) {
          if (!isCrash(error) && !(error instanceof GraupelError)) throw error
        }
        await lake.close()
        faults += store.injected.length
        await store.land()
      }
    }
    const ended = await scheduler.run([
      actor('forth', (lake) => transact(lake, { from: 0, tables: TABLES, diary })),
      actor('back', (lake) => transact(lake, { from: 100, tables: ['orders', 'lines'], diary })),
      ...TABLES.map((table, n) =>
        actor(`writer of ${table}`, (lake) => append(lake, table, { from: 1000 + 100 * n, diary })),
      ),
      actor('reader of both', (lake) => readBoth(lake, diary)),
      actor('reader of each', (lake) => readEach(lake, below(2) === 0, diary)),
    ])
    const broken = ended.flatMap((end) =>
      end.status === 'rejected' ? [String(end.reason?.stack ?? end.reason)] : [],
    )
    const last: TwoRead = { actor: 'last', lines: [], orders: [], first: null }
    const problems = [...broken]
    let commits = 0
    for (const table of TABLES) {
      const versions = await versionsOf(bare, table)
      Object.assign(last, { [table]: versions.at(-1) })
      problems.push(
        ...historyProblems(diary.events[table], versions).map((of) => `${table}: ${of}`),
      )
      commits += versions.length - 1
    }
    problems.push(...halfProblems([...diary.reads, last], 1000))
    const seen = diary.reads.length
    const order = scheduler.trace.join()
    return { problems, commits, seen, faults, order, plans: plans.join(' ') }
  })
}

async function setUp(store: ObjectStore): Promise<void> {
  await requestScheduler(0).run([
    async () => {
      const lake = await connect(store)
      const database = await lake.database(PATH, { create: true })
      for (const table of TABLES) await database.createTable(table, COLUMNS)
      await lake.close()
    },
  ])
}

function somePlan(below: (below: number) => number): FaultPlan {
  const kinds = ['create', 'swapCell', 'swapCell', 'readCell', 'replace'] as const
  const operation = kinds[below(kinds.length)]!
  const number = 1 + below(REQUESTS)
  // A flipped bit in a data file that was read before is not looked for again (decision 0003).
  const plans = singleFaults([{ number, operation, key: '' }]).filter(
    ([fault]) => fault!.kind !== 'bit-flip',
  )
  return plans[below(plans.length)]!
}

type Outcome = Extract<Event, { kind: 'write' }>['outcome']

async function outcomeOf(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    await work()
    return 'acknowledged'
  } catch (error) {
    if (isCrash(error)) return 'open'
    if (!(error instanceof GraupelError)) throw error
    return error.code === 'COMMIT_UNKNOWN' ? 'unknown' : 'failed'
  }
}

function note(diary: Diary, table: Table, of: { ids: number[]; began: number; outcome: Outcome }) {
  const ended = of.outcome === 'open' ? Number.POSITIVE_INFINITY : diary.now()
  const { ids: rows, began, outcome } = of
  diary.events[table].push({
    ...({ kind: 'write', actor: 'transaction', mode: 'append', version: undefined } as const),
    ...{ rows, began, ended, outcome },
  })
}

async function transact(
  lake: Lake,
  { from, tables, diary }: { from: number; tables: readonly Table[]; diary: Diary },
): Promise<void> {
  for (let n = 0; n < 3; n++) {
    const rows = rowsOf(from + 10 * n, 2)
    const began = diary.now()
    diary.left--
    const outcome = await outcomeOf(() =>
      lake.transaction(async (tx) => {
        for (const name of tables) await (await tx.table(PATH, name, COLUMNS)).insert(rows)
      }),
    )
    for (const table of TABLES) note(diary, table, { ids: idsOf(rows), began, outcome })
  }
}

async function append(
  lake: Lake,
  table: Table,
  { from, diary }: { from: number; diary: Diary },
): Promise<void> {
  for (let n = 0; n < 5; n++) {
    const rows = rowsOf(from + 10 * n, 1)
    const began = diary.now()
    const outcome = await outcomeOf(async () =>
      (await (await lake.database(PATH)).table(table, COLUMNS)).insert(rows),
    )
    note(diary, table, { ids: idsOf(rows), began, outcome })
  }
}

/** Both tables at one instant. */
async function readBoth(lake: Lake, diary: Diary): Promise<void> {
  for (let n = 0; n < READS_MAX && (n < 3 || diary.left > 0); n++) {
    const began = diary.now()
    const found = await lake.transaction(async (tx) => {
      const orders = await tx.table(PATH, 'orders')
      const lines = await tx.table(PATH, 'lines')
      return { orders: idsOf(await orders.toArray()), lines: idsOf(await lines.toArray()) }
    })
    const ended = diary.now()
    for (const table of TABLES) {
      const rows = found[table]
      diary.events[table].push({ kind: 'read', actor: 'both', rows, began, ended })
    }
    diary.reads.push({ actor: 'both', ...found, first: null })
  }
}

/** One table after the other: what is seen of a transaction in the first is in the other too. */
async function readEach(lake: Lake, ordersFirst: boolean, diary: Diary): Promise<void> {
  const [first, second] = ordersFirst ? (['orders', 'lines'] as const) : TABLES
  for (let n = 0; n < READS_MAX && (n < 3 || diary.left > 0); n++) {
    const database = await lake.database(PATH)
    const found: Record<string, number[]> = {}
    for (const name of [first, second]) {
      const began = diary.now()
      const rows = idsOf(await (await database.table(name)).toArray())
      diary.events[name].push({ kind: 'read', actor: 'each', rows, began, ended: diary.now() })
      found[name] = rows
    }
    diary.reads.push({ actor: 'each', orders: found.orders!, lines: found.lines!, first })
  }
}

async function versionsOf(store: ObjectStore, name: Table): Promise<number[][]> {
  const lake = await connect(faultyStore(store))
  const table = await (await lake.database(PATH)).table(name)
  const versions: number[][] = []
  for (let version = 0; version <= table.version; version++) {
    versions.push(idsOf(await table.at({ version }).toArray()))
  }
  await lake.close()
  return versions
}

it.each([
  { faults: false, count: 20 },
  { faults: true, count: 30 },
])(
  'transactions are whole to every reader, beside others and writers ($count races, faults: $faults)',
  async ({ faults, count }) => {
    let [met, commits, reads] = [0, 0, 0]
    const orders = new Set<string>()
    for (let n = 0; n < runs(count); n++) {
      const found = await race(seed + n, { faults })
      expect(found.problems, `race ${seed + n}, faults ${faults}: ${found.plans}`).toEqual([])
      met += found.faults
      commits += found.commits
      reads += found.seen
      orders.add(found.order)
    }
    console.log(
      `${runs(count)} races of transactions (seed ${seed}): ${commits} commits, ${reads} reads of both tables, ${met} faults`,
    )
    expect(orders.size).toBe(runs(count))
  },
  300_000,
)
