import { t } from '../frame/column-type.ts'
import type { AnyFrame } from '../frame/data-frame.ts'
import type { Database } from '../frame/database.ts'
import { col, fn } from '../frame/expr-builders.ts'
import { desc } from '../frame/sort-key.ts'
import { seededRandom } from './seeded-random.ts'

/** How the keys of a table lie: in order, anywhere, mostly a few of them, or one in all rows. */
export type KeyOrder = 'sorted' | 'uniform' | 'skewed' | 'constant'

/** What is asked of the rows whose key is in the range. */
export type CostQuestion = 'rows' | 'count' | 'sum' | 'groups' | 'top' | 'limit'

/** A table, and a question to it. Plain data: the same case makes the same table anywhere. */
export interface CostCase {
  /** Rows of the table, 1 and up. */
  readonly rows: number
  /** Rows of a partition, 1 and up. */
  readonly partitionRows: number
  /** Columns beside the key, 1 and up: `c0`, `c1`, ... */
  readonly columns: number
  readonly keys: KeyOrder
  /** Keys are whole numbers from 0 to this, which is not among them. */
  readonly keyRange: number
  /** For keys that lie anywhere. */
  readonly seed: number
  /** The range of keys that is asked for, both ends included. */
  readonly from: number
  readonly to: number
  readonly question: CostQuestion
  /** How many of the other columns are asked for, from `c0` on. */
  readonly asked: number
}

const ORDERS: readonly KeyOrder[] = ['sorted', 'uniform', 'skewed', 'constant']
const QUESTIONS: readonly CostQuestion[] = ['rows', 'count', 'sum', 'groups', 'top', 'limit']
/** Shares of the keys, from which the range begins. */
const WIDTHS = [1, 0.4, 0.05, 0.003, 0]

/** Rows of a top or a limit. */
export const TOP_ROWS = 5

/** How many numbers decide a case. */
export const COST_NUMBERS = 10

/**
 * A table and a question out of ten numbers from 0 to 9,999, each of which decides one thing: sizes,
 * order and skew of the keys, selectivity, columns, the kind of question. With fast-check, of which
 * this library needs nothing itself, it makes an arbitrary, which shrinks towards one row, one column
 * and all of it asked for: `fc.array(fc.nat(9999), { minLength: 10, maxLength: 10 }).map((n) => costCase(n))`.
 *
 * @param numbers A missing one is 0.
 * @param rowsMax Rows of the largest table, 1 and up.
 */
export function costCase(numbers: readonly number[], rowsMax = 300): CostCase {
  const below = (at: number, count: number) => {
    return Math.floor((((numbers[at] ?? 0) % 10_000) / 10_000) * count)
  }
  const keyRange = [1000, 10, 100_000][below(4, 3)]!
  const from = below(6, keyRange)
  return {
    rows: 1 + below(0, rowsMax),
    partitionRows: 1 + below(1, Math.ceil(rowsMax * 0.4)),
    columns: 1 + below(2, 5),
    keys: ORDERS[below(3, ORDERS.length)]!,
    keyRange,
    seed: numbers[5] ?? 0,
    from,
    to: from + Math.floor(WIDTHS[below(7, WIDTHS.length)]! * keyRange),
    question: QUESTIONS[below(8, QUESTIONS.length)]!,
    asked: below(9, 6),
  }
}

/** The keys of all rows, in order. */
export function keysOf({ rows, keys, keyRange, seed }: CostCase): number[] {
  const random = seededRandom(seed)
  const drawn = Array.from({ length: rows }, () => {
    const share = random(2 ** 20) / 2 ** 20
    return Math.floor((keys === 'skewed' ? share ** 4 : share) * keyRange)
  })
  if (keys === 'constant') return drawn.fill(drawn[0]!)
  return keys === 'sorted' ? drawn.sort((a, b) => a - b) : drawn
}

/** The value of column `c<column>` in a row with `key`. */
const cellOf = (key: number, column: number): number => key * 7 + column

/** Makes the table `name` of a case. Throws what `createTable` and `insert` throw. */
export async function layTable(db: Database, of: CostCase, name = 'facts'): Promise<AnyFrame> {
  const names = ['key', ...otherColumns(of, of.columns)]
  const columns = Object.fromEntries(names.map((column) => [column, t.int32()]))
  const table = await db.createTable(name, columns, { partitionRows: of.partitionRows })
  const keys = keysOf(of)
  const values = otherColumns(of, of.columns).map((column, n) => {
    return [column, keys.map((key) => cellOf(key, n))]
  })
  await table.insert({ key: keys, ...Object.fromEntries(values) } as never)
  return table as unknown as AnyFrame
}

const otherColumns = ({ columns }: CostCase, count: number): string[] =>
  Array.from({ length: Math.min(columns, count) }, (_, n) => `c${n}`)

/** The question of a case to its table. */
export function questionTo(table: AnyFrame, of: CostCase): AnyFrame {
  const asked = otherColumns(of, of.asked)
  const found = table.filter(() => col('key').between(of.from, of.to))
  switch (of.question) {
    case 'rows':
      return found.select('key', ...asked)
    case 'limit':
      return found.select('key', ...asked).limit(TOP_ROWS)
    case 'top':
      return found
        .select('key', ...asked)
        .sort(desc('key'))
        .limit(TOP_ROWS)
    case 'count':
      return found.agg(() => ({ n: fn.count() }))
    case 'sum':
      return found.agg(() => sums(asked))
    case 'groups':
      return found.groupBy('key').agg(() => sums(asked))
  }
}

function sums(asked: readonly string[]) {
  return Object.fromEntries([
    ['n', fn.count()],
    ...asked.map((name) => [name, col(name).sum()] as const),
  ])
}

/** What a question may read: files of columns, and their bytes. */
export interface CostBound {
  readonly files: number
  readonly bytes: number
}

/**
 * The cost model of a filtered question: no more than the file of each column that is looked at, in
 * each partition whose keys reach into the range, once. Nothing where statistics answer it: a count
 * over partitions that lie whole within the range.
 *
 * @param sizeOf Bytes of the file of a column in partition 1, 2, ...
 */
export function costBound(
  of: CostCase,
  sizeOf: (column: string, partition: number) => number,
): CostBound {
  const { partitionRows, from, to, question } = of
  const keys = keysOf(of)
  const columns = ['key', ...(question === 'count' ? [] : otherColumns(of, of.asked))]
  let [files, bytes] = [0, 0]
  for (let at = 0; at < keys.length; at += partitionRows) {
    const part = keys.slice(at, at + partitionRows)
    const [least, greatest] = [Math.min(...part), Math.max(...part)]
    if (greatest < from || least > to) continue
    if (question === 'count' && least >= from && greatest <= to) continue
    for (const column of columns) {
      files += 1
      bytes += sizeOf(column, at / partitionRows + 1)
    }
  }
  return { files, bytes }
}

/** How many rows the answer has. */
export function answerRows(of: CostCase): number {
  const found = keysOf(of).filter((key) => key >= of.from && key <= of.to)
  switch (of.question) {
    case 'rows':
      return found.length
    case 'limit':
    case 'top':
      return Math.min(TOP_ROWS, found.length)
    case 'groups':
      return new Set(found).size
    case 'count':
    case 'sum':
      return 1
  }
}
