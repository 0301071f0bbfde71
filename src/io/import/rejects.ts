import { type GraupelError, invalid } from '../../error.ts'

/** Rejected records whose errors are kept. */
export const REJECTS_KEPT = 10_000

/**
 * What a record that cannot be taken does: end the import (`abort`), be left out (`continue`, for which
 * `skip` is another word), or have its whole file left out: `skipFile` when there is one, `skipFile:5`
 * when there are 5, `skipFile:5%` when they are more than 5 of 100 in the file.
 */
export type OnError =
  | 'abort'
  | 'skip'
  | 'continue'
  | 'skipFile'
  | `skipFile:${number}`
  | `skipFile:${number}%`

/** The records that an import left out. */
export interface Rejected {
  count: number
  /** The first 10,000. Their facts name file, line, column and value. */
  readonly errors: GraupelError[]
}

/** Takes the error of a record that cannot be taken; throws it, or what else ends the import. */
export type Reject = (error: GraupelError) => void

/** `OnError` taken apart. */
export type ErrorRule =
  | { readonly kind: 'abort' | 'continue' }
  | { readonly kind: 'skipFile'; readonly rows: number }
  | { readonly kind: 'skipFile'; readonly percent: number }

/** Throws INVALID for words that `onError` cannot be. */
export function errorRule(onError: unknown = 'abort'): ErrorRule {
  if (onError === 'abort') return { kind: 'abort' }
  if (onError === 'skip' || onError === 'continue') return { kind: 'continue' }
  if (onError === 'skipFile') return { kind: 'skipFile', rows: 1 }
  const [, digits, fraction = '', percent] =
    /^skipFile:(\d{1,15})(\.\d{1,15})?(%)?$/.exec(String(onError)) ?? []
  const number = Number(`${digits}${fraction}`)
  if (percent === '%' && number <= 100) return { kind: 'skipFile', percent: number }
  if (percent === undefined && fraction === '' && number >= 1) {
    return { kind: 'skipFile', rows: number }
  }
  throw invalid(
    `onError can be "abort", "continue", "skipFile", "skipFile:5" or "skipFile:5%", got ${JSON.stringify(onError)}`,
    { onError },
  )
}

/** The error of a row, with where it stands. */
export function placed(error: GraupelError, file: string, line: number): GraupelError {
  const { row: _, name, ...facts } = error.facts
  const column = name === undefined ? {} : { column: name }
  // Values are tried one row at a time, so that the row is always the first.
  const reason = error.message.replace(', row 0: ', ': ')
  return invalid(`"${file}", line ${line}: ${reason}`, { ...facts, ...column, file, line })
}
