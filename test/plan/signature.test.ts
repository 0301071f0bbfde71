import { describe, expect, it } from 'vitest'
import { type DataType, parseDataType, typeText } from '../../src/arrow/data-type.ts'
import { field } from '../../src/arrow/schema.ts'
import { PAIRED as AGGREGATES_OF_TWO } from '../../src/plan/aggregate-signatures.ts'
import type { Expr } from '../../src/plan/expr.ts'
import { columnExpr, literalExpr } from '../../src/plan/expr-walk.ts'
import { AGGREGATE_NAMES, FUNCTION_NAMES, type FunctionName } from '../../src/plan/function.ts'
import { printExpr } from '../../src/plan/print-expr.ts'
import { aggregateSignature, signature } from '../../src/plan/signature.ts'
import { TYPES } from './term-samples.ts'

const of = (type: string, nullable = true): Expr =>
  columnExpr(field(type.replace(/\W/g, '_'), parseDataType(type), nullable))
const yields = (name: FunctionName, ...types: string[]): string =>
  typeText(
    signature(
      name,
      types.map((type) => of(type)),
    ).type,
  )
const month = literalExpr('month', { name: 'utf8' })
/** Types that stand for the others where pairs are tried. */
const PAIRED = new Set(['int32', 'float64', 'decimal', 'utf8', 'timestamp'])
const three = literalExpr(3, { name: 'int32' })
const unit = literalExpr('second', { name: 'utf8' })
const form = literalExpr('NFC', { name: 'utf8' })
const format = literalExpr('%Y-%m', { name: 'utf8' })

describe('signature', () => {
  it('computes with decimals as SQL does, at most 38 digits', () => {
    expect(yields('add', 'decimal(12,2)', 'decimal(5,4)')).toBe('decimal(15,4)')
    expect(yields('sub', 'decimal(12,2)', 'int32')).toBe('decimal(13,2)')
    expect(yields('add', 'decimal(38,2)', 'decimal(38,2)')).toBe('decimal(38,2)')
    expect(yields('mul', 'decimal(12,2)', 'decimal(12,2)')).toBe('decimal(24,4)')
    expect(yields('mul', 'decimal(12,2)', 'int64')).toBe('decimal(31,2)')
    expect(yields('mod', 'decimal(12,2)', 'int8')).toBe('decimal(12,2)')
    expect(() => yields('mul', 'decimal(38,20)', 'decimal(38,20)')).toThrow('40 digits')
  })

  it('brings decimals to one scale before adding and leaves those that have it', () => {
    const { args } = signature('add', [of('decimal(12,2)'), of('decimal(5,4)')])
    expect(args.map(printExpr)).toEqual(['cast(decimal_12_2_ as decimal(14,4))', 'decimal_5_4_'])
  })

  it('computes with whole numbers in the least type that holds both', () => {
    expect(yields('add', 'int8', 'uint8')).toBe('int16')
    expect(yields('mul', 'uint16', 'uint8')).toBe('uint16')
    expect(yields('sub', 'uint32', 'int8')).toBe('int64')
    expect(yields('intDiv', 'int32', 'int16')).toBe('int32')
    expect(yields('add', 'int64', 'float32')).toBe('float64')
    expect(yields('add', 'float32', 'float32')).toBe('float64')
    expect(yields('div', 'int32', 'int32')).toBe('float64')
  })

  it('rounds a decimal to its digits and a float to a float64', () => {
    const digits = (value: number) => literalExpr(value, { name: 'int32' })
    const type = (input: string, ...more: Expr[]) =>
      typeText(signature('round', [of(input), ...more]).type)
    expect(type('decimal(12,4)', digits(2))).toBe('decimal(12,2)')
    expect(type('decimal(12,4)', digits(9))).toBe('decimal(12,4)')
    expect(type('decimal(12,4)')).toBe('decimal(12,0)')
    expect(type('float32')).toBe('float64')
    expect(type('int8')).toBe('int8')
    expect(signature('round', [of('int8')]).args).toHaveLength(2)
    expect(() => type('int8', digits(-1))).toThrow('round needs digits')
    expect(() => type('int8', of('int32'))).toThrow('round needs digits')
    expect(yields('floor', 'decimal(12,4)')).toBe('decimal(12,0)')
  })

  it('is null only where an argument is, but for the functions about null', () => {
    const nullable = (name: FunctionName, ...args: Expr[]) => signature(name, args).nullable
    const some = of('int32')
    const sure = of('int32', false)
    expect(nullable('add', sure, sure)).toBe(false)
    expect(nullable('add', sure, some)).toBe(true)
    expect(nullable('isNull', some)).toBe(false)
    expect(nullable('coalesce', some, sure)).toBe(false)
    expect(nullable('coalesce', some, some)).toBe(true)
    expect(nullable('nullIf', sure, sure)).toBe(true)
    expect(nullable('and', of('bool', false), of('bool', false))).toBe(false)
    expect(nullable('or', of('bool', false), of('bool'))).toBe(true)
  })

  it('says what it needs, what it got and where', () => {
    expect(() => yields('sqrt', 'utf8')).toThrow('sqrt needs a number, "utf8" is utf8')
    expect(() => yields('eq', 'utf8', 'int32')).toThrow('"utf8" is utf8 and "int32" is int32')
    expect(() => yields('add', 'int32')).toThrow('add takes 2 arguments, got 1')
    expect(() => yields('year', 'time')).toThrow('year needs a date or timestamp, "time" is time')
    expect(() => yields('and', 'bool', 'int8')).toThrow('and needs a bool, "int8" is int8')
    expect(() => yields('eq', 'timestamp(ms,UTC)', 'timestamp')).toThrow('do not go together')
  })

  it('truncates dates to days and longer, timestamps to any unit', () => {
    expect(signature('truncate', [of('date'), month]).type.name).toBe('date')
    const hour = literalExpr('hour', { name: 'utf8' })
    expect(signature('truncate', [of('timestamp'), hour]).type.name).toBe('timestamp')
    expect(() => signature('truncate', [of('date'), hour])).toThrow('truncate of a date needs one')
    expect(() => signature('truncate', [of('date'), of('utf8')])).toThrow('needs one of year')
  })

  it('casts the arguments of a comparison to their common type', () => {
    const { args } = signature('lt', [of('date'), of('timestamp(us)')])
    expect(args.map(({ type }) => typeText(type))).toEqual(['timestamp(us)', 'timestamp(us)'])
  })

  it('gives a type or an INVALID for every function of any types, and keeps its own casts', () => {
    for (const name of FUNCTION_NAMES) {
      let taken = 0
      const offer = (types: readonly DataType[]) => {
        const args = types.map((type, i) => columnExpr(field(`c${i}`, type)))
        const lists = [
          args,
          [...args.slice(0, 1), month],
          [...args.slice(0, 1), format],
          [...args.slice(0, 1), form],
          [...args.slice(0, 1), unit],
          [...args, month],
          [...args.slice(0, 1), month, ...args.slice(0, 1)],
          [...args, three],
          [...args.slice(0, 1), three, three, ...args.slice(0, 1)],
          [...args, ...args],
        ]
        for (const list of lists) {
          try {
            const first = signature(name, list)
            const again = signature(name, first.args)
            expect(again).toEqual(first)
            taken++
          } catch (error) {
            // A struct without the member, which is a name that is not there.
            const code = name === 'structGet' ? /INVALID|NOT_FOUND/ : /INVALID/
            expect((error as { code: string }).code).toMatch(code)
          }
        }
      }
      for (const type of [
        ...TYPES,
        parseDataType('list(int32)'),
        parseDataType('struct([["month","int32"]])'),
      ]) {
        offer([type])
        offer([type, type, type])
        if (PAIRED.has(type.name)) for (const other of TYPES) offer([type, other])
      }
      expect(taken, name).toBeGreaterThan(0)
    }
  })
})

describe('aggregateSignature', () => {
  it('sums whole numbers as int64, decimals with 38 digits, floats as float64', () => {
    const sum = (type: string) => typeText(aggregateSignature('sum', of(type)).type)
    expect(sum('uint8')).toBe('int64')
    expect(sum('decimal(12,2)')).toBe('decimal(38,2)')
    expect(sum('float32')).toBe('float64')
    expect(() =>
      aggregateSignature('sum', columnExpr(field('customer', { name: 'utf8' }))),
    ).toThrow('sum needs a number, "customer" is utf8')
  })

  it('is never null for counts and may be for all others', () => {
    for (const name of AGGREGATE_NAMES) {
      const type = name.startsWith('bool') ? 'bool' : name === 'listAgg' ? 'utf8' : 'int32'
      const more = AGGREGATES_OF_TWO.has(name) ? [of('int32', false)] : []
      const { nullable } = aggregateSignature(name, of(type, false), more)
      expect(nullable, name).toBe(!/count|collect/i.test(name))
    }
    expect(aggregateSignature('count', null)).toMatchObject({ nullable: false })
    expect(() => aggregateSignature('max', null)).toThrow('max needs a column')
  })

  it('takes another column where it is of two, and nowhere else', () => {
    expect(() => aggregateSignature('corr', of('int32'))).toThrow('corr does not take 1 columns')
    expect(() => aggregateSignature('sum', of('int32'), [of('int32')])).toThrow('does not take 2')
    expect(() => aggregateSignature('corr', of('int32'), [of('utf8')])).toThrow('a number')
  })

  it('keeps the type of min, max and the like, and computes the others in float64', () => {
    for (const name of ['min', 'max', 'any', 'first', 'last'] as const) {
      expect(aggregateSignature(name, of('utf8')).type.name).toBe('utf8')
    }
    for (const name of ['mean', 'median', 'stddev', 'variance'] as const) {
      expect(aggregateSignature(name, of('decimal(12,2)')).type.name).toBe('float64')
    }
  })
})
