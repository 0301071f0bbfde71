import { type DataType, integerRange, isFloat, isInteger } from '../arrow/data-type.ts'
import type { CallExpr, CastExpr, Expr } from './expr.ts'
import { childrenOf } from './expr-walk.ts'
import { inputsOf, type LogicalPlan } from './logical-plan.ts'
import { exprsOf } from './node-exprs.ts'
import { NUMBER_SIGNATURES } from './number-signatures.ts'
import { TEXT_SIGNATURES } from './text-signatures.ts'
import { TIME_SIGNATURES } from './time-signatures.ts'

/** Row functions, of which only these cannot raise an error. */
const TOTAL = new Set(
  `log log2 log10 cbrt sin cos tan asin acos atan atan2 sinh cosh tanh degrees radians sign isNan
  isFinite isInfinite bitAnd bitOr bitXor bitNot bitCount reverse titleCase left right indexOf
  countMatches splitPart translate stripPrefix stripSuffix trimCharacters byteLength codePoint
  editDistance toHex toBase64 md5 sha256 isoWeek isoYear decade century daysInMonth isLeapYear
  dayName monthName millisecond microsecond epoch dateDiff formatTime asinh acosh atanh cot
  log1p expm1 sha1 sha512 crc32 jaccard jaro jaroWinkler damerau soundex stripAccents normalize
  splice lastIndexOf elapsed monthsBetween timeOf isJson jsonArray jsonObject`.split(/\s+/),
)

/** The functions that may raise an error, besides those told apart below. */
const EVERYDAY = new Set<string>(
  [NUMBER_SIGNATURES, TEXT_SIGNATURES, TIME_SIGNATURES]
    .flatMap((signatures) => Object.keys(signatures))
    .filter((name) => !TOTAL.has(name) && name !== 'greatest' && name !== 'least')
    .concat('listCosine', 'listDistance', 'listDot'),
)

/**
 * Whether evaluating `expr` may raise an error on some row: overflow, division by zero, a cast
 * that fails. Such an expression must not be moved to where it meets more rows than before. Any
 * doubt answers true.
 */
export function mayThrow(expr: Expr): boolean {
  if (expr.kind === 'cast' && !expr.orNull && !isTotalCast(expr)) return true
  if (expr.kind === 'user' || (expr.kind === 'call' && callMayThrow(expr))) return true
  return childrenOf(expr).some(mayThrow)
}

/** Whether running `plan` may raise such an error. */
export function planMayThrow(plan: LogicalPlan): boolean {
  return exprsOf(plan).some(mayThrow) || inputsOf(plan).some(planMayThrow)
}

function callMayThrow({ name, args }: CallExpr): boolean {
  switch (name) {
    case 'add':
    case 'sub':
    case 'mul':
    case 'neg':
    case 'abs':
    case 'round':
    case 'floor':
    case 'ceil':
      return !args.some(({ type }) => isFloat(type))
    case 'div':
    case 'mod':
      return !args.some(({ type }) => isFloat(type)) && !isAboveZero(args[1])
    case 'intDiv':
      return !isAboveZero(args[1])
    case 'like':
    case 'truncate':
      return args.some((arg, position) => position > 0 && arg.kind !== 'literal')
    case 'slice':
    case 'replace':
    case 'concat':
      return true
    default:
      return EVERYDAY.has(name)
  }
}

function isAboveZero(expr: Expr | undefined): boolean {
  if (expr?.kind !== 'literal') return false
  const { value } = expr
  return (typeof value === 'number' || typeof value === 'bigint') && value > 0
}

/** Whether every value of the input has its like in the target type. */
export function isTotalCast({ input: { type: from }, type: to }: CastExpr): boolean {
  if (to.name === 'utf8') return true
  if (to.name === 'float64') return from.name !== 'utf8'
  if (from.name === 'bool') return true
  if (isExactNumber(from) && isExactNumber(to)) return holdsAll(from, to)
  return isDay(from) && isDay(to)
}

const isDay = ({ name }: DataType): boolean => name === 'date' || name === 'timestamp'

const isExactNumber = (type: DataType): boolean => isInteger(type) || type.name === 'decimal'

const scaleOf = (type: DataType): number => (type.name === 'decimal' ? type.scale : 0)

function holdsAll(from: DataType, to: DataType): boolean {
  const shift = scaleOf(to) - scaleOf(from)
  if (shift < 0) return false
  const [least, greatest] = integerRange(from)
  const [lowest, highest] = integerRange(to)
  const factor = 10n ** BigInt(shift)
  return least * factor >= lowest && greatest * factor <= highest
}
