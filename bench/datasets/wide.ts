import { type SchemaValue, t } from 'graupel'
import type { Dataset } from './dataset.ts'

const COLUMNS = 100

const names = Array.from({ length: COLUMNS }, (_, n) => `c${String(n).padStart(3, '0')}`)

const columns: SchemaValue = Object.fromEntries(
  names.map((name, n) => [name, n % 2 === 0 ? t.int32() : t.decimal(12, 2)]),
)

const value = (n: number): string =>
  n % 2 === 0
    ? `(hash(i * 128 + ${n}) % 1000000)::INTEGER`
    : `((hash(i * 128 + ${n}) % 10000000) / 100)::DECIMAL(12,2)`

/** A hundred columns of numbers, 500,000 rows at scale 1. */
export const wide: Dataset = {
  name: 'wide',
  tables: { wide: { columns } },
  statements: (scale) => [
    `CREATE TABLE wide AS SELECT ${names.map((name, n) => `${value(n)} AS ${name}`).join(', ')}
     FROM range(${Math.round(500_000 * scale)}) AS r(i)`,
  ],
}
