import { bool, type DataType, isNumeric, typesEqual, utf8 } from '../arrow/data-type.ts'
import type { Scalar } from '../arrow/scalar.ts'
import { fieldNamed, type Schema } from '../arrow/schema.ts'
import { clip, invalid, nameNotFound, unreachable } from '../error.ts'
import {
  COMPARISONS,
  type Comparison,
  compareBeyond,
  isBeyond,
  mirrored,
} from './compare-literal.ts'
import type { Expr } from './expr.ts'
import {
  callExpr,
  caseExpr,
  castExpr,
  columnExpr,
  conjoin,
  disjoin,
  inExpr,
  literalExpr,
  userExpr,
} from './expr-walk.ts'
import { FUNCTION_NAMES, type FunctionName } from './function.ts'
import { NUMBER_SIGNATURES } from './number-signatures.ts'
import { adoptLiteral, type Beside, loneLiteral, typedLiteral } from './resolve-literal.ts'
import { alike, describe } from './signature-rule.ts'
import { superType } from './super-type.ts'
import type { Term } from './term.ts'
import { TEXT_SIGNATURES } from './text-signatures.ts'
import { TIME_SIGNATURES } from './time-signatures.ts'
import { misplacedWindow } from './window-expr.ts'

const DEPTH_MAX = 500
const SIZE_MAX = 200_000

const NAMES: ReadonlySet<string> = new Set(FUNCTION_NAMES)

/** The functions whose arguments are typed together, and why literals stand there. */
const TOGETHER = new Map<string, Beside>([
  ...(['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'nullIf'] as const).map(
    (name) => [name, 'compare'] as const,
  ),
  ...(['add', 'sub', 'mul', 'div', 'intDiv', 'mod'] as const).map(
    (name) => [name, 'arithmetic'] as const,
  ),
  ['coalesce', 'same'],
  ['greatest', 'same'],
  ['least', 'same'],
])

/** The functions whose first two arguments are times, typed together. */
const TWO_TIMES: ReadonlySet<string> = new Set(['dateDiff', 'elapsed', 'monthsBetween'])

/** The functions of text only, and those that type a bare null themselves. */
const TEXT = new Set<string>([
  ...Object.keys(TEXT_SIGNATURES),
  ...Object.keys(TIME_SIGNATURES),
  ...Object.keys(NUMBER_SIGNATURES),
  'lower',
  'upper',
  'length',
  'trim',
  'trimStart',
  'trimEnd',
  'startsWith',
  'endsWith',
  'contains',
  'like',
  'replace',
  'concat',
])

/**
 * `term` over rows of `schema`: names looked up, literals typed by what they stand beside.
 *
 * @param term Besides the functions of `plan/function.ts` it may call `between(x, least, greatest)`;
 *   `and` and `or` take any number of arguments.
 * Throws NOT_FOUND for an unknown column or function, INVALID for wrong types and literals, for an
 * aggregate, and for an expression of more than 500 levels (chains of `and` and `or` count as one).
 */
export function resolveTerm(term: Term, schema: Schema): Expr {
  return new Resolver(schema).resolve(term)
}

/** A literal that waits for a context to type it. */
interface Loose {
  readonly kind: 'loose'
  readonly value: unknown
}

type Side = Expr | Loose

class Resolver {
  private readonly schema: Schema
  private depth = 0
  private size = 0

  constructor(schema: Schema) {
    this.schema = schema
  }

  /** `term` typed; `nullType` is the type of a bare null, where there is one. */
  resolve(term: Term, nullType?: DataType): Expr {
    return settle(this.side(term), nullType)
  }

  private side(term: Term): Side {
    if (term.kind !== 'literal') this.count()
    this.depth++
    if (this.depth > DEPTH_MAX) {
      throw invalid(`an expression has more than ${DEPTH_MAX} levels: compute parts of it first`)
    }
    const side = this.bare(term)
    this.depth--
    return side
  }

  private count(): void {
    this.size++
    if (this.size > SIZE_MAX) throw invalid(`an expression has more than ${SIZE_MAX} parts`)
  }

  private bare(term: Term): Side {
    switch (term.kind) {
      case 'column':
        return columnExpr(fieldNamed(this.schema, term.name))
      case 'literal':
        if (term.type !== null) return typedLiteral(term.value, term.type)
        return { kind: 'loose', value: term.value }
      case 'call':
        return this.call(term.name, term.args)
      case 'user':
        return userExpr(
          term.of,
          term.args.map((arg, position) => {
            const side = this.side(arg)
            const of = term.of.takes[position]
            if (side.kind !== 'loose' || of === undefined) return settle(side)
            return adoptLiteral(side.value, of.type, 'same')
          }),
        )
      case 'cast': {
        const input = this.resolve(term.input, term.type)
        return castExpr(input, term.type, { orNull: term.orNull })
      }
      case 'case':
        return this.cases(term)
      case 'in':
        return this.within(term)
      case 'aggregate':
        throw invalid(
          `${term.name}() is an aggregate: use it inside groupBy(...).agg(...) or agg(...)`,
          { aggregate: term.name },
        )
      case 'window':
        throw misplacedWindow(term)
      default:
        return unreachable(term)
    }
  }

  private call(name: string, args: readonly Term[]): Expr {
    if (name === 'and' || name === 'or') return this.logic(name, args)
    if (name === 'between') return this.between(args)
    if (!NAMES.has(name)) throw nameNotFound('function', name, FUNCTION_NAMES)
    const known = name as FunctionName
    if (args.length === 2 && isComparison(name)) {
      return compared(name, this.side(args[0]!), this.side(args[1]!))
    }
    if (args.length === 2 && name === 'nullIf') {
      return nullIf(this.side(args[0]!), this.side(args[1]!))
    }
    const beside = TOGETHER.get(name)
    if (beside !== undefined) {
      return callExpr(
        known,
        together(
          args.map((arg) => this.side(arg)),
          beside,
        ),
      )
    }
    if (TWO_TIMES.has(name) && args.length >= 2) {
      const times = together([this.side(args[0]!), this.side(args[1]!)], 'compare')
      const same = isComparable(times) ? alike(times, name) : times
      return callExpr(known, [...same, ...args.slice(2).map((arg) => this.resolve(arg))])
    }
    const nullType = name === 'not' ? bool : TEXT.has(name) ? utf8 : undefined
    return callExpr(
      known,
      args.map((arg) => this.resolve(arg, nullType)),
    )
  }

  private logic(name: 'and' | 'or', args: readonly Term[]): Expr {
    if (args.length === 0) throw invalid(`${name} takes at least 1 argument, got 0`)
    const operands: Expr[] = []
    const open = [...args].reverse()
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next.kind !== 'call' || next.name !== name) operands.push(this.resolve(next, bool))
      else {
        this.count()
        for (let i = next.args.length - 1; i >= 0; i--) open.push(next.args[i]!)
      }
    }
    for (const operand of operands) mustBeBool(operand, name)
    return name === 'and' ? conjoin(operands) : disjoin(operands)
  }

  private between(args: readonly Term[]): Expr {
    if (args.length !== 3) throw invalid(`between takes 3 arguments, got ${args.length}`)
    const [input, least, greatest] = args.map((arg) => this.side(arg)) as [Side, Side, Side]
    return conjoin([compared('gte', input, least), compared('lte', input, greatest)])
  }

  private cases({ branches, otherwise }: Extract<Term, { kind: 'case' }>): Expr {
    if (branches.length === 0) throw invalid('a case needs at least one when(...).then(...)')
    const whens = branches.map(({ when }) => {
      const test = this.resolve(when, bool)
      mustBeBool(test, 'when')
      return test
    })
    const results: Side[] = branches.map(({ then }) => this.side(then))
    results.push(otherwise === null ? { kind: 'loose', value: null } : this.side(otherwise))
    const thens = alike(together(results, 'same'), 'then')
    const last = thens[thens.length - 1]!
    const typed = whens.map((when, position) => {
      const then = thens[position]!
      return { when, then }
    })
    return caseExpr(typed, last)
  }

  private within(term: Extract<Term, { kind: 'in' }>): Expr {
    const input = this.side(term.input)
    if (term.values.length === 0) return literalExpr(false, bool)
    const others = term.values.map((value) => this.side(value))
    if (others.every((side) => side.kind === 'loose' || side.kind === 'literal')) {
      const found = inConstants(settle(input), others)
      if (found !== undefined) return found
    }
    return disjoin(others.map((other) => compared('eq', input, other)))
  }
}

const isComparable = ([a, b]: readonly Expr[]): boolean => superType(a!.type, b!.type) !== undefined

const isComparison = (name: string): name is Comparison =>
  (COMPARISONS as readonly string[]).includes(name)

/** A comparison of any two sides, exact also where no type holds both numbers. */
function compared(name: Comparison, left: Side, right: Side): Expr {
  const [a, b] = together([left, right], 'compare') as [Expr, Expr]
  if (b.kind === 'literal' && isBeyond(a, b)) return compareBeyond(name, a, b)
  if (a.kind === 'literal' && isBeyond(b, a)) return compareBeyond(mirrored(name), b, a)
  return callExpr(name, [a, b])
}

/** Null where both sides are equal, else the left one, of whose type the result is. */
function nullIf(left: Side, right: Side): Expr {
  const [a, b] = together([left, right], 'compare') as [Expr, Expr]
  if (typesEqual(a.type, b.type)) return callExpr('nullIf', [a, b])
  const then = literalExpr(null, a.type)
  return caseExpr([{ when: compared('eq', a, b), then }], a)
}

/** `input in values` over their common type; undefined when a value has to be cast when run. */
function inConstants(input: Expr, others: readonly Side[]): Expr | undefined {
  const typed = others.map((side) =>
    side.kind === 'loose' ? adoptLiteral(side.value, input.type, 'compare') : side,
  )
  if (typed.some((side) => side.kind === 'literal' && isBeyond(input, side))) return undefined
  const [same, ...values] = alike([input, ...typed], 'in')
  const constants: Scalar[] = []
  for (const value of values) {
    if (value.kind !== 'literal') return undefined
    constants.push(value.value)
  }
  return inExpr(same!, constants)
}

/**
 * The loose literals among `sides` typed by the rest of them, or where there is no rest, by the
 * first that has a type of its own and is no text.
 */
function together(sides: readonly Side[], beside: Beside): Expr[] {
  const type = contextOf(sides, beside)
  return sides.map((side) => {
    if (side.kind !== 'loose') return side
    return type === undefined ? loneLiteral(side.value) : adoptLiteral(side.value, type, beside)
  })
}

function contextOf(sides: readonly Side[], beside: Beside): DataType | undefined {
  let common: DataType | undefined
  for (const side of sides) {
    if (side.kind === 'loose') continue
    const next = common === undefined ? side.type : superType(common, side.type)
    // In arithmetic and where nothing meets, the signature words the error.
    common = next ?? common
  }
  if (common !== undefined) return common
  const loose = sides.flatMap((side) =>
    side.kind === 'loose' && side.value !== null ? [side.value] : [],
  )
  const lead = loose.find((value) => typeof value !== 'string') ?? loose[0]
  if (lead === undefined) return undefined
  const { type } = loneLiteral(lead)
  // Numbers alone keep their own types and meet as columns would.
  return isNumeric(type) && loose.length === sides.length && beside !== 'same' ? undefined : type
}

function settle(side: Side, nullType?: DataType): Expr {
  if (side.kind !== 'loose') return side
  return side.value === null && nullType !== undefined
    ? literalExpr(null, nullType)
    : loneLiteral(side.value)
}

function mustBeBool(expr: Expr, name: string): void {
  if (typesEqual(expr.type, bool)) return
  throw invalid(`${name} needs a bool, ${clip(describe(expr))} is ${expr.type.name}`)
}
