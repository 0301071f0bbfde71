import { expect, it } from 'vitest'
import { connect } from '../../src/index.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'
import type { FaultPlan } from '../../src/testing/fault-plan.ts'
import { type FaultyStore, faultyStore } from '../../src/testing/faulty-store.ts'
import { copyStore, type LakeState, lakeState, PATH, sameState } from './lake-state.ts'
import { COLUMNS, SCENARIOS } from './scenarios.ts'
import { type Prepared, prepare } from './sweep.ts'
import { inVirtualTime } from './virtual-time.ts'

const scenario = SCENARIOS.find(({ name }) => name === 'Table.vacuum, which trims the log')!

async function vacuum(store: ObjectStore, versions = 2): Promise<void> {
  await using lake = await connect(store)
  const table = await (await lake.database(PATH)).table('orders', COLUMNS)
  await table.vacuum({ retain: { versions } })
}

/**
 * A vacuum whose request number `request` is under way for long: the store lets it land when
 * another vacuum has been there. Answers what the lake is like then.
 */
async function afterLateRequest({ store, cells }: Prepared, request: number): Promise<LakeState> {
  const copy = await copyStore(store, cells)
  const outage: FaultPlan = Array.from({ length: 400 }, (_, n) => ({
    request: request + 1 + n,
    kind: 'fail-before',
  }))
  const faulty: FaultyStore = faultyStore(copy, [{ request, kind: 'delayed' }, ...outage])
  return inVirtualTime({ seed: 11, passing: true }, async () => {
    await vacuum(faulty).catch(() => {})
    await vacuum(copy)
    await faulty.land()
    return lakeState(copy)
  })
}

/** Hides when objects of a trimmed log were made, as if a vacuum might delete any that it finds. */
function withoutRevisions(store: ObjectStore): ObjectStore {
  const real = new Map<string, string>()
  const listed = withMethod(store, 'list', async function* (...of) {
    for await (const object of store.list(...of)) {
      const key = object.key.replace(/trimmed-\d{20}-/, 'trimmed-00000000000000000001-')
      real.set(key, object.key)
      yield { ...object, key }
    }
  })
  return withMethod(listed, 'delete', (key) => store.delete(real.get(key) ?? key))
}

it('a vacuum that comes between harms none whose requests land late', async () => {
  const prepared = await prepare(scenario)
  const writes = prepared.requests.filter(({ operation }) => /create|swap/.test(operation))
  expect(writes.length).toBeGreaterThan(3)
  for (const { number } of writes) {
    const found = await afterLateRequest(prepared, number)
    expect(sameState(found, prepared.steps[0]!), `request ${number}`).toBe(true)
  }
}, 60_000)

/** What a lake is like after a vacuum that deletes while another is about to name its new objects. */
async function afterSlowListing(
  { store, cells }: Prepared,
  slow: (store: ObjectStore) => ObjectStore,
): Promise<LakeState> {
  const copy = await copyStore(store, cells)
  let isStaged = () => {}
  const staged = new Promise<void>((resolve) => {
    isStaged = resolve
  })
  const waiting = withMethod(copy, 'list', async function* (...of) {
    await staged
    yield* copy.list(...of)
  })
  // It gives up no version, so that it swaps nothing.
  const slowOne = vacuum(slow(waiting), 100)
  const fast = withMethod(copy, 'swapCell', async (key, token, body) => {
    if (Buffer.from(body).includes('"trimmed":')) {
      isStaged()
      await slowOne
    }
    return copy.swapCell(key, token, body)
  })
  await vacuum(fast)
  return lakeState(copy)
}

function withMethod<K extends keyof ObjectStore>(
  store: ObjectStore,
  method: K,
  own: ObjectStore[K],
): ObjectStore {
  return new Proxy(store, {
    get(target, name) {
      if (name === method) return own
      const member = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

it('a vacuum that is slow deletes nothing that another is about to name', async () => {
  const prepared = await prepare(scenario)
  const found = await afterSlowListing(prepared, (store) => store)
  expect(sameState(found, prepared.steps[0]!)).toBe(true)
})

it('that fails where the names of what is made do not tell for which head', async () => {
  const prepared = await prepare(scenario)
  const found = afterSlowListing(prepared, withoutRevisions)
  await expect(found).rejects.toThrow(/trimmed-.*is missing/)
})
