import { clip, GraupelError } from '../../error.ts'
import type { ObjectStore } from '../object-store.ts'
import { openStore } from '../store-url.ts'
import { compressionOf } from './decompress.ts'
import { matchesPath } from './expand-glob.ts'
import {
  type BucketAccess,
  CHUNK_BYTES,
  type ImportFile,
  type ImportOptions,
} from './import-file.ts'

/**
 * The objects that `s3://bucket/key`, a prefix that ends with `/`, or a glob with `*`, `?` and `**`
 * names, by key. Throws NOT_FOUND when there is none, INVALID for an impossible URL, UNAVAILABLE.
 */
export async function bucketFiles(
  url: string,
  { compression, signal, bucket = {} }: ImportOptions & BucketAccess,
): Promise<ImportFile[]> {
  const [, root = '', path = ''] = /^(s3:\/\/[^/]*)\/?(.*)$/is.exec(url) ?? []
  const store = await openStore(root, bucket)
  const wild = path.search(/[*?]/)
  if (path !== '' && wild < 0 && !path.endsWith('/')) {
    const found = await store.open(path, { signal })
    if (found === null) throw noObject(url)
    found.close()
    const { byteLength } = found
    return [fileOf(store, root, { key: path, byteLength }, { compression, signal })]
  }
  const files: ImportFile[] = []
  const fixed = wild < 0 ? path : path.slice(0, path.lastIndexOf('/', wild) + 1)
  for await (const object of store.list(fixed, { signal })) {
    const isNamed = wild < 0 || matchesPath(object.key, path)
    if (isNamed) files.push(fileOf(store, root, object, { compression, signal }))
  }
  if (files.length === 0) throw noObject(url)
  return files
}

function fileOf(
  store: ObjectStore,
  root: string,
  { key, byteLength }: { readonly key: string; readonly byteLength: number },
  { compression, signal }: Pick<ImportOptions, 'compression' | 'signal'>,
): ImportFile {
  const name = `${root}/${key}`
  return {
    name,
    byteLength,
    packed: compressionOf(key, compression),
    async *chunks() {
      const source = await store.open(key, { signal })
      if (source === null) throw noObject(name)
      try {
        for (let at = 0; at < source.byteLength; ) {
          const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, source.byteLength - at))
          const read = await source.read(buffer, at)
          if (read === 0) throw cutShort(name, at)
          yield buffer.subarray(0, read)
          at += read
        }
      } finally {
        source.close()
      }
    },
  }
}

function noObject(url: string): GraupelError {
  return new GraupelError('NOT_FOUND', `no object matches "${clip(url)}"`, { path: url })
}

function cutShort(file: string, bytes: number): GraupelError {
  return new GraupelError('UNAVAILABLE', `"${clip(file)}" ended after ${bytes} bytes`, { file })
}
