import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellsOf, clippedToCells } from '../../src/frame/text-cells.ts'
import { runs } from '../support/random.ts'

test.each([
  ['plain', 5],
  ['', 0],
  ['日本語', 6],
  ['한국', 4],
  ['ｶﾀｶﾅ', 4],
  ['ＡＢ', 4],
  ['é', 1],
  ['e\u0301', 1],
  ['नि', 2],
  ['\u1112\u1161\u11ab', 2],
  ['👩‍👩‍👧', 2],
  ['👍🏽', 2],
  ['🇩🇪', 2],
  ['❤️', 2],
  ['❤', 1],
  ['a\u200bb', 2],
  ['─│…', 3],
])('%j takes %i cells', (text, cells) => {
  expect(cellsOf(text)).toBe(cells)
})

test('a clipped text takes at most what it may, and less only for half of a wide character', () => {
  const texts = fc.array(fc.constantFrom('a', '日', 'e\u0301', '👩‍👧', 'ﾅ', '🇯🇵'), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 30 }), (parts, width) => {
      const text = parts.join('')
      const clipped = clippedToCells(text, width)
      if (cellsOf(text) <= width) {
        expect(clipped).toBe(text)
        return
      }
      expect(clipped.endsWith('…')).toBe(true)
      expect(text.startsWith(clipped.slice(0, -1))).toBe(true)
      expect(cellsOf(clipped)).toBeLessThanOrEqual(width)
      expect(cellsOf(clipped)).toBeGreaterThanOrEqual(Math.max(1, width - 1))
    }),
    { numRuns: runs(300) },
  )
})
