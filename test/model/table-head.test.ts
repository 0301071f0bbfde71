import { expect, it } from 'vitest'
import { explore } from './explore.ts'
import { type Configuration, tableHead } from './table-head.ts'

const TWO: Pick<Configuration, 'writers'> = { writers: ['append', 'append'] }

it.each<[string, Configuration]>([
  ['2 appenders, vacuum, 1 fault', { ...TWO, vacuum: true, faults: 1 }],
  [
    'append, overwrite, vacuum, 1 fault',
    { writers: ['append', 'replace'], vacuum: true, faults: 1 },
  ],
  [
    'overwrite, vacuum, reader, 1 fault',
    { writers: ['replace'], vacuum: true, reader: true, faults: 1 },
  ],
  ['2 overwriters, vacuum, 1 fault', { writers: ['replace', 'replace'], vacuum: true, faults: 1 }],
  [
    'overwrite, vacuum, clone, cleaner, 1 fault',
    { writers: ['replace'], vacuum: true, clone: true, cleaner: 'abort first', faults: 1 },
  ],
])(
  'keeps every commit, file, reader and clone whole: %s',
  (name, configuration) => {
    const { states, violation, trace } = explore(tableHead(configuration))
    console.log(`table head, ${name}: ${states} states`)
    expect(violation, trace.join(' | ')).toBeUndefined()
    expect(states).toBeGreaterThan(1000)
  },
  120_000,
)

it.each<[string, Configuration, RegExp]>([
  [
    'a vacuum fences before it deletes',
    { ...TWO, vacuum: true, reader: true, faults: 2, fence: false },
    /not its own|wrong file/,
  ],
  ['a writer in doubt looks at the lineage', { ...TWO, faults: 2, lineage: false }, /twice/],
  [
    'column files are created, never overwritten',
    { ...TWO, reader: true, faults: 2, createOnly: false },
    /not its own|wrong file/,
  ],
  [
    'only a vacuum deletes, below its fence',
    { writers: ['append', 'abort'], faults: 1 },
    /not its own/,
  ],
  [
    'a clone is aborted before its source is unpinned',
    { writers: ['replace'], vacuum: true, clone: true, cleaner: 'unpin first', faults: 0 },
    /the clone names/,
  ],
])(
  'is broken without the rule: %s',
  (_, configuration, expected) => {
    expect(explore(tableHead(configuration)).violation).toMatch(expected)
  },
  120_000,
)
