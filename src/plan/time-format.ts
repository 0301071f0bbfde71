/** What a `%` and a letter stand for in a time format, as in C's strftime. */
export const TIME_DIRECTIVES = new Map([
  ['Y', 'year, 4 digits'],
  ['y', 'year, last 2 digits'],
  ['m', 'month, 01 to 12'],
  ['d', 'day of the month, 01 to 31'],
  ['j', 'day of the year, 001 to 366'],
  ['H', 'hour, 00 to 23'],
  ['I', 'hour, 01 to 12'],
  ['p', 'AM or PM'],
  ['M', 'minute'],
  ['S', 'second'],
  ['f', 'microseconds, 6 digits'],
  ['g', 'milliseconds, 3 digits'],
  ['b', 'month, Jan to Dec'],
  ['B', 'month, January to December'],
  ['a', 'weekday, Mon to Sun'],
  ['A', 'weekday, Monday to Sunday'],
  ['u', 'weekday, 1 for Monday to 7'],
  ['%', '%'],
])

/** A piece of a time format: a text that stands for itself, or a directive. */
export type TimePiece =
  | { readonly text: string }
  | { readonly directive: string; readonly padded: boolean }

/** What is wrong with a time format; undefined for a good one. */
export function wrongTimeFormat(format: string): string | undefined {
  for (const [whole, directive = ''] of format.matchAll(/%-?(.?)/gsu)) {
    if (!TIME_DIRECTIVES.has(directive)) {
      return `"${whole}" is no part of a format; there are %${[...TIME_DIRECTIVES.keys()].join(', %')}`
    }
  }
  return undefined
}

/** The pieces of a good format, in order; `%-d` is a directive without leading zeros. */
export function timePieces(format: string): TimePiece[] {
  const pieces: TimePiece[] = []
  let at = 0
  for (const found of format.matchAll(/%(-?)(.)/gsu)) {
    if (found.index > at) pieces.push({ text: format.slice(at, found.index) })
    at = found.index + found[0].length
    if (found[2] === '%') pieces.push({ text: '%' })
    else pieces.push({ directive: found[2]!, padded: found[1] === '' })
  }
  if (at < format.length) pieces.push({ text: format.slice(at) })
  return pieces
}
