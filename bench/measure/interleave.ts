import { answersDiffer } from './answers-differ.ts'
import type { Answer, Contender, Timing } from './contender.ts'

/** Contenders that have taken so many milliseconds sit out, once they were measured often enough. */
const BUDGET_MS = 20_000
const ROUNDS_MIN = 3
/** Milliseconds that each contender runs before it is timed: files come to memory, code is compiled. */
const WARM_MS = 1500

/**
 * Runs all contenders in turn, after each has run for a while untimed, so that whatever else the
 * machine does falls on all of them alike; in another order each round, as some leave the machine
 * in a state that slows whoever is next. Throws when an answer differs from the first one's.
 */
export async function interleave(
  contenders: readonly Contender[],
  rounds: number,
): Promise<Timing[]> {
  const timings = contenders.map(({ name }) => ({ name, times: [] as number[] }))
  const first = contenders[0]!
  const expected = await warmed(first)
  for (const contender of contenders.slice(1))
    check(contender, first, await warmed(contender), expected)
  for (let round = 0; round < rounds; round++) {
    for (const position of orderOf(round, contenders.length)) {
      const contender = contenders[position]!
      const { times } = timings[position]!
      const spent = times.reduce((sum, time) => sum + time, 0)
      if (spent > BUDGET_MS && times.length >= ROUNDS_MIN) continue
      const start = performance.now()
      const answer = await contender.run()
      times.push(performance.now() - start)
      check(contender, first, answer, expected)
    }
  }
  return timings
}

/**
 * The order of one round: over `count` of them each comes behind each other one about as often
 * (E. J. Williams, "Experimental designs balanced for the estimation of residual effects of
 * treatments", 1949).
 */
function orderOf(round: number, count: number): number[] {
  const order = Array.from({ length: count }, (_, place) => {
    const zigzag = place % 2 === 0 ? count - place / 2 : (place + 1) / 2
    return (zigzag + round) % count
  })
  return Math.floor(round / count) % 2 === 0 ? order : order.reverse()
}

async function warmed({ run }: Contender): Promise<Answer> {
  const start = performance.now()
  for (;;) {
    const answer = await run()
    if (performance.now() - start > WARM_MS) return answer
  }
}

function check(contender: Contender, first: Contender, answer: Answer, expected: Answer): void {
  const difference = answersDiffer(answer, expected)
  if (difference === null) return
  throw new Error(`${contender.name} answers otherwise than ${first.name}: ${difference}`)
}
