import { invalid } from '../../error.ts'
import { type RowResult, rowFunction } from './row-function.ts'

type Numbers = readonly number[]

/** A function of two lists of numbers, given as the JSON that lists are. */
function ofVectors(of: (left: Numbers, right: Numbers) => RowResult) {
  return rowFunction((left: string, right: string) => {
    const [a, b] = [numbersOf(left), numbersOf(right)]
    if (a.length === b.length) return of(a, b)
    throw invalid(`lists of ${a.length} and ${b.length} numbers have no distance`, {
      left: a.length,
      right: b.length,
    })
  })
}

function numbersOf(text: string): number[] {
  const values = JSON.parse(text) as (number | string | null)[]
  const gap = values.indexOf(null)
  if (gap < 0) return values.map(Number)
  throw invalid(`a list with null at ${gap} has no distance`, { position: gap })
}

function dot(left: Numbers, right: Numbers): number {
  let sum = 0
  for (let at = 0; at < left.length; at++) sum += left[at]! * right[at]!
  return sum
}

/** Null where one of them is nothing but zeros, which has no direction. */
function cosine(left: Numbers, right: Numbers): number | null {
  const length = Math.sqrt(dot(left, left)) * Math.sqrt(dot(right, right))
  return length === 0 ? null : Math.max(-1, Math.min(1, dot(left, right) / length))
}

function distance(left: Numbers, right: Numbers): number {
  let sum = 0
  for (let at = 0; at < left.length; at++) sum += (left[at]! - right[at]!) ** 2
  return Math.sqrt(sum)
}

/** Functions of two lists of numbers. */
export const VECTOR_FUNCTIONS = {
  listCosine: ofVectors(cosine),
  listDistance: ofVectors(distance),
  listDot: ofVectors(dot),
}
