import type { Answer, Plain } from './contender.ts'

/** Polars and JavaScript sum decimals as floats, in an order of their own. */
const TOLERANCE = 1e-9

/**
 * Where two answers differ, null when nowhere. Rows in order. Exact values are equal; a float equals
 * any number within 1e-9 of it, relative to the greater.
 */
export function answersDiffer(answer: Answer, expected: Answer): string | null {
  if (answer.length !== expected.length) return `${answer.length} rows, not ${expected.length}`
  for (const [index, row] of answer.entries()) {
    const other = expected[index]!
    const isSame = row.length === other.length && row.every((value, at) => same(value, other[at]!))
    if (!isSame) return `row ${index} is [${row.join(', ')}], not [${other.join(', ')}]`
  }
  return null
}

function same(a: Plain, b: Plain): boolean {
  if (a === b) return true
  if (a === null || b === null) return false
  if (typeof a === 'string' && typeof b === 'string') return false
  const [left, right] = [numberOf(a), numberOf(b)]
  return Math.abs(left - right) <= TOLERANCE * Math.max(1, Math.abs(left), Math.abs(right))
}

/** Exact numbers are held as text: `decimal 12.5`, `7`. */
const numberOf = (value: string | number): number => Number(String(value).replace(/^decimal /, ''))
