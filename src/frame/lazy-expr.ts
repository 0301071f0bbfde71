import { typeText } from '../arrow/data-type.ts'
import { invalid, unreachable } from '../error.ts'
import type { AggregateName, FunctionName } from '../plan/function.ts'
import type { Term } from '../plan/term.ts'
import { type ColumnType, dataTypeOf } from './column-type.ts'
import type { Expr, TextMethods, TimeMethods } from './expr.ts'
import { textMethods } from './text-methods.ts'
import { timeMethods } from './time-methods.ts'
import type { Untyped } from './type-tag.ts'

type AnyExpr = Expr<Untyped>

/** The expression behind `Expr`: a term, and methods that wrap it in further terms. */
class LazyExpr implements AnyExpr {
  readonly #term: Term

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

  #aggregate(name: AggregateName): AnyExpr {
    return expr({ kind: 'aggregate', name, input: this.#term })
  }

  add(value: unknown): AnyExpr {
    return this.#call('add', value)
  }

  sub(value: unknown): AnyExpr {
    return this.#call('sub', value)
  }

  mul(value: unknown): AnyExpr {
    return this.#call('mul', value)
  }

  div(value: unknown): AnyExpr {
    return this.#call('div', value)
  }

  intDiv(value: unknown): AnyExpr {
    return this.#call('intDiv', value)
  }

  mod(value: unknown): AnyExpr {
    return this.#call('mod', value)
  }

  pow(value: unknown): AnyExpr {
    return this.#call('pow', value)
  }

  eq(value: unknown): AnyExpr {
    return this.#call('eq', value)
  }

  ne(value: unknown): AnyExpr {
    return this.#call('ne', value)
  }

  lt(value: unknown): AnyExpr {
    return this.#call('lt', value)
  }

  lte(value: unknown): AnyExpr {
    return this.#call('lte', value)
  }

  gt(value: unknown): AnyExpr {
    return this.#call('gt', value)
  }

  gte(value: unknown): AnyExpr {
    return this.#call('gte', value)
  }

  and(value: unknown): AnyExpr {
    return this.#call('and', value)
  }

  or(value: unknown): AnyExpr {
    return this.#call('or', value)
  }

  nullIf(value: unknown): AnyExpr {
    return this.#call('nullIf', value)
  }

  neg(): AnyExpr {
    return this.#call('neg')
  }

  abs(): AnyExpr {
    return this.#call('abs')
  }

  floor(): AnyExpr {
    return this.#call('floor')
  }

  ceil(): AnyExpr {
    return this.#call('ceil')
  }

  sqrt(): AnyExpr {
    return this.#call('sqrt')
  }

  exp(): AnyExpr {
    return this.#call('exp')
  }

  ln(): AnyExpr {
    return this.#call('ln')
  }

  not(): AnyExpr {
    return this.#call('not')
  }

  isNull(): AnyExpr {
    return this.#call('isNull')
  }

  isNotNull(): AnyExpr {
    return this.#call('isNotNull')
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

  coalesce(...values: readonly unknown[]): AnyExpr {
    return this.#call('coalesce', ...values)
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

  get str(): TextMethods<Untyped> {
    return textMethods((name, ...args) => this.#call(name, ...args))
  }

  get dt(): TimeMethods<Untyped> {
    return timeMethods((name, ...args) => this.#call(name, ...args))
  }

  sum(): AnyExpr {
    return this.#aggregate('sum')
  }

  mean(): AnyExpr {
    return this.#aggregate('mean')
  }

  min(): AnyExpr {
    return this.#aggregate('min')
  }

  max(): AnyExpr {
    return this.#aggregate('max')
  }

  count(): AnyExpr {
    return this.#aggregate('count')
  }

  countDistinct(): AnyExpr {
    return this.#aggregate('countDistinct')
  }

  any(): AnyExpr {
    return this.#aggregate('any')
  }

  first(): AnyExpr {
    return this.#aggregate('first')
  }

  last(): AnyExpr {
    return this.#aggregate('last')
  }

  stddev(): AnyExpr {
    return this.#aggregate('stddev')
  }

  variance(): AnyExpr {
    return this.#aggregate('variance')
  }

  median(): AnyExpr {
    return this.#aggregate('median')
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

function termText(term: Term): string {
  switch (term.kind) {
    case 'column':
      return term.name
    case 'literal':
      return typeof term.value === 'string' ? JSON.stringify(term.value) : String(term.value)
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
      return `${term.name}(${term.input === null ? '' : termText(term.input)})`
    default:
      return unreachable(term)
  }
}
