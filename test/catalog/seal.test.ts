import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDatabase } from '../../src/catalog/database-json.ts'
import { parseHead, printHead } from '../../src/catalog/head-json.ts'
import { sealed, unsealed } from '../../src/catalog/seal.ts'
import { parseSealed } from '../../src/catalog/stored-json.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { resealed } from '../support/edit-cell.ts'
import { append, ordersTable, storedIds } from '../support/orders-table.ts'
import { runs } from '../support/random.ts'

const HEAD = 'acme/sales/orders/_table/head.json'
const CATALOG = 'acme/sales/_catalog.json'

async function storedCells() {
  const made = await ordersTable()
  await append(made.table, 0, 3)
  await made.table.tag('first', { version: 1 })
  await made.table.settled()
  const bodyOf = async (key: string) => (await made.store.readCell(key))!.body
  return { ...made, head: await bodyOf(HEAD), catalog: await bodyOf(CATALOG) }
}

describe('a sealed object', () => {
  it('is JSON whose last field is the CRC-32 of all bytes before its comma', () => {
    const text = Buffer.from(sealed('{"a":1}')).toString()
    // Of `{"a":1`, from Python's zlib.crc32.
    expect(text).toBe('{"a":1,"crc32":"a702fc6e"}\n')
    expect(JSON.parse(text)).toEqual({ a: 1, crc32: 'a702fc6e' })
  })

  it('gives back what was sealed, whatever its names and values', () => {
    const objects = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { minKeys: 1 })
    fc.assert(
      fc.property(objects, (value) => {
        const text = JSON.stringify(value)
        expect(Buffer.from(unsealed(sealed(text), 'k')).toString()).toBe(text)
      }),
      { numRuns: runs(300) },
    )
  })

  it('takes a field of the name crc32 of its own for what it is', () => {
    const of = parseSealed(sealed('{"crc32":"mine","x":1}'), 'k', 100)
    expect(of.extra()).toEqual([
      ['crc32', 'mine'],
      ['x', 1],
    ])
  })
})

describe('of a stored head and a stored catalog', () => {
  it('every single flipped bit is DATA that names the file', async () => {
    const { head, catalog } = await storedCells()
    for (const [body, key, parse] of [
      [head, HEAD, parseHead],
      [catalog, CATALOG, parseDatabase],
    ] as const) {
      expect(() => parse(body, key)).not.toThrow()
      for (let bit = 0; bit < body.length * 8; bit++) {
        const bad = body.slice()
        bad[bit >> 3]! ^= 1 << (bit & 7)
        expect(() => parse(bad, key), `${key}, bit ${bit}`).toThrow(
          expect.objectContaining({ code: 'DATA', facts: expect.objectContaining({ key }) }),
        )
      }
    }
  })

  it('one that is cut anywhere, or has more after it, is DATA', async () => {
    const { head } = await storedCells()
    const refused = expect.objectContaining({ code: 'DATA' })
    for (let length = 0; length < head.length; length++) {
      expect(() => parseHead(head.subarray(0, length), HEAD), `${length} bytes`).toThrow(refused)
    }
    expect(() => parseHead(Buffer.concat([head, Buffer.from('\n')]), HEAD)).toThrow(refused)
  })

  it('one without a seal is DATA, with what would help', async () => {
    const { head } = await storedCells()
    const bare = Buffer.from(head)
      .toString()
      .replace(/,"crc32":"[0-9a-f]{8}"\}\n$/, '}\n')
    expect(() => parseHead(Buffer.from(bare), HEAD)).toThrow(/does not end with a checksum.*sealed/)
  })

  it('the seal is not kept as a field that nobody knows', async () => {
    const { head } = await storedCells()
    const parsed = parseHead(
      resealed(head, (text) => `${text.slice(0, -1)},"note":"x"}`),
      HEAD,
    )
    expect(parsed.extra).toEqual([['note', 'x']])
    expect(
      Buffer.from(printHead(parsed))
        .toString()
        .match(/"crc32"/g),
    ).toHaveLength(1)
  })
})

describe('a bit that flips while a head is read', () => {
  it('is never acted upon, nor written back', async () => {
    const { store, head } = await storedCells()
    const digit = Buffer.from(head).toString().indexOf('"nextId":') + '"nextId":'.length
    // Number 2 becomes 3: whole JSON, of a table that has no such head.
    const bare = memoryStore()
    for await (const { key } of store.list('')) await bare.create(key, (await store.get(key))!)
    for (const key of [HEAD, CATALOG]) {
      await bare.swapCell(key, null, (await store.readCell(key))!.body)
    }
    const calm = faultyStore(bare)
    const work = async (of: typeof calm) => {
      const { openDatabase } = await import('../../src/catalog/database-catalog.ts')
      const table = await (await openDatabase(of, 'acme/sales')).openTable('orders')
      await append(table, 50, 2)
      await table.settled()
      return table
    }
    await work(calm)
    const heads = calm.requests.filter(({ operation, key }) => {
      return operation === 'readCell' && key === HEAD
    })
    expect(heads.length).toBeGreaterThan(0)
    const plan = [{ request: heads[0]!.number, kind: 'bit-flip', detail: digit * 8 } as const]
    const faulty = faultyStore(bare, plan)
    await expect(work(faulty)).rejects.toMatchObject({ code: 'DATA', facts: { key: HEAD } })
    expect(faulty.injected).toHaveLength(1)
    const table = await work(faultyStore(bare))
    expect(await storedIds({ store: bare, table })).toEqual([0, 1, 2, 50, 51, 50, 51])
    expect(await table.verify()).toEqual([])
  })
})
