import { afterAll, describe, expect, it } from 'vitest'
import { type Fault, type FaultPlan, singleFaults } from '../../src/testing/fault-plan.ts'
import { seededRandom } from '../../src/testing/seeded-random.ts'
import { runs, seed } from '../support/random.ts'
import { SCENARIOS, type Scenario } from './scenarios.ts'
import { type Prepared, prepare, type SweepResult, sweep, tryPlan } from './sweep.ts'

const SAMPLED_RUNS = 40
const OUTAGE = 80

const named = SCENARIOS.map((scenario) => [scenario.name, scenario] as const)
const made = new Map<Scenario, Promise<Prepared>>()
const prepared = (scenario: Scenario) => {
  const known = made.get(scenario) ?? prepare(scenario)
  made.set(scenario, known)
  return known
}

const told: string[] = []
let faults = 0
const tell = (name: string, result: SweepResult) => {
  faults += result.faults
  const { acknowledged, failed, unknown, crashed } = result.outcomes
  told.push(
    `${name}: ${result.trials} runs, ${result.faults} faults: ${acknowledged} acknowledged, ` +
      `${failed} failed, ${unknown} unknown, ${crashed} crashed`,
  )
}
afterAll(() => console.log(`${told.join('\n')}\n${faults} faults in all, seed ${seed}`))

/** `count` of `items`, chosen by the seed of the run. */
function some<T>(items: readonly T[], count: number): T[] {
  const below = seededRandom(seed)
  const left = [...items]
  return Array.from({ length: Math.min(count, left.length) }, () => {
    return left.splice(below(left.length), 1)[0]!
  })
}

describe.each(named)('%s', (name, scenario) => {
  it('is done, not done or unknown, whichever request goes wrong or is the last', async () => {
    const ready = await prepared(scenario)
    const all = singleFaults(ready.requests)
    const result = await sweep(ready, scenario.sampled ? some(all, runs(SAMPLED_RUNS)) : all)
    tell(`${name}, ${ready.requests.length} requests`, result)
    expect(result.problems).toEqual([])
  }, 300_000)
})

describe.each(named.filter(([, { sampled }]) => sampled !== true))('%s', (name, scenario) => {
  it('is so too when the store is gone from then on and what was on its way lands later', async () => {
    const ready = await prepared(scenario)
    const plans = singleFaults(ready.requests, ['fail-before', 'answer-lost', 'delayed'])
      .filter(([fault]) => fault!.detail === undefined)
      .map(([fault]): FaultPlan => [fault!, ...outage(fault!.request + 1)])
    for (const landFirst of [true, false]) {
      const result = await sweep(ready, plans, { landFirst })
      tell(`${name}, outage`, result)
      expect(result.problems).toEqual([])
    }
  }, 300_000)
})

it('keeps all that with two faults, the second anywhere after the first', async () => {
  const below = seededRandom(seed)
  const scenarios = SCENARIOS.filter(({ sampled }) => sampled !== true)
  const problems: string[] = []
  let met = 0
  for (let n = runs(150); n > 0; n--) {
    const ready = await prepared(scenarios[below(scenarios.length)]!)
    const firsts = singleFaults(ready.requests)
    const [first] = firsts[below(firsts.length)]!
    const { requests } = await tryPlan(ready, [first!])
    const after = requests.filter(({ number }) => number > first!.request)
    if (after.length === 0) continue
    const seconds = singleFaults(after)
    const plan = [first!, ...seconds[below(seconds.length)]!]
    const result = await sweep(ready, [plan], { landFirst: below(2) === 0 })
    met += result.faults
    problems.push(...result.problems)
  }
  faults += met
  told.push(`two faults: ${met} faults`)
  expect(problems, `seed ${seed}`).toEqual([])
}, 300_000)

it('keeps rows of later writers when the clearing up after a failure lands late or twice', async () => {
  const ready = await prepared(SCENARIOS.find(({ name }) => name.includes('several partitions'))!)
  const problems: string[] = []
  let trials = 0
  for (const [first] of singleFaults(ready.requests, ['fail-before', 'answer-lost'])) {
    const { requests } = await tryPlan(ready, [first!])
    const deletes = requests.filter(({ operation }) => operation === 'delete')
    const lags = [4, 8, 12, undefined]
    const plans = deletes.flatMap(({ number }) =>
      (['delayed', 'duplicate'] as const).flatMap((kind) =>
        lags.map((detail): FaultPlan => [first!, { request: number, kind, detail }]),
      ),
    )
    const result = await sweep(ready, plans)
    trials += result.trials
    faults += result.faults
    problems.push(...result.problems)
  }
  told.push(`clearing up: ${trials} runs`)
  expect(trials).toBeGreaterThan(0)
  expect(problems).toEqual([])
}, 300_000)

function outage(from: number): Fault[] {
  return Array.from({ length: OUTAGE }, (_, n) => ({ request: from + n, kind: 'fail-before' }))
}
