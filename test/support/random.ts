import fc from 'fast-check'

const scale = Number(process.env['GRAUPEL_TEST_RUNS'] ?? '1')
if (!(scale > 0)) throw new Error('GRAUPEL_TEST_RUNS must be a positive factor, e.g. 0.5 or 20')

/** `base` runs of a random test, times the factor in GRAUPEL_TEST_RUNS. */
export const runs = (base: number): number => Math.max(1, Math.round(base * scale))

/** The seed of this process's random tests: GRAUPEL_TEST_SEED, or a new one. */
export const seed: number = Number(process.env['GRAUPEL_TEST_SEED'] ?? Date.now() % 2 ** 31)

fc.configureGlobal({ seed })
