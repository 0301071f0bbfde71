import {
  bool,
  float64,
  int32,
  int64,
  isNumeric,
  json,
  type ListType,
  listType,
  type StructType,
} from '../arrow/data-type.ts'
import { nameNotFound } from '../error.ts'
import type { Expr } from './expr.ts'
import { castExpr } from './leaf-expr.ts'
import { constantText, fitted, takes } from './parameter.ts'
import { counted, type Rule, strict, wants } from './signature-rule.ts'

function listOf(args: readonly Expr[], name: string): ListType {
  const { type } = args[0]!
  if (type.name === 'list') return type
  throw wants(name, 'a list', args[0]!)
}

const listGet: Rule = (args, name) => {
  const [list, position] = counted(args, name, 2) as [Expr, Expr]
  return {
    args: [list, fitted(position, 'whole', name)],
    type: listOf(args, name).of,
    nullable: true,
  }
}

const listLength: Rule = (args, name) => {
  listOf(counted(args, name, 1), name)
  return strict(int32, args)
}

const listContains: Rule = (args, name) => {
  const [list, value] = counted(args, name, 2) as [Expr, Expr]
  return strict(bool, [list, castExpr(value, listOf(args, name).of)])
}

/** Two lists of numbers, of which the second may be the JSON of a constant. */
const vectors =
  ({ nullable }: { readonly nullable: boolean }): Rule =>
  (args, name) => {
    const [left, right] = counted(args, name, 2) as [Expr, Expr]
    for (const arg of isNumbers(right) ? [left] : [left, right]) {
      if (!isNumeric(listOf([arg], name).of)) throw wants(name, 'a list of numbers', arg)
    }
    return { args, type: float64, nullable: nullable || left.nullable || right.nullable }
  }

function isNumbers(arg: Expr): boolean {
  if (arg.kind !== 'literal' || typeof arg.value !== 'string') return false
  try {
    const list: unknown = JSON.parse(arg.value)
    return Array.isArray(list) && list.every((value) => typeof value === 'number')
  } catch {
    return false
  }
}

const structGet: Rule = (args, name) => {
  const [struct, member] = counted(args, name, 2) as [Expr, Expr]
  if (struct.type.name !== 'struct') throw wants(name, 'a struct', struct)
  const wanted = constantText(member, name, 'the name of a member')
  return { args, type: memberType(struct.type, wanted), nullable: true }
}

function memberType({ members }: StructType, wanted: string) {
  const found = members.find(([name]) => name === wanted)
  if (found !== undefined) return found[1]
  const names = members.map(([name]) => name)
  throw nameNotFound('member', wanted, names)
}

/** The functions of lists and structs. */
export const NESTED_SIGNATURES = {
  jsonElements: takes(listType(json), ['json', 'text'], { optional: 1, nullable: true }),
  listRange: takes(listType(int64), ['long']),
  listGet,
  listLength,
  listContains,
  listCosine: vectors({ nullable: true }),
  listDistance: vectors({ nullable: false }),
  listDot: vectors({ nullable: false }),
  structGet,
}
