import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/io/memory-store.ts'
import { isCrash } from '../../src/testing/crash.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { objectStoreConformance } from '../conformance/object-store.ts'

objectStoreConformance('a faulty store without faults', async () => {
  const store = memoryStore()
  return { store: faultyStore(store), again: () => faultyStore(store), close: async () => {} }
})

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (body: Uint8Array | null | undefined) =>
  body === null || body === undefined ? null : Buffer.from(body).toString()

/** An object `k`, a cell `c.json`, and a store before them with a plan for its first requests. */
async function storeWith(plan: string) {
  const bare = memoryStore()
  await bare.create('k', bytes('0123456789'))
  await bare.swapCell('c.json', null, bytes('one'))
  const { token } = (await bare.readCell('c.json'))!
  return { bare, token, faulty: faultyStore(bare, plan) }
}

const UNAVAILABLE = { code: 'UNAVAILABLE' }

describe('a fault of a write', () => {
  it.each([
    ['1:fail-before', null, null],
    ['1:answer-lost', 'new', 'new'],
    ['1:delayed', null, 'new'],
  ])('%s: what is there at once, and once all has landed', async (plan, atOnce, landed) => {
    const { bare, faulty } = await storeWith(plan)
    await expect(faulty.create('n', bytes('new'))).rejects.toMatchObject(UNAVAILABLE)
    expect(text(await bare.get('n'))).toBe(atOnce)
    await faulty.land()
    expect(text(await bare.get('n'))).toBe(landed)
    expect(faulty.injected).toHaveLength(1)
  })

  it('lands so many requests later as is told', async () => {
    const { bare, faulty } = await storeWith('1:delayed(2)')
    await expect(faulty.create('n', bytes('new'))).rejects.toMatchObject(UNAVAILABLE)
    await faulty.get('k')
    expect(await bare.get('n')).toBeNull()
    await faulty.get('k')
    expect(text(await bare.get('n'))).toBe('new')
  })

  it('is applied twice: a delete removes what was made since', async () => {
    const { bare, faulty } = await storeWith('1:duplicate(2)')
    await faulty.delete('k')
    expect(await faulty.create('k', bytes('again'))).toBe('created')
    expect(await faulty.get('k')).toBeNull()
    expect(await bare.get('k')).toBeNull()
  })

  it('keeps the body that was given, whatever becomes of it before it lands', async () => {
    const { bare, faulty } = await storeWith('1:delayed')
    const body = Buffer.from('new')
    await expect(faulty.create('n', body)).rejects.toMatchObject(UNAVAILABLE)
    body.fill(0)
    await faulty.land()
    expect(text(await bare.get('n'))).toBe('new')
  })

  it.each([
    ['1:unknown-before', 'one'],
    ['1:unknown-after', 'two'],
  ])('%s: a swap answers unknown and the cell is %j', async (plan, expected) => {
    const { bare, token, faulty } = await storeWith(plan)
    expect(await faulty.swapCell('c.json', token, bytes('two'))).toEqual({ outcome: 'unknown' })
    expect(text((await bare.readCell('c.json'))!.body)).toBe(expected)
  })
})

describe('a fault of a read', () => {
  it('cuts the body or turns one bit over, and harms nothing that is stored', async () => {
    const { bare, faulty } = await storeWith('1:truncated(4) 2:bit-flip(8) 3:bit-flip(0)')
    expect(text(await faulty.get('k'))).toBe('0123')
    expect(text(await faulty.get('k'))).toBe('0023456789')
    expect(text((await faulty.readCell('c.json'))!.body)).toBe('nne')
    expect(text(await bare.get('k'))).toBe('0123456789')
    expect(text((await bare.readCell('c.json'))!.body)).toBe('one')
  })

  it('counts each read of an opened object', async () => {
    const { faulty } = await storeWith('2:bit-flip(1) 3:truncated 4:fail-before')
    const source = (await faulty.open('k'))!
    const target = new Uint8Array(3)
    expect(await source.read(target, 0)).toBe(3)
    expect(text(target)).toBe('212')
    expect(await source.read(target, 3)).toBe(0)
    expect(() => source.read(target, 3)).toThrow(/did not answer/)
    expect(faulty.requests.map(({ operation }) => operation)).toEqual(
      ['open', ...'rrr'].map((word) => (word === 'r' ? 'read' : word)),
    )
  })
})

it.each([
  ['1:crash-before', null],
  ['1:crash-after', 'new'],
])('%s: nothing reaches the store any more', async (plan, there) => {
  const { bare, faulty } = await storeWith(plan)
  const crash = await faulty.create('n', bytes('new')).catch((error: unknown) => error)
  expect(isCrash(crash)).toBe(true)
  expect(isCrash(new Error('outer', { cause: crash }))).toBe(true)
  expect(isCrash(new Error('the process ended at request 1'))).toBe(false)
  expect(text(await bare.get('n'))).toBe(there)
  await expect(faulty.get('k')).rejects.toBe(crash)
  await expect(faulty.delete('k')).rejects.toBe(crash)
  expect(text(await bare.get('k'))).toBe('0123456789')
  expect(faulty.crashed).toBe(true)
})

it('passes over a fault that its request cannot have', async () => {
  const { faulty } = await storeWith('1:truncated 2:unknown-after')
  expect(await faulty.create('n', bytes('new'))).toBe('created')
  expect(text(await faulty.get('n'))).toBe('new')
  expect(faulty.injected).toEqual([])
})
