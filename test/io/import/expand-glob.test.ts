import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expandGlob, matches } from '../../../src/io/import/expand-glob.ts'
import { runs } from '../../support/random.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graupel-glob-'))
  await mkdir(join(folder, 'x', 'y'), { recursive: true })
  for (const name of [
    'a-10.csv',
    'a-2.csv',
    'b.csv',
    '.a-3.csv',
    'odd[*].csv',
    'x/a-1.csv',
    'x/y/a-1.csv',
  ]) {
    await writeFile(join(folder, name), '')
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const found = async (pattern: string) =>
  (await expandGlob(`${folder}/${pattern}`)).map((path) => path.slice(folder.length + 1))

describe('expandGlob', () => {
  test('a star is a run of characters, a question mark one, two stars any folders', async () => {
    expect(await found('a-*.csv')).toEqual(['a-10.csv', 'a-2.csv'])
    expect(await found('a-?.csv')).toEqual(['a-2.csv'])
    expect(await found('*/a-1.csv')).toEqual(['x/a-1.csv'])
    expect(await found('**/a-1.csv')).toEqual(['x/a-1.csv', 'x/y/a-1.csv'])
    expect(await found('**/a-*.csv')).toEqual(['a-10.csv', 'a-2.csv', 'x/a-1.csv', 'x/y/a-1.csv'])
    expect(await found('x/**')).toEqual(['x/a-1.csv', 'x/y/a-1.csv'])
  })

  test('hidden files need a pattern that is hidden too, and files are taken as they are called', async () => {
    expect(await found('.a*')).toEqual(['.a-3.csv'])
    expect(await found('odd[*].csv')).toEqual(['odd[*].csv'])
    expect(await found('b.csv')).toEqual(['b.csv'])
  })

  test('no file is NOT_FOUND, also where there is no folder', async () => {
    for (const pattern of ['c-*.csv', 'c.csv', 'no/*.csv', 'x', '*']) {
      if (pattern === '*') expect(await found('*')).not.toContain('x')
      else {
        const path = `${folder}/${pattern}`
        await expect(expandGlob(path)).rejects.toMatchObject({ code: 'NOT_FOUND', facts: { path } })
      }
    }
  })

  test('names match as by the regular expression of the pattern', () => {
    const letter = fc.constantFrom('a', 'b')
    const name = fc.array(letter, { maxLength: 8 }).map((parts) => parts.join(''))
    const pattern = fc
      .array(fc.oneof(letter, fc.constantFrom('*', '?')), { maxLength: 8 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(name, pattern, (name, pattern) => {
        const regular = new RegExp(`^${pattern.replaceAll('?', '.').replaceAll('*', '.*')}$`)
        expect(matches(name, pattern)).toBe(regular.test(name))
      }),
      { numRuns: runs(1000) },
    )
  })
})
