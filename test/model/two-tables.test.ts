import { expect, it } from 'vitest'
import { explore } from './explore.ts'
import { type TwoTableConfiguration, twoTables } from './two-tables.ts'

const ONE = { transactions: 1, faults: 1, collectTwice: true } as const

it.each<[string, TwoTableConfiguration]>([
  ['one transaction, a writer of A, 1 fault', { ...ONE, singles: ['A'] }],
  ['one transaction, a writer of B, 1 fault', { ...ONE, singles: ['B'] }],
  ['two transactions', { transactions: 2, singles: [], faults: 0, collectTwice: true }],
])(
  'commits in both tables or in none, and readers see it so: %s',
  (name, configuration) => {
    const { states, violation, trace } = explore(twoTables(configuration))
    console.log(`two tables, ${name}: ${states} states`)
    expect(violation, trace.join(' | ')).toBeUndefined()
    expect(states).toBeGreaterThan(500)
  },
  120_000,
)

it('shows half a transaction to a reader who does not look again', () => {
  const once = twoTables({ ...ONE, singles: ['B'], collectTwice: false })
  expect(explore(once).violation).toMatch(/half a transaction/)
})
