import { randomUUID } from 'node:crypto'
import type {
  GetObjectCommandOutput,
  HeadObjectCommandOutput,
  ListObjectsV2CommandOutput,
  PutObjectCommandInput,
  PutObjectCommandOutput,
} from '@aws-sdk/client-s3'
import { throwIfAborted } from '../../error.ts'
import type {
  ByteSource,
  Cell,
  CreateOptions,
  ObjectStore,
  StoredObject,
  StoreOptions,
  SwapOutcome,
} from '../object-store.ts'
import { retrying, type Verdict } from '../retry.ts'
import { assertCellKey, assertKey, assertPrefix } from '../store-key.ts'
import { withMark, withoutMark } from './cell-mark.ts'
import { gzipped, unpacked, unpackedBytes } from './gzip-body.ts'
import { openObject } from './open-object.ts'
import { readBody } from './read-body.ts'
import { RememberedCells } from './remembered-cells.ts'
import { type Bucket, receive, send } from './s3-bucket.ts'
import { failureOf, s3Error, verdictOf } from './s3-failure.ts'

/** Asked once before the first conditional write; throws when the store must not be written to. */
export type AdmitWrites = () => Promise<void>

/**
 * A store in a bucket. Whatever can be asked twice is asked again after failures that may pass; a
 * swap that may have landed is not, since a second one would hide the first.
 */
export class S3Store implements ObjectStore {
  readonly url: string
  readonly fetchesOnOpen = true
  readonly #bucket: Bucket
  readonly #admit: AdmitWrites
  readonly #cells = new RememberedCells()

  constructor(bucket: Bucket, admit: AdmitWrites) {
    this.url = bucket.url
    this.#bucket = bucket
    this.#admit = admit
  }

  async get(key: string, options?: StoreOptions): Promise<Uint8Array | null> {
    const found = await this.#whole(key, options)
    return found === null || found === 'unchanged' ? null : found.bytes
  }

  async open(key: string, options?: StoreOptions): Promise<ByteSource | null> {
    const path = this.#path(key)
    throwIfAborted(options?.signal)
    return openObject(this.#bucket, path, options?.signal)
  }

  async create(
    key: string,
    body: Uint8Array,
    options?: CreateOptions,
  ): Promise<'created' | 'exists'> {
    const path = this.#path(key)
    throwIfAborted(options?.signal)
    await this.#admit()
    const txid = randomUUID()
    const packed = options?.compression === 'gzip' ? await gzipped(body) : undefined
    throwIfAborted(options?.signal)
    const bytes = packed === undefined ? {} : { bytes: String(body.length) }
    const input = {
      Body: packed ?? body,
      IfNoneMatch: '*',
      Metadata: { txid, ...bytes },
      ...(packed === undefined ? {} : { ContentEncoding: 'gzip' }),
    }
    let mayBeMine = false
    const tried = async () => {
      try {
        await this.#put(path, input, options)
        return 'created'
      } catch (error) {
        const failure = failureOf(error)
        if (failure === 'precondition') {
          return mayBeMine && (await this.#txidOf(path, options)) === txid ? 'created' : 'exists'
        }
        if (failure !== 'conflict' && failure !== 'unsent') mayBeMine = true
        throw error
      }
    }
    return this.#retried('create', key, tried, options)
  }

  async replace(key: string, body: Uint8Array, options?: StoreOptions): Promise<void> {
    const path = this.#path(key)
    throwIfAborted(options?.signal)
    const input = { Body: body }
    await this.#retried('replace', key, () => this.#put(path, input, options), options)
  }

  async readCell(key: string, options?: StoreOptions): Promise<Cell | null> {
    assertCellKey(key)
    const path = this.#path(key)
    const known = this.#cells.find(path)
    const found = await this.#whole(key, options, known?.token)
    if (found === 'unchanged') {
      this.#cells.keep(path, known!)
      return { body: new Uint8Array(known!.body), token: known!.token }
    }
    if (found === null) this.#cells.forget(path)
    if (found === null) return null
    const cell = { body: withoutMark(found.bytes), token: found.etag }
    this.#cells.keep(path, cell)
    return cell
  }

  async swapCell(
    key: string,
    token: string | null,
    body: Uint8Array,
    options?: StoreOptions,
  ): Promise<SwapOutcome> {
    assertCellKey(key)
    const path = this.#path(key)
    throwIfAborted(options?.signal)
    await this.#admit()
    throwIfAborted(options?.signal)
    const input = { Body: withMark(body), ...this.#condition(token) }
    const tried = async (): Promise<SwapOutcome> => {
      try {
        // Without the signal: what has been sent may land, whoever stops waiting.
        const token = etagOf(await this.#put(path, input, {}))
        this.#cells.keep(path, { body, token })
        return { outcome: 'swapped', token }
      } catch (error) {
        const failure = failureOf(error)
        if (failure === 'precondition') return { outcome: 'lost' }
        if (failure === 'missing' && token !== null) return { outcome: 'lost' }
        if (failure === 'unclear' || failure === 'overloaded') return { outcome: 'unknown' }
        throw error
      }
    }
    return this.#retried('swap', key, tried, {})
  }

  async delete(key: string, options?: StoreOptions): Promise<void> {
    const Key = this.#path(key)
    const { sdk, place } = this.#bucket
    const tried = async () => {
      const command = new sdk.DeleteObjectCommand({ Bucket: place.bucket, Key })
      try {
        await send(this.#bucket, command, options)
      } catch (error) {
        if (failureOf(error) !== 'missing') throw error
      }
    }
    await this.#retried('delete', key, tried, options)
  }

  async *list(prefix: string, options?: StoreOptions): AsyncGenerator<StoredObject> {
    const root = this.#root
    for await (const { Contents = [] } of this.#pages(prefix, {}, options)) {
      for (const { Key, Size } of Contents) {
        // Consoles make "folders" as empty objects whose key ends with a slash.
        if (Key === undefined || Key.endsWith('/')) continue
        yield { key: Key.slice(root.length), byteLength: Size ?? 0 }
      }
    }
  }

  async *folders(prefix: string, options?: StoreOptions): AsyncGenerator<string> {
    const above = this.#root.length + prefix.length
    for await (const page of this.#pages(prefix, { Delimiter: '/' }, options)) {
      for (const { Prefix = '' } of page.CommonPrefixes ?? []) {
        if (Prefix.length > above + 1) yield Prefix.slice(above, -1)
      }
    }
  }

  /** What comes before each key in the bucket. */
  get #root(): string {
    const { prefix } = this.#bucket.place
    return prefix === '' ? '' : `${prefix}/`
  }

  async *#pages(
    prefix: string,
    how: { readonly Delimiter?: string },
    options: StoreOptions | undefined,
  ): AsyncGenerator<ListObjectsV2CommandOutput> {
    assertPrefix(prefix)
    const { sdk, place } = this.#bucket
    const Prefix = this.#root + prefix
    let ContinuationToken: string | undefined
    do {
      const input = { Bucket: place.bucket, Prefix, ContinuationToken, ...how }
      const page = await this.#retried(
        'list',
        prefix,
        () =>
          send<ListObjectsV2CommandOutput>(
            this.#bucket,
            new sdk.ListObjectsV2Command(input),
            options,
          ),
        options,
      )
      yield page
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken !== undefined)
  }

  /** The object, unless it still has the ETag `known`. */
  async #whole(
    key: string,
    options: StoreOptions | undefined,
    known?: string | undefined,
  ): Promise<{ bytes: Uint8Array; etag: string } | 'unchanged' | null> {
    const Key = this.#path(key)
    const { sdk, place, limits } = this.#bucket
    const signal = options?.signal
    const condition = known === undefined ? {} : { IfNoneMatch: `"${known}"` }
    const tried = async () => {
      const command = new sdk.GetObjectCommand({ Bucket: place.bucket, Key, ...condition })
      try {
        return await receive(this.#bucket, command, signal, async (answer) => {
          const bytes = Buffer.allocUnsafeSlow(lengthOf(answer))
          await readBody(answer.Body, bytes, { progressMs: limits.progressMs, signal })
          const claim = unpackedBytes(answer, Key)
          const plain = new Uint8Array(bytes.buffer)
          const body =
            claim === undefined ? plain : await unpacked(plain, { bytes: claim, key: Key })
          return { bytes: body, etag: etagOf(answer) }
        })
      } catch (error) {
        const failure = failureOf(error)
        if (failure === 'missing') return null
        if (failure === 'unchanged' && known !== undefined) return 'unchanged'
        throw error
      }
    }
    return this.#retried('read', key, tried, options)
  }

  async #put(
    Key: string,
    input: Omit<PutObjectCommandInput, 'Bucket' | 'Key'> & { readonly Body: Uint8Array },
    options: StoreOptions | undefined,
  ): Promise<PutObjectCommandOutput> {
    const { sdk, place } = this.#bucket
    const ContentType = contentTypeOf(Key)
    const command = new sdk.PutObjectCommand({ Bucket: place.bucket, Key, ContentType, ...input })
    return send(this.#bucket, command, { signal: options?.signal, bytes: input.Body.length })
  }

  async #txidOf(Key: string, options: StoreOptions | undefined): Promise<string | undefined> {
    const { sdk, place } = this.#bucket
    const command = new sdk.HeadObjectCommand({ Bucket: place.bucket, Key })
    try {
      const answer = await send<HeadObjectCommandOutput>(this.#bucket, command, options)
      return answer.Metadata?.['txid']
    } catch (error) {
      if (failureOf(error) === 'missing') return undefined
      throw error
    }
  }

  #condition(token: string | null): { IfMatch: string } | { IfNoneMatch: '*' } {
    if (token === null) return { IfNoneMatch: '*' }
    return { IfMatch: this.#bucket.quotedEtags ? `"${token}"` : token }
  }

  #path(key: string): string {
    assertKey(key)
    const { prefix } = this.#bucket.place
    if (prefix === '') return key
    const path = `${prefix}/${key}`
    assertKey(path)
    return path
  }

  async #retried<T>(
    operation: string,
    key: string,
    tried: () => Promise<T>,
    options: StoreOptions | undefined,
  ): Promise<T> {
    const { limits, place } = this.#bucket
    const signal = options?.signal
    throwIfAborted(signal)
    try {
      return await retrying(tried, {
        policy: limits.retry,
        signal,
        verdictOf: (error): Verdict => verdictOf(error),
      })
    } catch (error) {
      throw s3Error(operation, { key, bucket: place.bucket }, error)
    }
  }
}

/** The ETag as a token: without quotes, which servers disagree about. */
export function etagOf({ ETag }: Pick<GetObjectCommandOutput, 'ETag'>): string {
  if (ETag === undefined) throw new Error('the answer has no ETag')
  return ETag.replace(/^"(.*)"$/, '$1')
}

/** Bytes of the answer's body, which have to be told so that a cut one is noticed. */
export function lengthOf({ ContentLength }: Pick<GetObjectCommandOutput, 'ContentLength'>): number {
  if (ContentLength === undefined) throw new Error('the answer has no Content-Length')
  return ContentLength
}

function contentTypeOf(key: string): string {
  if (key.endsWith('.csv')) return 'text/csv; charset=utf-8'
  return key.endsWith('.json') ? 'application/json' : 'application/octet-stream'
}
