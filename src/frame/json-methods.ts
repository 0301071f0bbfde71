import type { JsonMethods } from './expr.ts'
import type { CallMaker } from './text-methods.ts'
import type { Untyped } from './type-tag.ts'

/** The methods over `call`, which applies a function to the json column. */
export function jsonMethods(call: CallMaker): JsonMethods<Untyped> {
  return Object.freeze({
    get: (path: string) => call('jsonGet', path),
    text: (path = '$') => call('jsonText', path),
    type: () => call('jsonType'),
    length: () => call('jsonLength'),
    elements: (path = '$') => call('jsonElements', path),
    keys: () => call('jsonKeys'),
    has: (path: string) => call('jsonHas', path),
    integer: (path: string) => call('jsonWhole', path),
    number: (path: string) => call('jsonNumber', path),
    boolean: (path: string) => call('jsonBool', path),
    merge: (patch: unknown) => call('jsonMerge', patch),
  })
}
