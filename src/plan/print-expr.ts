import { type DataType, typeText } from '../arrow/data-type.ts'
import { type Scalar, scalarText } from '../arrow/scalar.ts'
import { unreachable } from '../error.ts'
import type {
  AggregateExpr,
  AggregateOptions,
  CallExpr,
  Expr,
  SortKey,
  WindowExpr,
} from './expr.ts'
import { columnsOf, inputsOfAggregate } from './expr-children.ts'
import type { FunctionName } from './function.ts'

/** Symbol and binding strength of the functions that are written between their arguments. */
const INFIX = new Map<FunctionName, readonly [symbol: string, strength: number]>([
  ['or', ['or', 1]],
  ['and', ['and', 2]],
  ['eq', ['=', 4]],
  ['ne', ['!=', 4]],
  ['lt', ['<', 4]],
  ['lte', ['<=', 4]],
  ['gt', ['>', 4]],
  ['gte', ['>=', 4]],
  ['like', ['like', 4]],
  ['add', ['+', 5]],
  ['sub', ['-', 5]],
  ['mul', ['*', 6]],
  ['div', ['/', 6]],
  ['mod', ['%', 6]],
])
const NOT = 3
const COMPARISON = 4
const UNARY = 7
const ATOM = 8

const VALUES_MAX = 20
const WORDS = new Set(
  'and or not in is null true false case when then else end like cast nan infinity'.split(' '),
)

/**
 * `expr` for people, e.g. `amount > 100 and customer in (Ada, Grace)`. Text is quoted where it
 * could be taken for something else; long names, values and lists are cut.
 */
export function printExpr(expr: Expr): string {
  return new ExprPrinter(columnsOf(expr)).print(expr, 0)
}

/** A column's name for people: quoted unless it is a plain word, at most 80 characters. */
export function printName(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && !WORDS.has(name.toLowerCase())
    ? clipped(name)
    : `"${escaped(clipped(name)).replaceAll('"', '""')}"`
}

/** A constant for people. */
export function printScalar(value: Scalar, type: DataType, columns?: ReadonlySet<string>): string {
  if (value === null) return 'null'
  const text = clipped(scalarText(value, type))
  if (type.name === 'binary') return `x'${text}'`
  if (typeof value !== 'string') return text
  const plain = /^\p{L}[\p{L}\p{N}_-]*$/u.test(text) && !WORDS.has(text.toLowerCase())
  return plain && columns?.has(value) !== true ? text : `'${escaped(text).replaceAll("'", "''")}'`
}

/** A sort key, with what differs from the usual: nulls last ascending and first descending. */
export function printSortKey({ expr, descending, nulls }: SortKey): string {
  const usual = descending ? 'first' : 'last'
  const order = descending ? ' desc' : ''
  return `${printExpr(expr)}${order}${nulls === usual ? '' : ` nulls ${nulls}`}`
}

/** A window function with its rows, where they are not the usual ones, e.g. `sum(x) rows -6 to 0`. */
export function printWindow(of: WindowExpr): string {
  const { function: name, inputs, options, count, ignoreNulls, frame } = of
  const args = [...inputs.map(printExpr), ...optionTexts(options)]
  if (count !== 0) args.splice(1, 0, String(count))
  const nulls = ignoreNulls ? ' ignoring nulls' : ''
  const rows = frame === null ? '' : ` ${frame.unit} ${frame.from} to ${frame.to}`
  return `${name}(${args.join(', ')})${nulls}${rows}`
}

/** An aggregate, e.g. `quantile(x, at 0.9)`. */
export function printAggregate(of: AggregateExpr): string {
  const args = [...inputsOfAggregate(of).map(printExpr), ...optionTexts(of.options)]
  return `${of.aggregate}(${args.join(', ')})`
}

const optionTexts = (options: AggregateOptions = {}): readonly string[] =>
  Object.entries(options).map(([name, value]) => `${name} ${JSON.stringify(value)}`)

class ExprPrinter {
  private readonly columns: ReadonlySet<string>

  constructor(columns: ReadonlySet<string>) {
    this.columns = columns
  }

  /** `expr`, in brackets if it binds more weakly than `strength`. */
  print(expr: Expr, strength: number): string {
    const [text, own] = this.bare(expr)
    return own < strength ? `(${text})` : text
  }

  private bare(expr: Expr): readonly [text: string, strength: number] {
    switch (expr.kind) {
      case 'column':
        return [printName(expr.name), ATOM]
      case 'literal':
        return [printScalar(expr.value, expr.type, this.columns), ATOM]
      case 'call':
        return this.call(expr)
      case 'user': {
        const args = expr.args.map((arg) => this.print(arg, 0))
        return [`${printName(expr.of.name)}(${args.join(', ')})`, ATOM]
      }
      case 'cast': {
        const input = this.print(expr.input, 0)
        return [`${expr.orNull ? 'tryCast' : 'cast'}(${input} as ${typeText(expr.type)})`, ATOM]
      }
      case 'case': {
        const branches = expr.branches.map(
          ({ when, then }) => `when ${this.print(when, 0)} then ${this.print(then, 0)} `,
        )
        return [`case ${branches.join('')}else ${this.print(expr.otherwise, 0)} end`, ATOM]
      }
      case 'in': {
        const { values, input } = expr
        const shown = values.slice(0, VALUES_MAX)
        const texts = shown.map((value) => printScalar(value, input.type, this.columns))
        if (values.length > VALUES_MAX) texts.push(`... ${values.length - VALUES_MAX} more`)
        return [`${this.print(input, COMPARISON + 1)} in (${texts.join(', ')})`, COMPARISON]
      }
      case 'member': {
        const input = this.print(expr.input, COMPARISON + 1)
        return [`${input} among ${expr.keys.count} keys`, COMPARISON]
      }
      default:
        return unreachable(expr)
    }
  }

  private call({ name, args }: CallExpr): readonly [text: string, strength: number] {
    const infix = INFIX.get(name)
    if (infix !== undefined && args.length === 2) {
      const [symbol, strength] = infix
      const chained = name === 'and' || name === 'or' || name === 'add' || name === 'mul'
      const left = this.print(args[0]!, strength === COMPARISON ? strength + 1 : strength)
      const right = this.print(
        args[1]!,
        chained && name === nameOf(args[1]!) ? strength : strength + 1,
      )
      return [`${left} ${symbol} ${right}`, strength]
    }
    if (name === 'not') return [`not ${this.print(args[0]!, NOT)}`, NOT]
    if (name === 'isNull') return [`${this.print(args[0]!, COMPARISON + 1)} is null`, COMPARISON]
    if (name === 'isNotNull') {
      return [`${this.print(args[0]!, COMPARISON + 1)} is not null`, COMPARISON]
    }
    if (name === 'neg') return [`-${this.print(args[0]!, ATOM)}`, UNARY]
    return [`${name}(${args.map((arg) => this.print(arg, 0)).join(', ')})`, ATOM]
  }
}

const nameOf = (expr: Expr): string => (expr.kind === 'call' ? expr.name : '')

function clipped(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77).replace(/[\ud800-\udbff]$/, '')}...`
}

function escaped(text: string): string {
  const plain = text.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')
  return plain.replace(
    /\p{Cc}/gu,
    (found) => `\\x${found.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
