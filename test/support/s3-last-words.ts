import { existsSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** Says after a whole test run, in its last lines, that the S3 tests did not run. */
export function setup(): () => void {
  const mark = path.join(os.tmpdir(), `graupel-s3-untested-${process.pid}`)
  process.env['GRAUPEL_TEST_S3_UNTESTED'] = mark
  return () => {
    if (!existsSync(mark)) return
    const reason = readFileSync(mark, 'utf8')
    rmSync(mark)
    process.on('exit', () => {
      process.stderr.write(`\n!!! THE S3 TESTS DID NOT RUN: ${reason}\n`)
      process.stderr.write('!!! Set GRAUPEL_TEST_S3_ENDPOINT, or run where apt-get is.\n')
    })
  }
}
