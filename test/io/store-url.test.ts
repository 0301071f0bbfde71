import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { openStore } from '../../src/io/store-url.ts'

it('opens memory, folders and file URLs', async () => {
  expect((await openStore('memory:')).url).toBe('memory:')
  const expected = pathToFileURL(path.resolve('./lake')).href
  expect((await openStore('./lake')).url).toBe(expected)
  expect((await openStore('lake')).url).toBe(expected)
  expect((await openStore(expected)).url).toBe(expected)
})

it.each(['s3://bucket/x', 'http://x/y', 'memory:x', '', 'file://host/x', 'a\0b'])(
  'refuses %j and says what would do',
  async (url) => {
    await expect(openStore(url)).rejects.toMatchObject({ code: 'INVALID' })
  },
)
