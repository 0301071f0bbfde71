import type { TimeMethods, TruncateUnit } from './expr.ts'
import type { CallMaker } from './text-methods.ts'
import type { Untyped } from './type-tag.ts'

/** The methods over `call`, which applies a function to the column. */
export function timeMethods(call: CallMaker): TimeMethods<Untyped> {
  return Object.freeze({
    year: () => call('year'),
    quarter: () => call('quarter'),
    month: () => call('month'),
    day: () => call('day'),
    dayOfWeek: () => call('dayOfWeek'),
    dayOfYear: () => call('dayOfYear'),
    hour: () => call('hour'),
    minute: () => call('minute'),
    second: () => call('second'),
    date: () => call('date'),
    truncate: (unit: TruncateUnit) => call('truncate', unit),
  })
}
