import fc from 'fast-check'
import { expect, it } from 'vitest'
import { withMark, withoutMark } from '../../../src/io/s3/cell-mark.ts'
import { runs } from '../../support/random.ts'

it('gives back what was marked, whatever it ends with', () => {
  const blanks = fc.array(fc.constantFrom(9, 10, 32), { maxLength: 200 })
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), blanks, (start, end) => {
      const body = Uint8Array.from([...start, ...end])
      expect([...withoutMark(withMark(body))]).toEqual([...body])
    }),
    { numRuns: runs(300) },
  )
})

it('makes equal bodies different, and leaves JSON what it was', () => {
  const body = new TextEncoder().encode('{"version": 3}\n')
  const [first, second] = [withMark(body), withMark(body)]
  expect(Buffer.compare(first, second)).not.toBe(0)
  expect(JSON.parse(new TextDecoder().decode(first))).toEqual({ version: 3 })
  expect([...withoutMark(body)]).toEqual([...body])
})
