/** A value of an answer, in a form in which contenders can be compared. */
export type Plain = string | number | null

export type Answer = readonly (readonly Plain[])[]

/** One engine on one format, asked one question. */
export interface Contender {
  readonly name: string
  readonly run: () => Promise<Answer>
}

/** What was measured of a contender. */
export interface Timing {
  readonly name: string
  /** Milliseconds, one a round, in order. */
  readonly times: readonly number[]
}

export function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1]!
}
