import { parseDataType, typeText } from '../arrow/data-type.ts'
import { parseScalar, type Scalar, scalarText } from '../arrow/scalar.ts'
import type { Field } from '../arrow/schema.ts'
import { clip, invalid, unreachable } from '../error.ts'
import type { Expr } from './expr.ts'
import { callExpr, caseExpr, castExpr, columnExpr, inExpr, literalExpr } from './expr-walk.ts'
import { FUNCTION_NAMES, type FunctionName } from './function.ts'

const DEPTH_MAX = 200

/** An expression as JSON: one of the objects of `exprFromJson`. */
export type ExprJson = { readonly [key: string]: unknown }

/**
 * `expr` as JSON, from which `exprFromJson` makes it again. Columns stand by id, so that their
 * names are free to change. Throws INVALID for more than 200 levels.
 */
export function exprToJson(expr: Expr, idOf: (column: string) => number): ExprJson {
  const print = (of: Expr, depth: number): ExprJson => {
    if (depth > DEPTH_MAX) throw invalid(`an expression has more than ${DEPTH_MAX} levels`)
    const inside = (child: Expr) => print(child, depth + 1)
    switch (of.kind) {
      case 'column':
        return { column: idOf(of.name) }
      case 'literal':
        return { literal: scalarJson(of.value, of), type: typeText(of.type) }
      case 'call':
        return { call: of.name, args: of.args.map(inside) }
      case 'cast':
        return { cast: inside(of.input), type: typeText(of.type), orNull: of.orNull }
      case 'case':
        return {
          case: of.branches.map(({ when, then }) => [inside(when), inside(then)]),
          otherwise: inside(of.otherwise),
        }
      case 'in':
        return {
          in: inside(of.input),
          values: of.values.map((value) => scalarJson(value, of.input)),
        }
      case 'member':
        throw new Error('the keys of a join are no expression that is stored')
      case 'user':
        throw invalid(`"${clip(of.of.name)}" is a function of your own, which cannot be stored`)
      default:
        return unreachable(of)
    }
  }
  return print(expr, 1)
}

function scalarJson(value: Scalar, { type }: Expr): string | null {
  return value === null ? null : scalarText(value, type)
}

/**
 * The expression that `json` is, which anybody may have written. Throws INVALID for what is none,
 * for a function or a type that is not known, and for more than 200 levels.
 *
 * @param fieldOf The column of an id; undefined when there is none.
 */
export function exprFromJson(json: unknown, fieldOf: (id: number) => Field | undefined): Expr {
  const read = (of: unknown, depth: number): Expr => {
    if (depth > DEPTH_MAX) throw notAnExpression('more than 200 levels')
    const inside = (child: unknown) => read(child, depth + 1)
    const parts = partsOf(of)
    const [kind] = parts.keys()
    switch (kind) {
      case 'column': {
        const found = fieldOf(parts.get('column') as number)
        if (found !== undefined) return columnExpr(found)
        throw notAnExpression(`column ${String(parts.get('column'))}, which is none`)
      }
      case 'literal': {
        const type = parseDataType(textIn(parts, 'type'))
        return literalExpr(scalarFrom(parts.get('literal'), type), type)
      }
      case 'call':
        return callExpr(functionName(textIn(parts, 'call')), listIn(parts, 'args').map(inside))
      case 'cast': {
        const type = parseDataType(textIn(parts, 'type'))
        return castExpr(inside(parts.get('cast')), type, { orNull: parts.get('orNull') === true })
      }
      case 'case':
        return caseFrom(listIn(parts, 'case'), parts.get('otherwise'), inside)
      case 'in': {
        const input = inside(parts.get('in'))
        const values = listIn(parts, 'values').map((value) => scalarFrom(value, input.type))
        return inExpr(input, values)
      }
      default:
        throw notAnExpression(`"${clip(String(kind))}"`)
    }
  }
  return read(json, 1)
}

function caseFrom(
  branches: readonly unknown[],
  otherwise: unknown,
  inside: (json: unknown) => Expr,
): Expr {
  const read = branches.map((branch) => {
    if (!Array.isArray(branch) || branch.length !== 2)
      throw notAnExpression('a branch that is none')
    // biome-ignore lint/suspicious/noThenProperty: plain data of the plan
    return { when: inside(branch[0]), then: inside(branch[1]) }
  })
  const last = inside(otherwise)
  const isSound = read.every(({ when, then }) => {
    return when.type.name === 'bool' && typeText(then.type) === typeText(last.type)
  })
  if (isSound) return caseExpr(read, last)
  throw notAnExpression('a case of several types')
}

function partsOf(json: unknown): ReadonlyMap<string, unknown> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
    return new Map(Object.entries(json))
  }
  throw notAnExpression(typeof json)
}

function textIn(parts: ReadonlyMap<string, unknown>, name: string): string {
  const value = parts.get(name)
  if (typeof value === 'string') return value
  throw notAnExpression(`no text as "${name}"`)
}

function listIn(parts: ReadonlyMap<string, unknown>, name: string): readonly unknown[] {
  const value = parts.get(name)
  if (Array.isArray(value)) return value
  throw notAnExpression(`no list as "${name}"`)
}

function functionName(name: string): FunctionName {
  const known = FUNCTION_NAMES.find((candidate) => candidate === name)
  if (known !== undefined) return known
  throw invalid(`this library has no function "${clip(name)}": update it`, {
    function: name,
    known: false,
  })
}

function scalarFrom(value: unknown, type: Expr['type']): Scalar {
  if (value === null) return null
  if (typeof value === 'string') return parseScalar(value, type)
  throw notAnExpression('a constant that is no text')
}

function notAnExpression(found: string) {
  return invalid(`a stored expression has ${found}`)
}
