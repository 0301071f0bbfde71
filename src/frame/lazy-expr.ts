import { typeText } from '../arrow/data-type.ts'
import { invalid, unreachable } from '../error.ts'
import { AGGREGATE_NAMES, type FunctionName } from '../plan/function.ts'
import type { Term } from '../plan/term.ts'
import { termsIn } from '../plan/term-walk.ts'
import { aggregateTerm } from './aggregate-term.ts'
import { type ColumnType, dataTypeOf, t } from './column-type.ts'
import type {
  Expr,
  JsonMethods,
  ListMethods,
  StructMethods,
  TextMethods,
  TimeMethods,
} from './expr.ts'
import { jsonMethods } from './json-methods.ts'
import { listMethods, structMethods } from './nested-methods.ts'
import { textMethods } from './text-methods.ts'
import { timeMethods } from './time-methods.ts'
import type { Untyped } from './type-tag.ts'
import { overTerm } from './window-over.ts'

type AnyExpr = Expr<Untyped>

/** The methods that are functions of the same name, applied to the expression and their arguments. */
const CALLS = [
  ...(['add', 'sub', 'mul', 'div', 'intDiv', 'mod', 'pow', 'neg', 'abs', 'floor', 'ceil'] as const),
  ...(['sqrt', 'exp', 'ln', 'log', 'log2', 'log10', 'cbrt', 'trunc', 'sign'] as const),
  ...(['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'tanh'] as const),
  ...([
    'degrees',
    'radians',
    'isNan',
    'isFinite',
    'isInfinite',
    'gcd',
    'lcm',
    'factorial',
  ] as const),
  ...(['asinh', 'acosh', 'atanh', 'cot', 'log1p', 'expm1', 'toBase'] as const),
  ...(['widthBucket', 'bitAnd', 'bitOr', 'bitXor', 'bitNot', 'bitCount'] as const),
  ...(['shiftLeft', 'shiftRight', 'eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'and', 'or'] as const),
  ...(['not', 'isNull', 'isNotNull', 'nullIf', 'coalesce'] as const),
] satisfies readonly (FunctionName & keyof AnyExpr)[]

// The members that the prototype gets from `CALLS` and `AGGREGATE_NAMES`.
// biome-ignore lint/correctness/noUnusedVariables: it is merged with the class
interface LazyExpr extends AnyExpr {}

/** The expression behind `Expr`: a term, and methods that wrap it in further terms. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the static block below defines them
class LazyExpr {
  readonly #term: Term

  static {
    const define = (name: string, value: (this: LazyExpr, ...args: unknown[]) => AnyExpr) =>
      Object.defineProperty(LazyExpr.prototype, name, { value })
    for (const name of CALLS) {
      define(name, function call(...args) {
        return this.#call(name, ...args)
      })
    }
    for (const name of AGGREGATE_NAMES) {
      define(name, function aggregate(...args) {
        return expr(aggregateTerm(name, this.#term, args, termFrom))
      })
    }
  }

  constructor(term: Term) {
    this.#term = Object.freeze(term)
    Object.freeze(this)
  }

  /** The term of `value`, or undefined when it is no expression. */
  static termOf(value: unknown): Term | undefined {
    return typeof value === 'object' && value !== null && #term in value ? value.#term : undefined
  }

  #call(name: FunctionName, ...args: readonly unknown[]): AnyExpr {
    const terms = args.map((arg) => termFrom(arg, name))
    return expr({ kind: 'call', name, args: [this.#term, ...terms] })
  }

  round(digits = 0): AnyExpr {
    return this.#call('round', digits)
  }

  between(least: unknown, greatest: unknown): AnyExpr {
    return this.gte(least).and(this.lte(greatest))
  }

  in(values: readonly unknown[]): AnyExpr {
    if (!Array.isArray(values)) {
      throw invalid(`in: expected a list of values, got ${typeof values}`)
    }
    const terms = values.map((value) => termFrom(value, 'in'))
    return expr({ kind: 'in', input: this.#term, values: terms })
  }

  eqNullSafe(value: unknown): AnyExpr {
    if (value === null) return this.isNull()
    const other = expr(termFrom(value, 'eqNullSafe'))
    return this.eq(other).coalesce(this.isNull().and(other.isNull()))
  }

  cast(type: ColumnType<unknown>): AnyExpr {
    return this.#cast(type, { orNull: false })
  }

  tryCast(type: ColumnType<unknown>): AnyExpr {
    return this.#cast(type, { orNull: true })
  }

  #cast(type: ColumnType<unknown>, { orNull }: { readonly orNull: boolean }): AnyExpr {
    return expr({ kind: 'cast', input: this.#term, type: dataTypeOf(type, 'cast'), orNull })
  }

  clip(least: unknown, greatest: unknown): AnyExpr {
    const [low, high] = [termFrom(least, 'clip'), termFrom(greatest, 'clip')]
    const branches = [
      // biome-ignore lint/suspicious/noThenProperty: plain data of the plan
      { when: termFrom(this.lt(expr(low)), 'clip'), then: low },
      // biome-ignore lint/suspicious/noThenProperty: plain data of the plan
      { when: termFrom(this.gt(expr(high)), 'clip'), then: high },
    ]
    return expr({ kind: 'case', branches, otherwise: this.#term })
  }

  bucket(width: number, offset = 0): AnyExpr {
    if (!(Number.isFinite(width) && width > 0 && Number.isFinite(offset))) {
      throw invalid(`bucket needs a width above 0, got ${width}`)
    }
    const place = this.#cast(t.float64(), { orNull: false })
    return place.sub(offset).div(width).floor().mul(width).add(offset)
  }

  decode(pairs: readonly (readonly [unknown, unknown])[], otherwise: unknown = null): AnyExpr {
    if (!Array.isArray(pairs) || pairs.length === 0 || !pairs.every(Array.isArray)) {
      throw invalid("decode: expected pairs such as [[1, 'one'], [2, 'two']]")
    }
    const branches = pairs.map(([value, result]) => ({
      when: termFrom(value === null ? this.isNull() : this.eq(value), 'decode'),
      // biome-ignore lint/suspicious/noThenProperty: plain data of the plan
      then: termFrom(result, 'decode'),
    }))
    return expr({ kind: 'case', branches, otherwise: termFrom(otherwise, 'decode') })
  }

  xor(other: unknown): AnyExpr {
    return this.#call('and', true).ne(expr(termFrom(other, 'xor')))
  }

  toText({ digits = 0, group = '' }: { digits?: number; group?: string } = {}): AnyExpr {
    return this.#call('formatNumber', digits, group)
  }

  countIf(): AnyExpr {
    return this.nullIf(false).count()
  }

  lag(count = 1, otherwise?: unknown): AnyExpr {
    return expr(windowTerm('lag', [this, ...given(otherwise)], count))
  }

  lead(count = 1, otherwise?: unknown): AnyExpr {
    return expr(windowTerm('lead', [this, ...given(otherwise)], count))
  }

  runId(): AnyExpr {
    return expr(windowTerm('runId', [this]))
  }

  nth(position: number): AnyExpr {
    return expr(windowTerm('nth', [this], position))
  }

  ratioToReport(): AnyExpr {
    return expr(windowTerm(RATIO, [this]))
  }

  over(rows: unknown = {}): AnyExpr {
    const term = this.#term
    if (term.kind !== 'window' || term.name !== RATIO)
      return expr(overTerm(term, rows, { termOf: partOfOver }))
    const value = expr(term.inputs[0]!)
    const total = expr(
      overTerm(termFrom(value.sum(), 'over'), rows, { termOf: partOfOver, withOrder: 'refused' }),
    )
    return value.div(total.nullIf(0))
  }

  get str(): TextMethods<Untyped> {
    return textMethods((name, ...args) => this.#call(name, ...args))
  }

  get dt(): TimeMethods<Untyped> {
    return timeMethods((name, ...args) => this.#call(name, ...args))
  }

  get json(): JsonMethods<Untyped> {
    return jsonMethods((name, ...args) => this.#call(name, ...args))
  }

  get list(): ListMethods<Untyped> {
    return listMethods((name, ...args) => this.#call(name, ...args))
  }

  get struct(): StructMethods<Untyped> {
    return structMethods((name, ...args) => this.#call(name, ...args))
  }

  /** Where JavaScript's operators end up: `o.a > 3`, `o.a + 1`, a template string. */
  [Symbol.toPrimitive](): never {
    throw invalid(
      'an expression is no value: write o.a.gt(3) for o.a > 3, o.a.add(1) for o.a + 1, ' +
        'o.a.and(o.b) for o.a && o.b',
    )
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Expr { ${termText(this.#term)} }`
  }
}

/** A share of a sum: no window function of the plan, but a division by one. */
const RATIO = 'ratioToReport'

const partOfOver = (value: unknown): Term => termOfExpr(value, 'over')

const given = (value: unknown): readonly unknown[] => (value === undefined ? [] : [value])

/** A window function of `values` that waits for `over`. */
export function windowTerm(name: string, values: readonly unknown[], count = 0): Term {
  const inputs = values.map((value) => termFrom(value, name))
  return { kind: 'window', name, inputs, count, ignoreNulls: false, over: null }
}

/** The expression of `term`. */
export function expr(term: Term): AnyExpr {
  return new LazyExpr(term)
}

/**
 * The term of an expression or a literal. Throws INVALID for what is neither, such as a function
 * or `undefined`; `where` names the method that it was given to.
 */
export function termFrom(value: unknown, where: string): Term {
  const term = LazyExpr.termOf(value)
  if (term !== undefined) return term
  if (!isLiteral(value)) {
    throw invalid(`${where}: expected an expression or a literal, got ${describe(value)}`, {
      function: where,
    })
  }
  return { kind: 'literal', value, type: null }
}

/** The term of an expression. Throws INVALID for anything else, literals included. */
export function termOfExpr(value: unknown, where: string): Term {
  const term = LazyExpr.termOf(value)
  if (term !== undefined) return term
  const hint = isLiteral(value) ? '; wrap a constant in lit(...)' : ''
  throw invalid(`${where}: expected an expression, got ${describe(value)}${hint}`)
}

export function isExpr(value: unknown): value is AnyExpr {
  return LazyExpr.termOf(value) !== undefined
}

function isLiteral(value: unknown): boolean {
  if (value === null || value instanceof Date || value instanceof Uint8Array) return true
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value)
}

function describe(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Promise) return 'a promise'
  return typeof value === 'object' ? 'an object' : `${typeof value}`
}

/** `term` as people read it. */
export function termText(term: Term): string {
  switch (term.kind) {
    case 'column':
      return term.name
    case 'literal':
      return typeof term.value === 'string' ? JSON.stringify(term.value) : String(term.value)
    case 'user':
      return `${term.of.name}(${term.args.map(termText).join(', ')})`
    case 'call':
      return `${term.name}(${term.args.map(termText).join(', ')})`
    case 'cast':
      return `${term.orNull ? 'tryCast' : 'cast'}(${termText(term.input)}, ${typeText(term.type)})`
    case 'case': {
      const branches = term.branches.map((b) => `when ${termText(b.when)} then ${termText(b.then)}`)
      const otherwise = term.otherwise === null ? '' : ` otherwise ${termText(term.otherwise)}`
      return branches.join(' ') + otherwise
    }
    case 'in':
      return `${termText(term.input)} in (${term.values.map(termText).join(', ')})`
    case 'aggregate':
      return `${term.name}(${termsIn(term).map(termText).join(', ')})`
    case 'window':
      return `${term.name}(${term.inputs.map(termText).join(', ')})${term.over === null ? '' : ' over (...)'}`
    default:
      return unreachable(term)
  }
}
