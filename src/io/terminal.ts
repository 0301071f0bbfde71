/** What stands where in a printed table. */
export type TextRole = 'name' | 'type' | 'null' | 'frame'

/** A text as a terminal shows it; of the same width. */
export type TextStyle = (role: TextRole, text: string) => string

/** Leaves every text as it is. */
export const plainStyle: TextStyle = (_role, text) => text

/** Numbers that switch a style on and off: bold, dim, dim and grey. */
const CODES = { name: [1, 22], type: [2, 22], null: [2, 22], frame: [90, 39] } as const

/** Colours and weights by escape sequences. */
export const colourStyle: TextStyle = (role, text) =>
  text === '' ? text : `\u001b[${CODES[role][0]}m${text}\u001b[${CODES[role][1]}m`

/** Whether standard output is a terminal that shows colours, and nobody said NO_COLOR. */
export function isColourful(): boolean {
  const { stdout, env } = process
  if (stdout.isTTY !== true || env['TERM'] === 'dumb') return false
  return env['NO_COLOR'] === undefined || env['NO_COLOR'] === ''
}

/** Columns of the terminal on standard output; 120 where there is none. */
export function terminalWidth(): number {
  return process.stdout.columns ?? 120
}
