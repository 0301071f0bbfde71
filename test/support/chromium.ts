import { existsSync, writeFileSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/**
 * A headless Chromium: that of GRAUPEL_TEST_CHROMIUM, or Debian's package `chromium`. A text tells why
 * there is none.
 */
export async function startChromium(): Promise<Browser | string> {
  const told = process.env['GRAUPEL_TEST_CHROMIUM']
  const found = told ?? PLACES.find((place) => existsSync(place))
  if (found === undefined) return noteUntested('there is no chromium; apt-get install chromium')
  try {
    // Root, as in containers, has no sandbox; what is shown is our own.
    return await chromium.launch({ executablePath: found, args: ['--no-sandbox'] })
  } catch (error) {
    return noteUntested(`${found} did not start: ${String((error as Error).message).slice(0, 300)}`)
  }
}

/** Notes that tests which need a browser did not run: the run says so in its last lines. */
function noteUntested(reason: string): string {
  const mark = process.env['GRAUPEL_TEST_CHROMIUM_UNTESTED']
  if (mark !== undefined) writeFileSync(mark, reason)
  return reason
}
