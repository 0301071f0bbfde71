import type { Expr } from './expr.ts'
import type { CallMaker } from './text-methods.ts'
import type { DateType, Int32, Maybe, Of, Strict, Time, Timestamp, Untyped } from './type-tag.ts'

type Day = Of<Maybe<DateType | Timestamp>>
type Clock = Of<Maybe<Time | Timestamp>>

export type TruncateUnit =
  | 'year'
  | 'quarter'
  | 'month'
  | 'week'
  | 'day'
  | 'hour'
  | 'minute'
  | 'second'

/** Methods of date, time and timestamp columns, at `o.placed_at.dt`. Zoned timestamps read as UTC. */
export interface TimeMethods<T> extends Of<T> {
  year(this: Day): Expr<Strict<T, Int32>>
  /** 1 to 4. */
  quarter(this: Day): Expr<Strict<T, Int32>>
  /** 1 to 12. */
  month(this: Day): Expr<Strict<T, Int32>>
  /** 1 to 31. */
  day(this: Day): Expr<Strict<T, Int32>>
  /** 1 for Monday to 7 for Sunday. */
  dayOfWeek(this: Day): Expr<Strict<T, Int32>>
  /** 1 to 366. */
  dayOfYear(this: Day): Expr<Strict<T, Int32>>
  hour(this: Clock): Expr<Strict<T, Int32>>
  minute(this: Clock): Expr<Strict<T, Int32>>
  /** Whole seconds, 0 to 59. */
  second(this: Clock): Expr<Strict<T, Int32>>
  /** The calendar day. */
  date(this: Day): Expr<Strict<T, DateType>>
  /** The start of the `unit` that the moment is in; weeks start on Monday. */
  truncate(this: Day, unit: TruncateUnit): Expr<T>
}

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
