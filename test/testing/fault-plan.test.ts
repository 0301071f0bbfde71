import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type FaultPlan,
  faultKindsOf,
  parseFaults,
  printFaults,
  randomFaults,
  type StoreRequest,
  singleFaults,
} from '../../src/testing/fault-plan.ts'
import { runs } from '../support/random.ts'

const REQUESTS: readonly StoreRequest[] = [
  { number: 1, operation: 'readCell', key: 'head.json' },
  { number: 2, operation: 'create', key: 'a' },
  { number: 3, operation: 'swapCell', key: 'head.json' },
]

describe('a plan of faults', () => {
  it('comes back from its text', () => {
    const faults = singleFaults(REQUESTS).flat()
    fc.assert(
      fc.property(fc.subarray(faults), (plan: FaultPlan) => {
        const plain = (of: FaultPlan) => of.map(({ detail, ...rest }) => ({ ...rest, detail }))
        expect(plain(parseFaults(printFaults(plan)))).toEqual(plain(plan))
      }),
      { numRuns: runs(100) },
    )
  })

  it.each(['x', '0:slow', '1:nothing', '1:slow()', '1:slow(-1)', ':slow', '1:slow,2:slow'])(
    'refuses the text %j',
    (text) => {
      expect(() => parseFaults(text)).toThrow(/is no fault/)
    },
  )

  it('has each kind that each request can have, once or at several lags', () => {
    const plans = singleFaults(REQUESTS)
    for (const { number, operation } of REQUESTS) {
      const kinds = plans.flatMap(([fault]) => (fault!.request === number ? [fault!.kind] : []))
      expect([...new Set(kinds)].sort()).toEqual([...faultKindsOf(operation)].sort())
    }
    expect(singleFaults(REQUESTS, ['delayed'])).toHaveLength(6)
  })

  it('is drawn the same for the same seed, with no request twice', () => {
    for (let seed = 0; seed < 50; seed++) {
      const plan = randomFaults(seed, REQUESTS, { faults: 2 })
      expect(plan).toEqual(randomFaults(seed, REQUESTS, { faults: 2 }))
      expect(new Set(plan.map(({ request }) => request)).size).toBe(2)
    }
  })
})
