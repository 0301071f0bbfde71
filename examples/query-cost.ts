/**
 * What a question may cost: random tables and random questions, and no file is opened that the
 * cost model does not allow.
 *
 *     npx tsx examples/query-cost.ts
 */
import fc from 'fast-check'
import { connect, type ObjectStore } from '../src/index.ts'
import {
  answerRows,
  costBound,
  costCase,
  layTable,
  memoryStore,
  questionTo,
} from '../src/testing/index.ts'

/** `store`, and the column files that were opened. */
function watched(store: ObjectStore): { store: ObjectStore; opened: string[] } {
  const opened: string[] = []
  const watching = new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...of: unknown[]) => {
        if (name === 'open') opened.push(String(of[0]))
        return Reflect.apply(member, target, of)
      }
    },
  })
  return { store: watching, opened }
}

const cases = fc.array(fc.nat(9999), { minLength: 10, maxLength: 10 }).map((of) => costCase(of))
const runs = Number(process.env['RUNS'] ?? 100)
let files = 0
await fc.assert(
  fc.asyncProperty(cases, async (of) => {
    const { store, opened } = watched(memoryStore())
    await using lake = await connect(store, { cache: false })
    const table = await layTable(await lake.database('my/tests', { create: true }), of)
    opened.length = 0
    const rows = await questionTo(table, of).toArray()
    if (rows.length !== answerRows(of)) throw new Error(`${rows.length} rows`)
    const bound = costBound(of, () => 0)
    if (opened.length > bound.files) throw new Error(`${opened.length} files, not ${bound.files}`)
    files += opened.length
  }),
  { numRuns: runs },
)
console.log(`${runs} random questions opened ${files} files, and none more than it may`)
