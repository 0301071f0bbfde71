import { invalid } from '../../error.ts'

/**
 * What files are: `auto` goes by the end of the name, and is `csv` for any other, and for streams of bytes
 * without a name.
 */
export type LoadFormat = 'auto' | 'csv' | 'ndjson' | 'arrow' | 'parquet'

const FORMATS: readonly unknown[] = ['auto', 'csv', 'ndjson', 'arrow', 'parquet']
const BY_NAME = [
  [/\.(ndjson|jsonl)$/, 'ndjson'],
  [/\.(arrow|arrows|ipc|feather)$/, 'arrow'],
  [/\.(parquet|pq)$/, 'parquet'],
] as const

/** What the file of that name is. Throws INVALID for an unknown word. */
export function formatOf(name: string, asked: LoadFormat = 'auto'): Exclude<LoadFormat, 'auto'> {
  if (!FORMATS.includes(asked)) {
    const words = FORMATS.map((word) => `"${word}"`).join(', ')
    throw invalid(`format can be ${words}, got ${JSON.stringify(asked)}`, { format: asked })
  }
  if (asked !== 'auto') return asked
  const plain = name.replace(/\.(gz|br)$/, '')
  return BY_NAME.find(([end]) => end.test(plain))?.[1] ?? 'csv'
}
