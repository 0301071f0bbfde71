import {
  bool,
  type DataType,
  date,
  float64,
  int32,
  int64,
  isInteger,
  isNumeric,
  json,
  utf8,
} from '../arrow/data-type.ts'
import { invalid } from '../error.ts'
import type { Expr } from './expr.ts'
import type { FunctionName } from './function.ts'
import { castExpr, literalExpr } from './leaf-expr.ts'
import { counted, describe, type Rule, type Signature, wants } from './signature-rule.ts'

/**
 * What an argument has to be, and what it is cast to: text; a whole number as int32 (`whole`) or
 * int64 (`long`); any number as float64 (`float`); a date or timestamp as it is (`day`), a
 * timestamp (`moment`); a bool; json.
 */
type Parameter = 'text' | 'whole' | 'long' | 'float' | 'day' | 'moment' | 'bool' | 'json'

interface Kind {
  readonly what: string
  readonly takes: (type: DataType) => boolean
  /** What a fitting argument becomes; itself where undefined. */
  readonly as?: DataType
  /** The type of a bare null. */
  readonly nullAs: DataType
}

const KINDS: Record<Parameter, Kind> = {
  text: { what: 'text', takes: ({ name }) => name === 'utf8', nullAs: utf8 },
  whole: { what: 'a whole number', takes: isInteger, as: int32, nullAs: int32 },
  long: { what: 'a whole number', takes: isInteger, as: int64, nullAs: int64 },
  float: { what: 'a number', takes: isNumeric, as: float64, nullAs: float64 },
  day: {
    what: 'a date or timestamp',
    takes: ({ name }) => name === 'date' || name === 'timestamp',
    nullAs: date,
  },
  moment: {
    what: 'a timestamp',
    takes: ({ name }) => name === 'timestamp',
    nullAs: { name: 'timestamp', unit: 'ms', zone: null },
  },
  bool: { what: 'a bool', takes: ({ name }) => name === 'bool', nullAs: bool },
  json: { what: 'json', takes: ({ name }) => name === 'json', nullAs: json },
}

/** How a function differs from one that is null just where an argument is. */
export interface ResultOptions {
  /** Whether it may be null where no argument is. */
  readonly nullable?: boolean
  /** How many of the last parameters may be left out. */
  readonly optional?: number
}

/**
 * The rule of a function whose parameters are `parameters`, which yields `type`, or what `type`
 * makes of the first argument's type.
 */
export function takes(
  type: DataType | ((first: DataType) => DataType),
  parameters: readonly Parameter[],
  { nullable = false, optional = 0 }: ResultOptions = {},
): Rule {
  return (args, name): Signature => {
    counted(args, name, parameters.length - optional, parameters.length)
    const typed = args.map((arg, position) => fitted(arg, parameters[position]!, name))
    return {
      args: typed,
      type: typeof type === 'function' ? type(typed[0]!.type) : type,
      nullable: nullable || typed.some((arg) => arg.nullable),
    }
  }
}

/** `arg` as `parameter` asks for it. Throws INVALID. */
export function fitted(arg: Expr, parameter: Parameter, name: FunctionName): Expr {
  const { what, takes: fits, as, nullAs } = KINDS[parameter]
  if (arg.kind === 'literal' && arg.value === null && !fits(arg.type)) {
    return literalExpr(null, nullAs)
  }
  if (!fits(arg.type)) throw wants(name, what, arg)
  return as === undefined ? arg : castExpr(arg, as)
}

/** The text of a constant argument. Throws INVALID for anything else, saying `what` it has to be. */
export function constantText(arg: Expr | undefined, name: FunctionName, what: string): string {
  if (arg?.kind === 'literal' && typeof arg.value === 'string') return arg.value
  throw invalid(`${name} needs ${what} as a constant, got ${arg ? describe(arg) : 'none'}`, {
    function: name,
  })
}
