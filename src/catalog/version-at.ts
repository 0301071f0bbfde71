import type { CommitLog } from './commit-log.ts'
import type { Head } from './model/head.ts'

/** The newest version of the table that is not younger than `instant`, in milliseconds since 1970. */
export async function versionAt(log: CommitLog, head: Head, instant: number): Promise<number> {
  const inTail = head.tail.filter(({ timestamp }) => timestamp <= instant).at(-1)
  if (inTail !== undefined) return inTail.version
  const segment = head.segments.filter(({ timestampFrom }) => timestampFrom <= instant).at(-1)
  if (segment === undefined) return 0
  const records = await log.records(head, segment, new Map())
  return records.filter(({ timestamp }) => timestamp <= instant).at(-1)!.version
}
