import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { coverageText } from '../../scripts/coverage.ts'

test('docs/coverage.md is what the script makes of the methods that there are', () => {
  expect(readFileSync('docs/coverage.md', 'utf8')).toBe(coverageText())
})
