import { clip, invalid } from '../../error.ts'
import type { ScalarFunction } from './argument.ts'
import { type RowResult, rowFunction, vectorOfResults } from './row-function.ts'
import { jsonOf } from './value-json.ts'

const STEP = /\.([A-Za-z_$][\w$]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/y
const CACHED_MAX = 256
const cached = new Map<string, readonly (string | number)[]>()

/** The steps of a path such as `$.a.b[0]["c d"]`. Throws INVALID for what is none. */
export function jsonPath(path: string): readonly (string | number)[] {
  const known = cached.get(path)
  if (known !== undefined) return known
  const steps: (string | number)[] = []
  STEP.lastIndex = path.startsWith('$') ? 1 : 0
  while (STEP.lastIndex < path.length && path !== '') {
    const at = STEP.lastIndex
    const found = STEP.exec(path)
    if (found === null) {
      throw invalid(`"${clip(path)}" is no path: position ${at} is no .name, [0] or ["name"]`, {
        path: clip(path),
      })
    }
    const [, name, index, quoted] = found
    if (index !== undefined) steps.push(Number(index))
    else steps.push(name ?? (JSON.parse(`"${quoted}"`) as string))
  }
  if (cached.size >= CACHED_MAX) cached.clear()
  cached.set(path, steps)
  return steps
}

/** What stands at a path; undefined where nothing does. Never a property of a prototype. */
function valueAt(text: string, path: string): unknown {
  let value: unknown = JSON.parse(text)
  for (const step of jsonPath(path)) {
    if (typeof value !== 'object' || value === null) return undefined
    if (Array.isArray(value) !== (typeof step === 'number')) return undefined
    if (!Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

function jsonGet(text: string, path: string): RowResult {
  const value = valueAt(text, path)
  return value === undefined ? null : JSON.stringify(value)
}

/** A string without its quotes, null for null, anything else as JSON. */
function jsonText(text: string, path = '$'): RowResult {
  const value = valueAt(text, path)
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function jsonType(text: string): string {
  const value: unknown = JSON.parse(text)
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** Values of an array or names of an object; null for any other. */
function jsonLength(text: string): RowResult {
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' && value !== null ? Object.keys(value).length : null
}

/** The values of an array, or of an object, as a list; null for any other. */
function jsonElements(text: string, path = '$'): RowResult {
  const value = valueAt(text, path)
  if (typeof value !== 'object' || value === null) return null
  return JSON.stringify(Array.isArray(value) ? value : Object.values(value))
}

/** Names of an object, as a JSON list; null for any other. */
function jsonKeys(text: string): RowResult {
  const value: unknown = JSON.parse(text)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? JSON.stringify(Object.keys(value)) : null
}

/** A whole number within int64; JSON has no more than a float's 53 bits of others. */
function jsonWhole(text: string, path: string): RowResult {
  const value = valueAt(text, path)
  return Number.isSafeInteger(value) ? (value as number) : null
}

/** What stands at a path if it is of the JavaScript type `type`, else null. */
const ofType = (type: 'number' | 'boolean') =>
  rowFunction((text: string, path: string): RowResult => {
    const value = valueAt(text, path)
    return typeof value === type ? (value as number | boolean) : null
  })

/** Source: RFC 7396: members of the second replace those of the first, null removes one. */
function merged(target: unknown, patch: unknown): unknown {
  if (!isMembers(patch)) return patch
  const members = new Map<string, unknown>(isMembers(target) ? Object.entries(target) : [])
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name)
    else members.set(name, merged(members.get(name), value))
  }
  return Object.fromEntries(members)
}

const isMembers = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Joins the values of each row as JSON, null for null. */
function joined(join: (texts: readonly string[]) => string): ScalarFunction {
  return (args, type, length) => {
    const results = Array.from({ length }, (_, row) =>
      join(args.map((arg) => jsonOf(arg, arg.length === 1 ? 0 : row))),
    )
    return vectorOfResults(type, results)
  }
}

const jsonArray = joined((texts) => `[${texts.join(',')}]`)

const jsonObject = joined((texts) => {
  const members = texts.flatMap((name, at) => (at % 2 === 0 ? [`${name}:${texts[at + 1]}`] : []))
  return `{${members.join(',')}}`
})

/** Functions of json columns. */
export const JSON_FUNCTIONS = {
  jsonGet: rowFunction(jsonGet),
  jsonText: rowFunction(jsonText),
  jsonType: rowFunction(jsonType),
  jsonLength: rowFunction(jsonLength),
  jsonElements: rowFunction(jsonElements),
  jsonKeys: rowFunction(jsonKeys),
  jsonHas: rowFunction((text: string, path: string) => valueAt(text, path) !== undefined),
  jsonWhole: rowFunction(jsonWhole),
  jsonNumber: ofType('number'),
  jsonBool: ofType('boolean'),
  jsonMerge: rowFunction((target: string, patch: string) =>
    JSON.stringify(merged(JSON.parse(target), JSON.parse(patch))),
  ),
  jsonObject,
  jsonArray,
  isJson: rowFunction(isJson),
} satisfies Record<string, ScalarFunction>
