import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Keeps a picture that a test has taken, for people to look at: in GRAUPEL_TEST_SCREENSHOTS or `.screenshots`. */
export function keepPicture(name: string, picture: Buffer): void {
  const folder = process.env['GRAUPEL_TEST_SCREENSHOTS'] ?? '.screenshots'
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), picture)
}
