import { type DataType, isFloat } from '../../arrow/data-type.ts'
import { decimalText } from '../../arrow/scalar.ts'
import { invalid } from '../../error.ts'
import type { ScalarFunction } from './argument.ts'
import { rowFunction } from './row-function.ts'

const DIGITS_MAX = 38

/** A number with `digits` digits after the point, half away from zero, and `group` between thousands. */
const formatNumber: ScalarFunction = (args, type, length) => {
  const { type: input } = args[0]!
  return rowFunction((value: number | bigint, digits: number, group: string) => {
    if (digits < 0 || digits > DIGITS_MAX) {
      throw invalid(`toText: digits have to be from 0 to ${DIGITS_MAX}, got ${digits}`, { digits })
    }
    const text = fixedText(value, input, digits)
    return group === '' ? text : grouped(text, group)
  })(args, type, length)
}

function fixedText(value: number | bigint, type: DataType, digits: number): string {
  if (isFloat(type)) {
    const float = Number(value)
    if (!Number.isFinite(float)) return String(float)
    const size = Math.abs(float)
    const text =
      size < 1e21 ? size.toFixed(digits) : decimalText(BigInt(size) * 10n ** BigInt(digits), digits)
    return float < 0 && /[1-9]/.test(text) ? `-${text}` : text
  }
  const scale = type.name === 'decimal' ? type.scale : 0
  return decimalText(rescaled(BigInt(value), scale, digits), digits)
}

function rescaled(value: bigint, from: number, to: number): bigint {
  if (to >= from) return value * 10n ** BigInt(to - from)
  const unit = 10n ** BigInt(from - to)
  const half = value < 0n ? -(unit / 2n) : unit / 2n
  return (value + half) / unit
}

/** The digits before the point in threes from their end. */
function grouped(text: string, group: string): string {
  const [sign = ''] = /^-/.exec(text) ?? []
  const [whole = '', rest] = text.slice(sign.length).split('.')
  const first = whole.length % 3 || 3
  const parts = [whole.slice(0, first)]
  for (let at = first; at < whole.length; at += 3) parts.push(whole.slice(at, at + 3))
  return `${sign}${parts.join(group)}${rest === undefined ? '' : `.${rest}`}`
}

function checkedBase(name: string, base: number): number {
  if (base >= 2 && base <= 36) return base
  throw invalid(`${name}: a base is from 2 to 36, got ${base}`, { base })
}

/** In digits 0 to 9 and A to Z. */
function toBase(value: number | bigint, base: number): string {
  return BigInt(value).toString(checkedBase('toBase', base)).toUpperCase()
}

/** The whole number that digits name. */
function parseWhole(text: string, base: number): bigint {
  const digits = /^([+-]?)([0-9a-z]{1,64})$/i.exec(text)
  const radix = BigInt(checkedBase('toInteger', base))
  let value = 0n
  for (const character of digits?.[2] ?? '?') {
    const digit = Number.parseInt(character, base)
    if (Number.isNaN(digit)) {
      throw invalid(`"${text.slice(0, 60)}" is no whole number to the base ${base}`, {
        value: text.slice(0, 60),
      })
    }
    value = value * radix + BigInt(digit)
  }
  if (digits?.[1] === '-') value = -value
  if (BigInt.asIntN(64, value) === value) return value
  throw invalid(`"${text.slice(0, 60)}" does not fit int64`, { value: text.slice(0, 60) })
}

/** Numbers as text and back. */
export const NUMBER_TEXT_FUNCTIONS = {
  formatNumber,
  toBase: rowFunction(toBase),
  parseWhole: rowFunction(parseWhole),
} satisfies Record<string, ScalarFunction>
