import { expect, it } from 'vitest'
import { databasePaths } from '../../src/catalog/database-paths.ts'
import { connect, t } from '../../src/index.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { loggedStore } from '../support/logged-store.ts'

it('databases are found without listing what is in them, by the names they have', async () => {
  const { store, log } = loggedStore(memoryStore())
  await using lake = await connect(store)
  const long = `a/${'x'.repeat(300)}`
  for (const path of ['b/two', 'a/one', long, 'a/ö ne']) {
    const db = await lake.database(path, { create: true })
    const table = await db.createTable('t', { id: t.int32() })
    for (let n = 0; n < 5; n++) await table.insert({ id: [n] })
  }
  await store.create('a/nothing of ours/x.csv', Buffer.from('x'))
  await store.create('a/other/x.csv', Buffer.from('x'))
  await lake.close()
  log.length = 0
  expect(await databasePaths(store)).toEqual(['a/one', long, 'a/ö ne', 'b/two'])
  const operations = log.map(({ operation, key }) => `${operation} ${key}`)
  expect(operations.filter((text) => text.startsWith('folders'))).toEqual([
    'folders ',
    'folders b/',
    'folders a/',
  ])
  expect(operations.filter((text) => text.startsWith('list'))).toEqual([])
  expect(log).toHaveLength(3 + 5)
})

it('a damaged database is DATA that names its file', async () => {
  const store = memoryStore()
  await using lake = await connect(store)
  await lake.database('a/b', { create: true })
  const { token } = (await store.readCell('a/b/_catalog.json'))!
  await store.swapCell('a/b/_catalog.json', token, Buffer.from('{}'))
  await expect(lake.databases()).rejects.toMatchObject({
    code: 'DATA',
    facts: { key: 'a/b/_catalog.json' },
  })
})
