import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'tsup'
import { afterAll, beforeAll, expect, test } from 'vitest'

interface Output {
  readonly bytes: number
  readonly entryPoint?: string
  readonly inputs: Readonly<Record<string, unknown>>
  readonly imports: readonly { path: string; kind: string; external?: boolean }[]
}

const outDir = mkdtempSync(join(tmpdir(), 'graupel-start-'))
let outputs: Record<string, Output>

beforeAll(async () => {
  await build({ outDir, metafile: true, silent: true, sourcemap: false })
  outputs = JSON.parse(readFileSync(join(outDir, 'metafile-esm.json'), 'utf8')).outputs
})

afterAll(() => rmSync(outDir, { recursive: true, force: true }))

/** What a process loads before the first line of whoever imports the entry runs. */
function loadedBy(entryPoint: string) {
  const entry = Object.keys(outputs).find((path) => outputs[path]!.entryPoint === entryPoint)!
  const files = new Set([entry])
  const others = new Set<string>()
  for (const file of files) {
    for (const { path, kind, external } of outputs[file]!.imports) {
      if (kind !== 'import-statement') continue
      if (external === true) others.add(path.replace(/^node:/, ''))
      else files.add(path)
    }
  }
  const bytes = [...files].reduce((sum, file) => sum + outputs[file]!.bytes, 0)
  const sources = [...files].flatMap((file) => Object.keys(outputs[file]!.inputs))
  return { files: files.size, bytes, others: [...others].sort(), sources }
}

// Each file costs about a millisecond of every start, and 100 kB cost four: raise these with a reason only.
test('importing the index loads few files, few bytes, no package, and what is light of Node', () => {
  const { files, bytes, others } = loadedBy('src/index.ts')
  expect(files).toBeLessThanOrEqual(3)
  expect(bytes).toBeGreaterThan(300_000)
  expect(bytes).toBeLessThanOrEqual(720_000) // 670 kB
  expect(others).toEqual([
    ...['buffer', 'diagnostics_channel', 'events', 'fs', 'os', 'path', 'url', 'zlib'],
  ])
})

test('a worker thread loads two files, and nothing of frames', () => {
  const { files, bytes, sources } = loadedBy('src/exec/threads/partition-worker.ts')
  expect(files).toBeLessThanOrEqual(2)
  expect(bytes).toBeLessThanOrEqual(430_000) // 401 kB
  expect(sources).toContain('src/exec/run.ts')
  expect(sources.filter((path) => path.startsWith('src/frame/'))).toEqual([])
})
