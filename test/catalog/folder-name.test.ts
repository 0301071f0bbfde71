import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  folderName,
  foldFolder,
  freeFolderName,
  isFolderName,
} from '../../src/catalog/folder-name.ts'
import { assertKey } from '../../src/io/store-key.ts'
import { runs } from '../support/random.ts'

const DEVICES = ['con', 'PRN', 'aux', 'NUL', 'com0', 'Com9', 'lpt1', 'con.txt', 'nul.']
const names = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('a', 'A', '!', '.', '_', '-', 'é', '/', ' '), maxLength: 150 }),
  fc.constantFrom('', '.', '..', '__proto__', '../x', 'a/b', ...DEVICES),
)

describe('the folder of a name', () => {
  it.each([
    ['Amount', 'Amount'],
    ['order_id', 'order_id'],
    ['a.b-c', 'a.b-c'],
    ['', '!e'],
    ['..', '!2E!2E'],
    ['../x', '!2E.!2Fx'],
    ['_table', '!5Ftable'],
    ['CON', '!43ON'],
    ['con.txt', '!63on.txt'],
    ['console', 'console'],
    ['é', '!C3!A9'],
    ['a b!', 'a!20b!21'],
    ['x.', 'x!2E'],
  ])('of %j is %j', (name, folder) => {
    expect(folderName(name)).toBe(folder)
  })

  it('is safe on every system: a store key, no reserved name, at most 255 bytes', () => {
    fc.assert(
      fc.property(names, fc.boolean(), (name, collide) => {
        const taken = new Set(collide ? [foldFolder(folderName(name))] : [])
        const folder = freeFolderName(name, taken, '123456789012')
        expect(folder).toMatch(/^[A-Za-z0-9!-][A-Za-z0-9_.!-]*$/)
        expect(folder).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|\.$/i)
        expect(Buffer.byteLength(folder)).toBeLessThanOrEqual(255)
        expect(isFolderName(folder)).toBe(true)
        assertKey(`a/${folder}/metadata.csv`)
      }),
      { numRuns: runs(1000) },
    )
  })

  it('tells any two names apart, also where case does not count', () => {
    const variants = fc.uniqueArray(names, { minLength: 2, maxLength: 20 })
    fc.assert(
      fc.property(variants, (distinct) => {
        const taken = new Set<string>()
        for (const [position, name] of distinct.entries()) {
          const folder = foldFolder(freeFolderName(name, taken, String(position + 1)))
          expect(taken.has(folder)).toBe(false)
          taken.add(folder)
        }
      }),
      { numRuns: runs(500) },
    )
  })

  it('tells any two names apart without a collision suffix, where case counts', () => {
    fc.assert(
      fc.property(names, names, (a, b) => {
        if (a !== b) expect(folderName(a)).not.toBe(folderName(b))
      }),
      { numRuns: runs(1000) },
    )
  })

  it('leaves safe names as they are', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{4,100}$/), (name) => {
        expect(folderName(name)).toBe(name)
      }),
      { numRuns: runs(200) },
    )
  })

  it('refuses text that is not well-formed or too long', () => {
    expect(() => folderName('\ud800')).toThrow(/surrogate/)
    expect(() => folderName('x'.repeat(20_000))).toThrow(/longer/)
    expect(folderName('x'.repeat(10_000)).length).toBeLessThanOrEqual(120)
  })
})
