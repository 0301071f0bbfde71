import { existsSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** Says after a whole test run, in its last lines, that nothing was looked at in a browser. */
export function setup(): () => void {
  const mark = path.join(os.tmpdir(), `graupel-chromium-untested-${process.pid}`)
  process.env['GRAUPEL_TEST_CHROMIUM_UNTESTED'] = mark
  return () => {
    if (!existsSync(mark)) return
    const reason = readFileSync(mark, 'utf8')
    rmSync(mark)
    process.on('exit', () => {
      process.stderr.write(`\n!!! THE TESTS IN A BROWSER DID NOT RUN: ${reason}\n`)
      process.stderr.write('!!! Install Chromium, or name one in GRAUPEL_TEST_CHROMIUM.\n')
    })
  }
}
