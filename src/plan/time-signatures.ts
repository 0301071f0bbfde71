import {
  bool,
  type DataType,
  date,
  float64,
  int32,
  int64,
  time,
  timestamp,
  typesEqual,
  typeText,
  utf8,
} from '../arrow/data-type.ts'
import { invalid } from '../error.ts'
import { constantText, takes } from './parameter.ts'
import { counted, type Rule, wants } from './signature-rule.ts'
import { wrongTimeFormat } from './time-format.ts'

const part = takes(int32, ['day'])
const name = takes(utf8, ['day'])

const DAY_UNITS = ['year', 'quarter', 'month', 'week', 'day']
const CLOCK_UNITS = ['hour', 'minute', 'second', 'millisecond', 'microsecond']

/** A function whose last argument is one of the units that the first argument's type has. */
function unitOf(rule: Rule): Rule {
  return (args, of) => {
    const { type } = counted(args, of, 2, 3)[0]!
    const isDay = type.name === 'date' && (of === 'dateAdd' || of === 'timeBucket')
    const units = isDay ? DAY_UNITS : [...DAY_UNITS, ...CLOCK_UNITS]
    const unit = constantText(args.at(-1), of, `one of ${units.join(', ')}`)
    if (units.includes(unit)) return rule(args, of)
    throw invalid(`${of} of a ${typeText(type)} needs one of ${units.join(', ')}, got "${unit}"`, {
      unit,
      type: typeText(type),
    })
  }
}

/** Both times of one type, which resolving a term has seen to. */
function sameTimes(rule: Rule): Rule {
  return (args, of) => {
    const signature = rule(args, of)
    const [a, b] = signature.args
    if (!typesEqual(a!.type, b!.type)) throw wants(of, `a ${typeText(a!.type)}`, b!)
    return signature
  }
}

const dateDiff = sameTimes(takes(int64, ['day', 'day', 'text']))

/** A function whose last argument is a unit of which every day has as many. */
function epochOf(rule: Rule): Rule {
  const units = ['day', ...CLOCK_UNITS]
  return (args, of) => {
    const unit = constantText(args.at(-1), of, `one of ${units.join(', ')}`)
    if (units.includes(unit)) return rule(args, of)
    throw invalid(`${of} needs one of ${units.join(', ')}, got "${unit}"`, { unit })
  }
}

/** A function whose argument at `position` is a format such as `%Y-%m-%d`, and a constant. */
function format(position: number, rule: Rule): Rule {
  return (args, of) => {
    const text = constantText(args[position], of, 'a format such as "%Y-%m-%d"')
    const wrong = wrongTimeFormat(text)
    if (wrong !== undefined) throw invalid(`${of}: ${wrong}`, { format: text })
    return rule(args, of)
  }
}

/** A function whose second argument names a time zone, as a constant. */
function zoned(type: (input: DataType) => DataType): Rule {
  const rule = takes(type, ['moment', 'text'])
  return (args, of) => {
    constantText(args[1], of, 'a time zone such as "Europe/Berlin"')
    return rule(args, of)
  }
}

const unitOfStamp = (type: DataType) => (type.name === 'timestamp' ? type.unit : 'ms')

/** The functions of dates and times beyond their fields. */
export const TIME_SIGNATURES = {
  isoWeek: part,
  isoYear: part,
  decade: part,
  century: part,
  daysInMonth: part,
  isLeapYear: takes(bool, ['day']),
  dayName: name,
  monthName: name,
  millisecond: takes(int32, ['moment']),
  microsecond: takes(int32, ['moment']),
  epoch: unitOf(takes(int64, ['day', 'text'])),
  monthEnd: takes(date, ['day']),
  nextDay: takes(date, ['day', 'whole']),
  dateAdd: unitOf(takes((type) => type, ['day', 'long', 'text'])),
  dateDiff: unitOf(dateDiff),
  makeDate: takes(date, ['whole', 'whole', 'whole']),
  makeTimestamp: takes(timestamp('us'), ['whole', 'whole', 'whole', 'whole', 'whole', 'float']),
  formatTime: format(1, takes(utf8, ['day', 'text'])),
  parseDate: format(1, takes(date, ['text', 'text'])),
  parseTimestamp: format(1, takes(timestamp('us'), ['text', 'text'])),
  tryParseDate: format(1, takes(date, ['text', 'text'], { nullable: true })),
  tryParseTimestamp: format(1, takes(timestamp('us'), ['text', 'text'], { nullable: true })),
  toZone: zoned((type) => timestamp(unitOfStamp(type), null)),
  previousDay: takes(date, ['day', 'whole']),
  monthsBetween: sameTimes(takes(float64, ['day', 'day'])),
  elapsed: unitOf(dateDiff),
  timeBucket: unitOf(takes((type) => type, ['day', 'whole', 'text'])),
  fromEpoch: epochOf(takes(timestamp('us'), ['long', 'text'])),
  timeOf: takes(time, ['moment']),
  makeTime: takes(time, ['whole', 'whole', 'float']),
  fromZone: zoned((type) => timestamp(unitOfStamp(type), 'UTC')),
}
