import { expect, it } from 'vitest'
import { connect } from '../../src/index.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import {
  type Fault,
  type FaultKind,
  type FaultPlan,
  singleFaults,
} from '../../src/testing/fault-plan.ts'
import { resealed } from '../support/edit-cell.ts'
import { unmarked, withoutMarks } from '../support/without-marks.ts'
import { copyStore, type LakeState, lakeState, PATH } from './lake-state.ts'
import { COLUMNS, rowsOf, SCENARIOS } from './scenarios.ts'
import { prepare, sweep, type TrialOptions } from './sweep.ts'

/** `store` with some of its methods replaced. */
function changed(store: ObjectStore, change: Partial<ObjectStore>): ObjectStore {
  return {
    url: store.url,
    get: (key, options) => store.get(key, options),
    open: (key, options) => store.open(key, options),
    create: (key, body, options) => store.create(key, body, options),
    replace: (key, body, options) => store.replace(key, body, options),
    readCell: (key, options) => store.readCell(key, options),
    swapCell: (key, token, body, options) => store.swapCell(key, token, body, options),
    delete: (key, options) => store.delete(key, options),
    list: (prefix, options) => store.list(prefix, options),
    folders: (prefix, options) => store.folders(prefix, options),
    ...change,
  }
}

interface Rule {
  readonly rule: string
  readonly without: TrialOptions
}

const RULES: readonly Rule[] = [
  {
    rule: 'what was created is never overwritten',
    without: {
      broken: (store) =>
        changed(store, {
          async create(key, body) {
            await store.replace(key, body)
            return 'created'
          },
        }),
    },
  },
  {
    rule: 'a creator is told when the object is another one',
    without: {
      broken: (store) =>
        changed(store, {
          async create(key, body) {
            await store.create(key, body)
            return 'created'
          },
        }),
    },
  },
  {
    rule: 'a swap lands only on the content that it was made from',
    without: {
      broken: (store) =>
        changed(store, {
          async swapCell(key, _token, body) {
            const cell = await store.readCell(key)
            return store.swapCell(key, cell?.token ?? null, body)
          },
        }),
    },
  },
  {
    rule: 'a swap is told to stand only when it does',
    without: {
      broken: (store) =>
        changed(store, {
          async swapCell(key, token, body) {
            if (token === null) return store.swapCell(key, token, body)
            return { outcome: 'swapped', token: `${token}'` }
          },
        }),
    },
  },
  {
    rule: 'after a doubt a writer finds its own mark in what is there',
    without: { client: withoutLineage },
  },
  {
    rule: 'what is read of a cell is what its token stands for',
    without: { broken: withStaleReads },
  },
  {
    rule: 'what is replaced is seen whole',
    without: {
      broken: (store) =>
        changed(store, {
          replace: (key, body) => store.replace(key, body.subarray(0, body.length >> 1)),
        }),
    },
  },
]

/** After a swap that is in doubt, shows the newest content with another's mark on it. */
function withoutLineage(store: ObjectStore): ObjectStore {
  let inDoubt = false
  return changed(store, {
    async readCell(key, options) {
      const cell = await store.readCell(key, options)
      if (cell === null || !inDoubt) return cell
      const body = resealed(cell.body, (text) =>
        JSON.stringify({ ...JSON.parse(text), txid: '0'.repeat(32) }),
      )
      return { body, token: cell.token }
    },
    async swapCell(key, token, body, options) {
      inDoubt = true
      const answer = await store.swapCell(key, token, body, options)
      inDoubt = answer.outcome === 'unknown'
      return answer
    },
  })
}

/** Shows the content before the newest, under the newest token. */
function withStaleReads(store: ObjectStore): ObjectStore {
  const before = new Map<string, Uint8Array>()
  return changed(store, {
    async readCell(key) {
      const cell = await store.readCell(key)
      const stale = before.get(key)
      return cell === null || stale === undefined ? cell : { body: stale, token: cell.token }
    },
    async swapCell(key, token, body) {
      const cell = await store.readCell(key)
      const answer = await store.swapCell(key, token, body)
      if (cell !== null && answer.outcome === 'swapped') before.set(key, cell.body)
      return answer
    },
  })
}

const KINDS: readonly FaultKind[] = [
  ...(['delayed', 'duplicate', 'answer-lost', 'unknown-after', 'crash-after'] as const),
]
const insert = SCENARIOS.find(({ name }) => name === 'Table.insert')!

it.each(RULES)('the sweep notices when this does not hold: $rule', async ({ without }) => {
  const prepared = await prepare(insert)
  const plans = singleFaults(prepared.requests, KINDS)
  const { problems } = await sweep(prepared, plans, without)
  expect(problems).not.toEqual([])
})

const MARK_RULES: readonly Rule[] = [
  {
    rule: 'every table of a transaction has its mark before it is decided',
    without: {
      broken: (store) =>
        changed(store, {
          swapCell: (key, token, body) => store.swapCell(key, token, unmarked(body)),
        }),
    },
  },
  {
    rule: 'who meets a mark asks the table that decides',
    without: { broken: withoutMarks },
  },
  {
    rule: 'what is undecided is ended where it would be decided',
    without: { broken: withForgottenPrimary },
  },
]

/** Shows the first table without its mark, so that an open transaction looks like one that is dead. */
function withForgottenPrimary(store: ObjectStore): ObjectStore {
  return changed(store, {
    async readCell(key, options) {
      const cell = await store.readCell(key, options)
      if (cell === null || !key.includes('/lines/')) return cell
      return { body: unmarked(cell.body), token: cell.token }
    },
  })
}

it.each(MARK_RULES)(
  'the sweep of a transaction notices when this does not hold: $rule',
  async ({ without }) => {
    const transaction = SCENARIOS.find(({ name }) => name.endsWith('decided by the other table'))!
    const prepared = await prepare(transaction)
    const outage = (from: number): Fault[] =>
      Array.from({ length: 80 }, (_, n) => ({ request: from + n, kind: 'fail-before' }))
    const lost = singleFaults(prepared.requests, ['delayed', 'answer-lost'])
      .filter(([fault]) => fault!.detail === undefined)
      .map(([fault]): FaultPlan => [fault!, ...outage(fault!.request + 1)])
    const plans = [...lost, ...singleFaults(prepared.requests, ['crash-before', 'crash-after'])]
    const { problems } = await sweep(prepared, plans, without)
    expect(problems).not.toEqual([])
  },
)

/** Shows heads as if no vacuum had ever set a fence. */
function withoutFences(store: ObjectStore): ObjectStore {
  return changed(store, {
    async readCell(key, options) {
      const cell = await store.readCell(key, options)
      if (cell === null) return null
      const body = resealed(cell.body, (text) => {
        const { fence: _, burned: __, ...head } = JSON.parse(text)
        return JSON.stringify(head)
      })
      return { body, token: cell.token }
    },
  })
}

/** What is found after an insert that slept between staging and swap, while others vacuumed. */
async function afterLongSleep(client: (store: ObjectStore) => ObjectStore): Promise<LakeState> {
  const { store: filled, cells } = await prepare(insert)
  const store = await copyStore(filled, cells)
  let slept = false
  const sleeper = changed(store, {
    async swapCell(key, token, body) {
      if (!slept) {
        slept = true
        await using lake = await connect(store)
        const table = await (await lake.database(PATH)).table('orders', COLUMNS)
        for (const from of [20, 30]) await table.write(rowsOf(from, 2), { mode: 'overwrite' })
        await table.vacuum({ retain: { versions: 1 } })
      }
      return store.swapCell(key, token, body)
    },
  })
  const lake = await connect(client(sleeper))
  await insert.run(lake).catch(() => {})
  await lake.close()
  return lakeState(store)
}

it('who slept while a vacuum went by commits nothing that it removed', async () => {
  const orders = (await afterLongSleep((store) => store))?.['orders']
  expect(orders?.at(-1)).toBe('30:null 31:c31')
})

it('that fails where this does not hold: no commit brings what is below the fence', async () => {
  await expect(afterLongSleep(withoutFences)).rejects.toThrow(/is missing/)
})

it('sees through a store that calls a swap lost which it made', async () => {
  const prepared = await prepare(insert)
  const broken = (store: ObjectStore) => {
    let lies = 1
    return changed(store, {
      async swapCell(key, token, body) {
        const answer = await store.swapCell(key, token, body)
        return lies-- > 0 ? { outcome: 'lost' } : answer
      },
    })
  }
  const { problems } = await sweep(prepared, [[], ...singleFaults(prepared.requests, KINDS)], {
    broken,
  })
  expect(problems).toEqual([])
})
