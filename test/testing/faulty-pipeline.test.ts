import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

it('the example of a pipeline under faults runs through', async () => {
  const run = promisify(execFile)
  const args = ['--import', 'tsx', 'examples/faulty-pipeline.ts']
  const { stdout } = await run(process.execPath, args)
  expect(stdout).toMatch(/^[1-9]\d{2} faults, no row lost or doubled\n$/)
})
