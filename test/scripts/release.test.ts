import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { obstacles, sectionOf } from '../../scripts/release.ts'

const CHANGELOG = `# Changelog

## 0.2.0 (2026-12-01)

- Faster.

## 0.1.1 (2026-11-01)

## 0.1.0 (unreleased)

- Everything.
`
const ready = { manifest: { version: '0.2.0' }, changelog: CHANGELOG, status: '', tags: ['v0.1.1'] }

describe('a release', () => {
  test('is ready with a clean tree, its version, and a dated section', () => {
    expect(obstacles('0.2.0', ready)).toEqual([])
    expect(sectionOf('0.2.0', CHANGELOG)).toBe('- Faster.')
  })

  test.each([
    ['text that is no version', 'two', ready, '"two" is no version'],
    ['changes that are not committed', '0.2.0', { ...ready, status: ' M x.ts\n' }, 'not committed'],
    ['another version', '0.2.0', { ...ready, manifest: { version: '0.1.1' } }, 'version 0.1.1'],
    ['a tag that is taken', '0.2.0', { ...ready, tags: ['v0.2.0'] }, 'a tag v0.2.0'],
    ['no section', '0.2.0', { ...ready, changelog: '' }, 'no section'],
    [
      'an empty section',
      '0.1.1',
      { ...ready, manifest: { version: '0.1.1' }, tags: [] },
      'is empty',
    ],
    [
      'a section without a date',
      '0.1.0',
      { ...ready, manifest: { version: '0.1.0' } },
      'no section',
    ],
  ])('does not go out with %s', (_, version, of, reason) => {
    expect(obstacles(version, of)).toEqual([expect.stringContaining(reason)])
  })

  test('of what is here waits for a date', () => {
    const changelog = readFileSync('CHANGELOG.md', 'utf8')
    const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
    const found = obstacles(manifest.version, { manifest, changelog, status: '', tags: [] })
    const isDated = sectionOf(manifest.version, changelog) !== undefined
    expect(found.length).toBe(isDated ? 0 : 1)
  })
})
