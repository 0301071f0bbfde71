import { expect, it } from 'vitest'
import { connect, t } from '../../src/index.ts'
import { SCENARIOS } from './scenarios.ts'

/** Methods that write nothing. */
const READING = {
  Lake: ['url', 'databases', 'from', 'close'],
  Database: ['name', 'table', 'tables', 'view', 'views', 'settled'],
  Table: [
    'name',
    'version',
    'constraints',
    'identities',
    'at',
    'history',
    'tags',
    'verify',
    'resolve',
    'changes',
    'streams',
    'clusteringInformation',
    'adviseClustering',
  ],
}

/** Written through others that have a sweep. */
const COMPOSED = new Map([['Database.createTableFrom', 'DataFrame.write']])

/** Names of the public members that an object's own class gives it. */
const membersOf = (value: object) =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(value)).filter((name) => name !== 'constructor')

it('every method that writes has its faults swept', async () => {
  await using lake = await connect('memory:')
  const database = await lake.database('a/b', { create: true })
  const table = await database.createTable('t', { id: t.int64() })
  const members = [
    ...membersOf(lake).map((name) => ({ of: 'Lake' as const, name })),
    ...membersOf(database).map((name) => ({ of: 'Database' as const, name })),
    ...membersOf(table).map((name) => ({ of: 'Table' as const, name })),
  ]
  const writing = members.filter(({ of, name }) => !READING[of].includes(name))
  const methods = ['DataFrame.write', ...writing.map(({ of, name }) => `${of}.${name}`)]
  const swept = new Set(SCENARIOS.map(({ name }) => name.split(',')[0]!))
  const missing = methods.filter((name) => !swept.has(COMPOSED.get(name) ?? name))
  expect(missing, 'add a scenario to scenarios.ts, or the method to READING').toEqual([])
})
