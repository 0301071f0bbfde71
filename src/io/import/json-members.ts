const QUOTE = 34
const BACKSLASH = 92

/**
 * The members of a JSON object as they are written: by name, the text of each value. What
 * `JSON.parse` makes of a number may have other digits.
 *
 * @param text One object, which `JSON.parse` takes.
 */
export function jsonMembers(text: string): Map<string, string> {
  const members = new Map<string, string>()
  let at = text.indexOf('{') + 1
  for (;;) {
    at = behindSpace(text, at)
    if (text.charCodeAt(at) !== QUOTE) return members
    const nameEnd = stringEnd(text, at)
    const name = JSON.parse(text.slice(at, nameEnd)) as string
    const from = behindSpace(text, text.indexOf(':', nameEnd) + 1)
    const to = valueEnd(text, from)
    members.set(name, text.slice(from, to).trimEnd())
    at = to + 1
  }
}

function behindSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charCodeAt(at) <= 32) at++
  return at
}

/** The end of the string that begins at `from`, its quote included. */
function stringEnd(text: string, from: number): number {
  let at = from + 1
  for (; text.charCodeAt(at) !== QUOTE; at++) if (text.charCodeAt(at) === BACKSLASH) at++
  return at + 1
}

/** Where the comma or brace behind the value that begins at `from` is. */
function valueEnd(text: string, from: number): number {
  let depth = 0
  for (let at = from; ; ) {
    const char = text[at]!
    if (char === '"') {
      at = stringEnd(text, at)
      continue
    }
    if (depth === 0 && (char === ',' || char === '}')) return at
    if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') depth--
    at++
  }
}
