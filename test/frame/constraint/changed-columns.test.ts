import { expect, test } from 'vitest'
import { connect, t } from '../../../src/index.ts'

async function keyed() {
  const lake = await connect('memory:')
  const db = await lake.database('a/b', { create: true })
  const columns = {
    id: t.int32(),
    code: t.utf8(),
    amount: t.decimal(8, 2),
    n: t.int64().identity(),
  }
  const table = await db.createTable('t', columns, {
    primaryKey: ['id'],
    checks: { positive: (o) => o.amount.gt(0) },
  })
  await table.insert([{ id: 1, code: 'a', amount: '1.00' }])
  return table
}

test('a column that a constraint or an identity needs cannot be dropped', async () => {
  const table = await keyed()
  for (const name of ['id', 'amount', 'n'] as const) {
    await expect(table.dropColumns([name])).rejects.toMatchObject({ code: 'INVALID' })
  }
  const left = await table.dropColumns(['code'])
  await left.insert([{ id: 2, amount: '2.00' }])
  await expect(left.insert([{ id: 2, amount: '3.00' }])).rejects.toMatchObject({
    code: 'INVALID',
    facts: { constraint: 'primaryKey' },
  })
})

test('constraints go by the column, whatever it is called and however wide it is', async () => {
  const table = await keyed()
  const renamed = await table.renameColumns({ id: 'number', amount: 'price' })
  const wider = await renamed.widenColumns({ number: t.int64(), price: t.decimal(20, 2) })
  await wider.insert([{ number: 2n ** 40n, code: 'b', price: '12345678901.00' }])
  for (const row of [
    { number: 1n, code: 'c', price: '1.00' },
    { number: 2n ** 40n, code: 'c', price: '1.00' },
    { number: 3n, code: 'c', price: '-1.00' },
  ]) {
    await expect(wider.insert([row])).rejects.toMatchObject({ code: 'INVALID' })
  }
  expect(await wider.count()).toBe(2)
  expect(await wider.verify()).toEqual([])
})

test('a key goes on taking no null, and an identity stays one', async () => {
  const table = await keyed()
  const nullable = table.widenColumns({ id: t.int32().nullable() })
  await expect(nullable).rejects.toMatchObject({ code: 'INVALID' })
  const identity = table.widenColumns({ n: t.decimal(20, 0) } as never)
  await expect(identity).rejects.toMatchObject({ code: 'INVALID' })
})

test('rows of files that break a constraint are named by file and line, in every format', async () => {
  const table = await keyed()
  const csv = Buffer.from('id,code,amount\n5,x,1.00\n5,y,2.00\n6,z,-1.00\n7,w,3.00\n')
  async function* bytes() {
    yield csv
  }
  await expect(table.load(bytes(), { name: 'rows.csv' })).rejects.toMatchObject({
    code: 'INVALID',
    facts: { file: 'rows.csv', line: 3 },
  })
  const loaded = await table.load(bytes(), { name: 'rows.csv', onError: 'continue' })
  expect(loaded).toMatchObject({ rows: 2, rowsRejected: 2 })
  expect(loaded.files).toMatchObject([{ file: 'rows.csv', rows: 2, rejected: 2 }])
  expect(loaded.rejects.map(({ line }) => line).sort()).toEqual([3, 4])
  const again = { name: 'again.csv', onError: 'skipFile', force: true } as const
  const skipped = await table.load(bytes(), again)
  expect(skipped).toMatchObject({ rows: 0, rejects: [{ file: 'again.csv', line: 2 }] })
  expect(skipped.files).toMatchObject([{ status: 'skipped', rows: 0, rejected: 1 }])
  const lines = Buffer.from('{"id":8,"code":"x","amount":"1.00"}\n{"id":8,"code":"y","amount":1}\n')
  async function* json() {
    yield lines
  }
  await expect(table.load(json(), { name: 'rows.ndjson' })).rejects.toMatchObject({
    code: 'INVALID',
    facts: { file: 'rows.ndjson', line: 2, constraint: 'primaryKey' },
  })
  expect(await table.count()).toBe(3)
})
