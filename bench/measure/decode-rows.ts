import { decodeFigures, decodeSpeed } from '../decode.ts'
import type { BenchResult } from './result.ts'

/** The column types of the goal: whole numbers, decimals and dates. */
const TYPES = ['int32', 'decimal, price', 'date']

/** Gigabytes a second and core that decode to vectors, of each type. */
export async function measureDecode(): Promise<BenchResult[]> {
  const results: BenchResult[] = []
  for (const type of TYPES) {
    for await (const figure of decodeFigures(type)) {
      const speed = decodeSpeed(figure)
      results.push({
        name: 'decode',
        title: `decode, one core: ${figure.name}`,
        unit: 'GB/s',
        ours: { name: 'graupel', median: speed, least: speed, greatest: speed },
        peers: [],
        goal: { goal: 1.5, stretch: 2.5 },
      })
    }
  }
  return results
}
