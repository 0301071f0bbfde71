import type { AppMark } from '../catalog/model/head.ts'
import { invalid } from '../error.ts'
import type { OnceOptions } from './action-options.ts'

/** The mark that a write is repeated by, if any. Throws INVALID for half of one. */
export function markOf({ app, sequence }: OnceOptions, where: string): AppMark | undefined {
  if (app === undefined && sequence === undefined) return undefined
  if (app !== undefined && sequence !== undefined) return { app, sequence }
  throw invalid(`${where}: app and sequence go together: { app: 'etl-7', sequence: 41 }`, {
    app,
    sequence,
  })
}
