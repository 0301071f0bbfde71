import { clip, GraupelError } from '../error.ts'

/** Codes of ClickHouse for what the query itself did: overflow, a zero divisor, a value's form. */
const OF_THE_QUERY = new Set(['6', '69', '70', '153', '321', '349', '395', '407'])
/** Codes for a budget of the servers: rows, time, memory, bytes. */
const OF_A_BUDGET = new Set(['158', '159', '160', '241', '307', '396'])
/** Codes for a server that is not there, or is no more. */
const OF_THE_WAY = new Set(['32', '198', '209', '210', '279', '519'])

/** Codes for a file that cannot be read to its end, or has no such columns. */
const OF_A_FILE = new Set(['8', '33', '117', '636'])

/** What is known of a statement that failed. */
export interface Statement {
  readonly queryId: string
  /** Where each fragment was run. */
  readonly nodes: readonly string[]
}

/**
 * The error for what a server said, or for a connection that failed: `text` is all that is known. The
 * facts tell ClickHouse's code, the server that it is about, and the fragments that were run there.
 */
export function failure(
  text: string,
  { queryId, nodes }: Statement,
  cause?: unknown,
): GraupelError {
  const engineCode = /Code: (\d+)/.exec(text)?.[1]
  const server = nodes.find((one) => text.includes(one))
  const fragments = nodes.flatMap((one, at) => (one === server ? [at] : []))
  const facts = { engine: 'clickhouse', engineCode, queryId, ...(server && { server, fragments }) }
  const where = server === undefined ? '' : ` on ${server}, fragment ${fragments.join(', ')}`
  return new GraupelError(kindOf(engineCode, text), `ClickHouse${where}: ${clip(text)}`, facts, {
    cause,
  })
}

function kindOf(
  code: string | undefined,
  text: string,
): 'DATA' | 'INVALID' | 'LIMIT' | 'UNAVAILABLE' {
  if (code === '395' && text.includes('graupel: ')) return 'DATA'
  if (code === undefined) return 'UNAVAILABLE'
  if (text.includes('_tmp/') && (OF_A_FILE.has(code) || text.includes('code: 404'))) return 'DATA'
  if (OF_THE_QUERY.has(code)) return 'INVALID'
  return OF_A_BUDGET.has(code) ? 'LIMIT' : 'UNAVAILABLE'
}

/** Whether a server may have been lost, so that another can do what it did. */
export function isLostServer({ code, facts }: GraupelError): boolean {
  const engineCode = facts['engineCode'] as string | undefined
  return code === 'UNAVAILABLE' && (engineCode === undefined || OF_THE_WAY.has(engineCode))
}
