import type { FunctionName } from '../../plan/function.ts'
import type { ScalarFunction } from './argument.ts'
import { abs, add, div, intDiv, mod, mul, neg, sub } from './arithmetic.ts'
import { eq, gt, gte, lt, lte, ne } from './comparison.ts'
import { greatest, least } from './extreme.ts'
import { JSON_FUNCTIONS } from './json-functions.ts'
import { and, coalesce, isNotNull, isNullFunction, not, nullIf, or } from './logic.ts'
import { NESTED_FUNCTIONS } from './nested-functions.ts'
import { NUMBER_FUNCTIONS } from './number-functions.ts'
import { ceil, exp, floor, ln, pow, round, sqrt } from './rounding.ts'
import {
  date,
  day,
  dayOfWeek,
  dayOfYear,
  hour,
  minute,
  month,
  quarter,
  second,
  truncate,
  year,
} from './temporal.ts'
import {
  concatText,
  length,
  lower,
  replace,
  sliceText,
  trim,
  trimEnd,
  trimStart,
  upper,
} from './text.ts'
import { TEXT_FUNCTIONS } from './text-functions.ts'
import { contains, endsWith, like, startsWith } from './text-match.ts'
import { TIME_FUNCTIONS } from './time-functions.ts'

/** The implementation of every scalar function of `plan/function.ts`. */
export const SCALAR_FUNCTIONS = {
  add,
  sub,
  mul,
  div,
  intDiv,
  mod,
  neg,
  abs,
  round,
  floor,
  ceil,
  sqrt,
  pow,
  exp,
  ln,
  eq,
  ne,
  lt,
  lte,
  gt,
  gte,
  and,
  or,
  not,
  isNull: isNullFunction,
  isNotNull,
  coalesce,
  nullIf,
  lower,
  upper,
  length,
  trim,
  trimStart,
  trimEnd,
  startsWith,
  endsWith,
  contains,
  like,
  slice: sliceText,
  replace,
  concat: concatText,
  year,
  quarter,
  month,
  day,
  dayOfWeek,
  dayOfYear,
  hour,
  minute,
  second,
  date,
  truncate,
  greatest,
  least,
  ...NUMBER_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...TIME_FUNCTIONS,
  ...JSON_FUNCTIONS,
  ...NESTED_FUNCTIONS,
} as const satisfies Record<FunctionName, ScalarFunction>
