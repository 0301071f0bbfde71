import { afterEach, describe, expect, it } from 'vitest'
import { openBucket } from '../../../src/io/s3/s3-bucket.ts'
import { parseS3Url, S3_LIMITS } from '../../../src/io/s3/s3-options.ts'
import { S3Store } from '../../../src/io/s3/s3-store.ts'
import {
  body,
  range,
  reset,
  type Step,
  scriptedS3,
  silence,
  status,
} from '../../support/scripted-s3.ts'

const text = (value: string) => new TextEncoder().encode(value)
const limits = {
  ...S3_LIMITS,
  requestMs: 300,
  progressMs: 200,
  retry: { attemptsMax: 4, deadlineMs: 5000, pauseMs: 2, pauseMsMax: 20 },
}

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A store on a server that answers by a script; it is not probed first. */
async function scripted(...steps: Step[]) {
  const { options, seen, close } = await scriptedS3(...steps)
  closing.push(close)
  const bucket = await openBucket(parseS3Url('s3://bucket/lake'), options, limits)
  return { store: new S3Store(bucket, async () => {}), seen }
}

describe('a read', () => {
  it('is made again when it is cut, stuck, reset, refused for a moment or not answered', async () => {
    for (const trouble of [
      body('content', 3),
      body('content', 3, 'stick'),
      reset,
      silence,
      status(500, 'InternalError'),
      status(503, 'SlowDown'),
    ]) {
      const { store, seen } = await scripted(trouble, body('content'))
      expect(Buffer.from((await store.get('k'))!).toString()).toBe('content')
      expect(seen).toHaveLength(2)
    }
  })

  it('is UNAVAILABLE when that does not help', async () => {
    const { store, seen } = await scripted(status(503, 'SlowDown'))
    await expect(store.get('k')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(seen).toHaveLength(limits.retry.attemptsMax)
  })

  it('is INVALID at once where asking again is of no use', async () => {
    for (const [code, error, hint] of [
      [403, 'AccessDenied', 'docs/s3.md'],
      [404, 'NoSuchBucket', 'no such bucket'],
      [403, 'SignatureDoesNotMatch', 'secret key'],
      [301, 'PermanentRedirect', 'region'],
    ] as const) {
      const { store, seen } = await scripted(status(code, error))
      const thrown = await store.get('k').catch((caught: unknown) => caught)
      expect(thrown).toMatchObject({ code: 'INVALID', message: expect.stringContaining(hint) })
      expect(seen).toHaveLength(1)
    }
  })

  it('goes on where a body broke off, in the same version of the object', async () => {
    const bytes = 'abcdefghijklmnopqrstuvwxyz'
    const { store, seen } = await scripted(range(bytes, 10), range(bytes, 4), range(bytes))
    const source = (await store.open('k'))!
    expect(source.byteLength).toBe(26)
    const target = new Uint8Array(26)
    expect(await source.read(target, 0)).toBe(26)
    expect(Buffer.from(target).toString()).toBe(bytes)
    expect(source.read(target, 20)).toBe(6)
    expect(seen.map(({ headers }) => headers.range).slice(1)).toEqual([
      'bytes=10-25',
      'bytes=14-25',
    ])
    expect(seen.slice(1).map(({ headers }) => headers['if-match'])).toEqual(['tag', 'tag'])
    source.close()
  })

  it('fails for its reader when the object has changed meanwhile', async () => {
    const { store } = await scripted(range('abcdef', 2), status(412, 'PreconditionFailed'))
    const source = (await store.open('k'))!
    await expect(source.read(new Uint8Array(6), 0)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    source.close()
  })

  it('that is aborted while it waits is ABORTED, and not made again', async () => {
    const { store, seen } = await scripted(silence)
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 50)
    const reading = store.get('k', { signal: abort.signal })
    await expect(reading).rejects.toMatchObject({ code: 'ABORTED' })
    expect(seen).toHaveLength(1)
  })
})

describe('a create', () => {
  it('whose answer was lost knows its own object by the mark it carries', async () => {
    let txid = ''
    const lose: Step = (answer, request) => {
      txid = String(request.headers['x-amz-meta-txid'])
      answer.destroy()
    }
    const head: Step = (answer, request) =>
      status(200, '', { 'x-amz-meta-txid': txid })(answer, request)
    const { store, seen } = await scripted(lose, status(412, 'PreconditionFailed'), head)
    expect(await store.create('k', text('x'))).toBe('created')
    expect(seen.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'HEAD'])
    expect(seen[1]!.headers['if-none-match']).toBe('*')
  })

  it('whose answer was lost yields to an object of somebody else', async () => {
    const head = status(200, '', { 'x-amz-meta-txid': 'of another' })
    const { store } = await scripted(reset, status(412, 'PreconditionFailed'), head)
    expect(await store.create('k', text('x'))).toBe('exists')
  })

  it('is told at once that the key exists, and sent again after a conflict', async () => {
    const taken = await scripted(status(412, 'PreconditionFailed'))
    expect(await taken.store.create('k', text('x'))).toBe('exists')
    expect(taken.seen).toHaveLength(1)
    const contended = await scripted(status(409, 'ConditionalRequestConflict'), status(200))
    expect(await contended.store.create('k', text('x'))).toBe('created')
  })
})

describe('a swap', () => {
  it('is lost by 412, and by 404 where a token was told', async () => {
    for (const step of [status(412, 'PreconditionFailed'), status(404, 'NoSuchKey')]) {
      const { store, seen } = await scripted(step)
      expect(await store.swapCell('c.json', 'old', text('x'))).toEqual({ outcome: 'lost' })
      expect(seen).toHaveLength(1)
      expect(seen[0]!.headers['if-match']).toBe('old')
    }
  })

  it('is sent again after a conflict, which did nothing', async () => {
    const { store } = await scripted(status(409, 'ConditionalRequestConflict'), status(200))
    const answer = await store.swapCell('c.json', null, text('x'))
    expect(answer).toEqual({ outcome: 'swapped', token: 'tag' })
  })

  it('is unknown, and never sent again, when it may have landed', async () => {
    for (const step of [reset, silence, status(500, 'InternalError'), status(503, 'SlowDown')]) {
      const { store, seen } = await scripted(step)
      expect(await store.swapCell('c.json', 'old', text('x'))).toEqual({ outcome: 'unknown' })
      expect(seen).toHaveLength(1)
    }
  })

  it('is refused by rights, and UNAVAILABLE when it was never sent', async () => {
    const { store } = await scripted(status(403, 'AccessDenied'))
    await expect(store.swapCell('c.json', 'old', text('x'))).rejects.toMatchObject({
      code: 'INVALID',
    })
    const closed = await scripted(status(200))
    await closing.pop()!()
    await expect(closed.store.swapCell('c.json', 'old', text('x'))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
  })
})
