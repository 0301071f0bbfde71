import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileLike, matchesLike } from '../../src/kernel/like.ts'
import { runs } from '../support/random.ts'

const encoder = new TextEncoder()

/** LIKE as its definition says it, by trying everything. */
function naive(pattern: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return text.length === 0
  if (first === '%') return naive(rest, text) || (text.length > 0 && naive(pattern, text.slice(1)))
  if (text.length === 0) return false
  if (first === '\\') return rest[0] === text[0] && naive(rest.slice(1), text.slice(1))
  return (first === '_' || first === text[0]) && naive(rest, text.slice(1))
}

function like(pattern: string, text: string): boolean | null {
  const program = compileLike(encoder.encode(pattern))
  const bytes = encoder.encode(`x${text}y`)
  return program && matchesLike(program, bytes, 1, bytes.length - 1)
}

describe('like', () => {
  test('agrees with the naive matcher', () => {
    const character = fc.constantFrom('a', 'b', 'é', '😀', '%', '_')
    const piece = fc.constantFrom('a', 'b', 'é', '😀', '%', '%', '_', '\\%', '\\_', '\\\\', '\\é')
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join('')),
        fc.array(character, { maxLength: 8 }),
        (pattern, text) => {
          expect(like(pattern, text.join(''))).toBe(naive([...pattern], text))
        },
      ),
      { numRuns: runs(3000) },
    )
  })

  test('a pattern that ends in an escape is none', () => {
    expect(like('a\\', 'a')).toBe(null)
    expect(like('a\\\\', 'a\\')).toBe(true)
  })

  test('many runs do not make it slow', () => {
    const text = 'a'.repeat(20_000)
    const started = performance.now()
    expect(like(`${'%a'.repeat(30)}%_b`, text)).toBe(false)
    expect(performance.now() - started).toBeLessThan(2000)
  })

  test('patterns that only look at one place are known as such', () => {
    const kinds = ['ab', 'ab%', '%ab', '%ab%', 'a%b', 'a_', '%', ''].map(
      (pattern) => compileLike(encoder.encode(pattern))?.kind,
    )
    expect(kinds).toEqual([
      'equals',
      'prefix',
      'suffix',
      'contains',
      'general',
      'general',
      'contains',
      'equals',
    ])
  })
})
