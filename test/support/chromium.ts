import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Debian's browser without a window, or the one that GRAUPEL_TEST_CHROMIUM names; a text tells why there is none. */
export async function startChromium(): Promise<Browser | string> {
  const told = process.env['GRAUPEL_TEST_CHROMIUM']
  const executablePath = told ?? PLACES.find((path) => existsSync(path))
  if (executablePath === undefined) return 'chromium is not installed: apt-get install chromium'
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}
