import { describe, expect, it } from 'vitest'
import { DatabaseHead } from '../../src/catalog/database-head.ts'
import { createView, dropView, viewNamed } from '../../src/catalog/database-views.ts'
import { GraupelError } from '../../src/error.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import type { ObjectStore } from '../../src/io/object-store.ts'

const PATH = 'acme/sales'
const replacing = { orReplace: true }
const view = (name: string, plan: unknown) => ({ name, sources: [], plan })

/** The same store, whose first swap lands, is followed by `others`, and is not answered. */
function unanswered(store: ObjectStore, others: () => Promise<void>): ObjectStore {
  let swaps = 0
  return new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        const answer = await Reflect.apply(member, target, args)
        if (name !== 'swapCell' || ++swaps > 1) return answer
        await others()
        throw new GraupelError('UNAVAILABLE', 'no answer')
      }
    },
  })
}

async function database() {
  const store = memoryStore()
  const head = new DatabaseHead(store, PATH)
  await head.create()
  return { store, head }
}

describe('a view that was made without an answer', () => {
  it('is made once, however many of others came after it', async () => {
    for (const count of [1, 2, 16]) {
      const { store, head } = await database()
      const others = async () => {
        for (let n = 0; n < count; n++) await createView(head, view('v', n), replacing)
      }
      const mine = new DatabaseHead(unanswered(store, others), PATH)
      await createView(mine, view('v', 'mine'), replacing)
      expect((await viewNamed(head, 'v')).plan, `${count} others`).toBe(count - 1)
    }
  })

  it('is COMMIT_UNKNOWN where more came than the database remembers', async () => {
    const { store, head } = await database()
    const others = async () => {
      for (let n = 0; n < 17; n++) await createView(head, view('v', n), replacing)
    }
    const mine = new DatabaseHead(unanswered(store, others), PATH)
    await expect(createView(mine, view('v', 'mine'), replacing)).rejects.toMatchObject({
      code: 'COMMIT_UNKNOWN',
      message: expect.stringContaining('orReplace'),
    })
    expect((await viewNamed(head, 'v')).plan).toBe(16)
  })

  it('is not dropped twice: one that others make anew stays', async () => {
    const { store, head } = await database()
    await createView(head, view('v', 'old'), replacing)
    const others = () => createView(head, view('v', 'new'), replacing)
    await dropView(new DatabaseHead(unanswered(store, others), PATH), 'v')
    expect((await viewNamed(head, 'v')).plan).toBe('new')
  })
})

it('views of writers that race are all there', async () => {
  const { store, head } = await database()
  const names = Array.from({ length: 12 }, (_, n) => `v${n}`)
  await Promise.all(
    names.map((name) =>
      createView(new DatabaseHead(store, PATH), view(name, {}), { orReplace: false }),
    ),
  )
  const { views } = (await head.read()).cell
  expect(views.map(({ name }) => name).sort()).toEqual([...names].sort())
})
