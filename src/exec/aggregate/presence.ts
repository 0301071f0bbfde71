import type { CountState } from './count.ts'

/** Validity of results that are null for groups without a value. */
export function presence(counts: CountState, groupCount: number): Uint8Array | null {
  const validity = new Uint8Array(groupCount)
  let all = true
  for (let group = 0; group < groupCount; group++) {
    validity[group] = counts.of(group) >= 1 ? 1 : 0
    if (validity[group] === 0) all = false
  }
  return all ? null : validity
}
