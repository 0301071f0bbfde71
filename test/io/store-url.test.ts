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

it.each([
  's3://',
  's3:bucket',
  's3://key:secret@bucket/x',
  's3://bucket/../x',
  'http://x/y',
  'memory:x',
  '',
  'file://host/x',
  'a\0b',
])('refuses %j and says what would do', async (url) => {
  await expect(openStore(url)).rejects.toMatchObject({ code: 'INVALID' })
})

it('opens buckets without asking them, and names them without keys', async () => {
  const options = { endpoint: 'http://127.0.0.1:9', region: 'x' }
  expect((await openStore('s3://bucket/some/lake/', options)).url).toBe(
    's3+http://127.0.0.1:9/bucket/some/lake',
  )
  const aws = await openStore('s3://bucket', { endpoint: 'https://s3.eu-west-1.amazonaws.com' })
  expect(aws.url).toBe('s3://bucket')
})

it('shows no keys that stand in a URL, and refuses bucket options for anything else', async () => {
  const told = await openStore('s3://me:hunter2@bucket/x').catch(String)
  expect(told).not.toContain('hunter2')
  const endpoint = 'https://me:hunter2@example.org'
  const refused = await openStore('s3://bucket', { endpoint }).catch(String)
  expect(refused).toContain('without keys')
  expect(refused).not.toContain('hunter2')
  await expect(openStore('./lake', { region: 'x' })).rejects.toMatchObject({ code: 'INVALID' })
})
