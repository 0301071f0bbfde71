import fs from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { localStore } from '../../src/io/local-store.ts'
import { objectStoreConformance } from '../conformance/object-store.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const text = (value: string) => new TextEncoder().encode(value)
const folders: Awaited<ReturnType<typeof temporaryFolder>>[] = []
const folder = async () => {
  const made = await temporaryFolder()
  folders.push(made)
  return made.path
}

afterEach(async () => {
  for (const made of folders.splice(0)) await made.remove()
})

objectStoreConformance('the local store', async () => {
  const place = await temporaryFolder()
  const root = path.join(place.path, 'made/later')
  return { store: localStore(root), again: () => localStore(root), close: place.remove }
})

describe('the local store on its file system', () => {
  it('reads at once, without a promise', async () => {
    const store = localStore(await folder())
    await store.create('k', text('abc'))
    const source = (await store.open('k'))!
    expect(source.read(new Uint8Array(2), 1)).toBe(2)
    source.close()
  })

  it('never follows a symbolic link, neither as a folder nor as the object', async () => {
    const root = await folder()
    const outside = await folder()
    fs.writeFileSync(path.join(outside, 'secret'), 'secret')
    fs.symlinkSync(outside, path.join(root, 'out'))
    fs.symlinkSync(path.join(outside, 'secret'), path.join(root, 'link'))
    const store = localStore(root)
    for (const key of ['out/secret', 'link', 'out/new']) {
      await expect(store.get(key), key).rejects.toMatchObject({ code: 'INVALID' })
      await expect(store.create(key, text('x')), key).rejects.toMatchObject({ code: 'INVALID' })
      await expect(store.replace(key, text('x')), key).rejects.toMatchObject({ code: 'INVALID' })
    }
    await expect(store.readCell('out/head.json')).rejects.toMatchObject({ code: 'INVALID' })
    const listed: string[] = []
    for await (const { key } of store.list('')) listed.push(key)
    expect(listed).toEqual([])
    expect(fs.readdirSync(outside)).toEqual(['secret'])
  })

  it('never lists unfinished files, and leaves none behind', async () => {
    const root = await folder()
    fs.writeFileSync(path.join(root, '.tmp-left-by-a-crash'), 'half')
    const store = localStore(root)
    await store.create('a', text('x'))
    await store.create('a', text('y'))
    await store.replace('b', text('x'))
    await Promise.all([store.create('c', text('x')), localStore(root).create('c', text('y'))])
    const listed: string[] = []
    for await (const { key } of store.list('')) listed.push(key)
    expect(listed).toEqual(['a', 'b', 'c'])
    expect(fs.readdirSync(root).sort()).toEqual(['.tmp-left-by-a-crash', 'a', 'b', 'c'])
  })

  it('skips a torn version of a cell, and goes on after its number', async () => {
    const root = await folder()
    const store = localStore(root)
    await store.swapCell('t/head.json', null, text('{"n":1}'))
    const torn = path.join(root, 't/head/00000000000000000002.json')
    fs.writeFileSync(torn, '{"n":2')
    const cell = (await store.readCell('t/head.json'))!
    expect(Buffer.from(cell.body).toString()).toBe('{"n":1}')
    expect(await store.swapCell('t/head.json', cell.token, text('{"n":3}'))).toEqual({
      outcome: 'swapped',
      token: '3',
    })
    expect(Buffer.from((await store.readCell('t/head.json'))!.body).toString()).toBe('{"n":3}')
  })

  it('does not fall back in silence when the newest version of a cell has a flipped bit', async () => {
    const root = await folder()
    const store = localStore(root)
    await store.swapCell('head.json', null, text('{"n":1}'))
    const { token } = (await store.readCell('head.json'))!
    await store.swapCell('head.json', token, text('{"n":2}'))
    const file = path.join(root, 'head/00000000000000000002.json')
    const bytes = fs.readFileSync(file)
    bytes[2]! ^= 4
    fs.writeFileSync(file, bytes)
    await expect(store.readCell('head.json')).rejects.toMatchObject({ code: 'DATA' })
  })

  it('answers unknown when a removed number was claimed again by a writer that slept', async () => {
    const root = await folder()
    const store = localStore(root)
    let token: string | null = null
    for (let n = 0; n < 100; n++) {
      await store.swapCell('head.json', token, text(`${n}`))
      token = (await store.readCell('head.json'))!.token
    }
    const past = Date.now() / 1000 - 3600
    const names = fs.readdirSync(path.join(root, 'head'))
    for (const name of names) fs.utimesSync(path.join(root, 'head', name), past, past)
    expect(await store.swapCell('head.json', token, text('trims'))).toMatchObject({
      outcome: 'swapped',
    })
    expect(fs.readdirSync(path.join(root, 'head'))).toHaveLength(64)
    expect(await store.swapCell('head.json', '5', text('stale'))).toEqual({
      outcome: 'unknown',
    })
    expect(Buffer.from((await store.readCell('head.json'))!.body).toString()).toBe('trims')
  })
})
