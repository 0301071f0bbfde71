import type { TimeMethods, TimeUnit, TruncateUnit } from './expr.ts'
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
    isoWeek: () => call('isoWeek'),
    isoYear: () => call('isoYear'),
    decade: () => call('decade'),
    century: () => call('century'),
    daysInMonth: () => call('daysInMonth'),
    isLeapYear: () => call('isLeapYear'),
    dayName: () => call('dayName'),
    monthName: () => call('monthName'),
    millisecond: () => call('millisecond'),
    microsecond: () => call('microsecond'),
    epoch: (unit: TimeUnit) => call('epoch', unit),
    monthEnd: () => call('monthEnd'),
    nextDay: (weekday: number) => call('nextDay', weekday),
    add: (amount: unknown, unit: TimeUnit) => call('dateAdd', amount, unit),
    diff: (earlier: unknown, unit: TimeUnit) => call('dateDiff', earlier, unit),
    format: (format: string) => call('formatTime', format),
    previousDay: (weekday: number) => call('previousDay', weekday),
    endOf: (unit: TruncateUnit) => call('date').dt.truncate(unit).dt.add(1, unit).dt.add(-1, 'day'),
    isWeekend: () => call('dayOfWeek').gte(6),
    elapsed: (earlier: unknown, unit: TimeUnit) => call('elapsed', earlier, unit),
    monthsBetween: (earlier: unknown) => call('monthsBetween', earlier),
    bucket: (count: number, unit: TimeUnit) => call('timeBucket', count, unit),
    time: () => call('timeOf'),
    toZone: (zone: string) => call('toZone', zone),
    fromZone: (zone: string) => call('fromZone', zone),
  })
}
