import { describe, expect, it } from 'vitest'
import { editCell } from '../support/edit-cell.ts'
import { append, ordersTable } from '../support/orders-table.ts'

const FOLDER = 'acme/sales/orders'

async function filled() {
  const made = await ordersTable()
  for (let n = 0; n < 3; n++) await append(made.table, n * 4, 4)
  await made.table.settled()
  return made
}

describe('verify', () => {
  it('finds nothing wrong with a table that is whole', async () => {
    const { table } = await filled()
    expect(await table.verify()).toEqual([])
  })

  it.each([
    ['changed', 'customer/partition2.csv', (text: string) => text.replace('c5', 'c6')],
    ['cut', 'id/partition1.csv', (text: string) => text.slice(0, -2)],
    ['changed', 'amount/metadata.csv', (text: string) => text.replace(',4,', ',5,')],
  ])('finds what was %s in %s', async (_, name, change) => {
    const { store, table } = await filled()
    const key = `${FOLDER}/${name}`
    const text = Buffer.from((await store.get(key))!).toString()
    expect(change(text)).not.toBe(text)
    await store.replace(key, Buffer.from(change(text)))
    const problems = await table.verify()
    expect(problems.map((problem) => problem.key)).toEqual([key])
  })

  it('finds a file and a record that are missing', async () => {
    const { store, table } = await filled()
    await store.delete(`${FOLDER}/id/partition3.csv`)
    expect(await table.verify()).toMatchObject([{ key: `${FOLDER}/id/partition3.csv` }])
    for await (const { key } of store.list(`${FOLDER}/_table/log/`)) await store.delete(key)
    expect((await table.verify())[0]!.message).toMatch(/is missing/)
  })

  it('finds totals in the head that are not those of the log', async () => {
    const { store, table } = await filled()
    const key = `${FOLDER}/_table/head.json`
    await editCell(store, key, (text) => text.replace('"rows":12', '"rows":13'))
    expect(await table.verify()).toMatchObject([{ key, message: 'has 13 rows, its log 12' }])
  })
})
