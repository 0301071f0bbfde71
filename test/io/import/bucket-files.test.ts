import { expect, test } from 'vitest'
import { bucketFiles } from '../../../src/io/import/bucket-files.ts'
import { matchesPath } from '../../../src/io/import/expand-glob.ts'
import { type Step, scriptedS3 } from '../../support/scripted-s3.ts'

const OBJECTS = new Map([
  ['in/a.csv', 'id\n1\n'],
  ['in/b.txt', 'x'],
  ['in/deep/er/c.csv', 'id\n2\n'],
  ['in/deep/.hidden/d.csv', 'id\n3\n'],
])

/** A bucket of these objects, read only. */
const bucket: Step = (answer, { path }) => {
  const url = new URL(path, 'http://x')
  const prefix = url.searchParams.get('prefix')
  if (prefix !== null) {
    const contents = [...OBJECTS]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, text]) => `<Contents><Key>${key}</Key><Size>${text.length}</Size></Contents>`)
    const xml = `<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`
    answer.writeHead(200, { 'content-length': xml.length })
    answer.end(xml)
    return
  }
  const text = OBJECTS.get(url.pathname.replace(/^\/bucket\//, ''))
  if (text === undefined) {
    const error = '<Error><Code>NoSuchKey</Code></Error>'
    answer.writeHead(404, { 'content-length': error.length })
    answer.end(error)
    return
  }
  answer.writeHead(206, {
    etag: '"tag"',
    'content-length': text.length,
    'content-range': `bytes 0-${text.length - 1}/${text.length}`,
  })
  answer.end(text)
}

test.each([
  ['s3://bucket/in/a.csv', ['in/a.csv']],
  ['s3://bucket/in/', [...OBJECTS.keys()]],
  ['s3://bucket/in/*.csv', ['in/a.csv']],
  ['s3://bucket/in/**/*.csv', ['in/a.csv', 'in/deep/er/c.csv']],
])('%s names objects, which are read as they are', async (url, keys) => {
  const { options, close } = await scriptedS3(bucket)
  try {
    const files = await bucketFiles(url, { bucket: options })
    expect(files.map(({ name }) => name)).toEqual(keys.map((key) => `s3://bucket/${key}`))
    for (const [index, file] of files.entries()) {
      const text = OBJECTS.get(keys[index]!)!
      expect(file.byteLength).toBe(text.length)
      const chunks: Uint8Array[] = []
      for await (const chunk of file.chunks()) chunks.push(chunk)
      expect(Buffer.concat(chunks).toString()).toBe(text)
    }
  } finally {
    await close()
  }
})

test.each(['s3://bucket/in/z.csv', 's3://bucket/in/*.parquet', 's3://bucket/out/'])(
  '%s, which names none, is NOT_FOUND',
  async (url) => {
    const { options, close } = await scriptedS3(bucket)
    try {
      const found = bucketFiles(url, { bucket: options })
      await expect(found).rejects.toMatchObject({ code: 'NOT_FOUND', facts: { path: url } })
    } finally {
      await close()
    }
  },
)

test.each([
  ['a/b.csv', 'a/*.csv', true],
  ['a/b/c.csv', 'a/*.csv', false],
  ['a/b/c.csv', '**/*.csv', true],
  ['c.csv', '**/*.csv', true],
  ['a/b/c/d.csv', 'a/**/c/?.csv', true],
  ['a/c/x/c/d.csv', 'a/**/c/d.csv', true],
  ['a/b/d.csv', 'a/**/c/d.csv', false],
  ['a/b/c', 'a/**', true],
  ['a', 'a/**', false],
  ['a/.b/c.csv', 'a/**/c.csv', false],
])('%s by %s: %s', (path, pattern, expected) => {
  expect(matchesPath(path, pattern)).toBe(expected)
})
