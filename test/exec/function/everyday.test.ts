import { describe, expect, test } from 'vitest'
import { connect, fn, lit, t } from '../../../src/index.ts'

const lake = await connect('memory:')
const one = lake.from(
  [{ at: '2026-03-29 01:30:00', doc: JSON.parse('{"a":{"b":[1,"x",null]},"__proto__":7}') }],
  {
    at: t.timestamp({ unit: 'us' }),
    doc: t.json(),
  },
)
const computed = async (build: (o: any) => any): Promise<unknown> =>
  (await one.select((o) => ({ v: build(o) })).toArray({ temporal: 'iso' }))[0]?.v

describe('time zones', () => {
  test('a moment of UTC is shown as clocks of the zone do, in summer and in winter', async () => {
    const shown = (text: string, zone: string) =>
      computed(() =>
        lit(text, t.timestamp({ unit: 'us' }))
          .dt.toZone(zone)
          .dt.format('%Y-%m-%d %H:%M'),
      )
    expect(await shown('2026-07-01 12:00:00', 'Europe/Berlin')).toBe('2026-07-01 14:00')
    expect(await shown('2026-12-01 12:00:00', 'Europe/Berlin')).toBe('2026-12-01 13:00')
    expect(await shown('2026-12-31 20:00:00', 'Asia/Kolkata')).toBe('2027-01-01 01:30')
    expect(await shown('2026-07-01 12:00:00', 'America/St_Johns')).toBe('2026-07-01 09:30')
  })

  test('clocks that show a time twice mean the earlier, those that leave it out a later', async () => {
    const utc = (text: string) =>
      computed(() =>
        lit(text, t.timestamp({ unit: 'us' }))
          .dt.fromZone('Europe/Berlin')
          .dt.format('%H:%M'),
      )
    expect(await utc('2026-10-25 02:30:00')).toBe('00:30')
    expect(await utc('2026-10-25 03:30:00')).toBe('02:30')
    expect(await utc('2026-03-29 02:30:00')).toBe('01:30')
    expect(await utc('2026-03-29 03:30:00')).toBe('01:30')
    expect(await utc('2026-03-29 01:30:00')).toBe('00:30')
  })

  test('there and back is the same moment away from changes, for a year of hours', async () => {
    const hours = Array.from({ length: 24 * 365 }, (_, n) => new Date(Date.UTC(2026, 0, 1, n)))
    const frame = lake.from({ at: hours }, { at: t.timestamp() })
    const back = frame.select((o) => ({
      at: o.at,
      back: o.at.dt.toZone('America/New_York').dt.fromZone('America/New_York').dt.epoch('second'),
    }))
    const rows = await back.toArray({ int64: 'number' })
    const wrong = rows.filter((row) => row.back * 1000 !== row.at.getTime())
    // The second showing of the hour that clocks show twice.
    expect(wrong.map((row) => row.at.toISOString())).toEqual(['2026-11-01T06:00:00.000Z'])
  })

  test('a name that is no zone is INVALID', async () => {
    await expect(computed((o) => o.at.dt.toZone('Europe/Berlinn'))).rejects.toThrow(/no time zone/)
  })
})

describe('json', () => {
  test('a path leads through objects and arrays', async () => {
    expect(await computed((o) => o.doc.json.text('$.a.b[1]'))).toBe('x')
    expect(await computed((o) => o.doc.json.get('$.a.b'))).toEqual([1, 'x', null])
    expect(await computed((o) => o.doc.json.get('$["a"]["b"][0]').json.type())).toBe('number')
    expect(await computed((o) => o.doc.json.get('.a').json.length())).toBe(1)
    expect(await computed((o) => o.doc.json.text('$.a.b[2]'))).toBeNull()
    expect(await computed((o) => o.doc.json.text('$.nothing.at.all'))).toBeNull()
  })

  test('names of a prototype are names like others', async () => {
    expect(await computed((o) => o.doc.json.text('$.__proto__'))).toBe('7')
    expect(await computed((o) => o.doc.json.text('$.constructor'))).toBeNull()
    expect(await computed((o) => o.doc.json.text('$.a.toString'))).toBeNull()
  })

  test('a path that is none is INVALID and says where', async () => {
    await expect(computed((o) => o.doc.json.text('$.a..b'))).rejects.toThrow(/position 3/)
  })
})

describe('what has no result is INVALID and names the value', () => {
  const cases: [string, (o: any) => any, RegExp][] = [
    ['factorial', () => lit(21).factorial(), /factorial of 21/],
    ['lcm', () => lit(2n ** 62n).lcm(3), /lcm: overflow/],
    ['shiftLeft', () => lit(1).shiftLeft(64), /0 to 63 bits, got 64/],
    ['widthBucket', () => lit(1).widthBucket(5, 5, 3), /least below the greatest/],
    ['repeat', () => lit('abc').str.repeat(1e9), /3000000000 characters/],
    ['fromHex', () => lit('abc').str.fromHex(), /pairs of hexadecimal/],
    ['fromBase64', () => lit('a*b').str.fromBase64(), /not base64/],
    ['urlDecode', () => lit('%E0%A4%A').str.urlDecode(), /percent-encoded/],
    ['matches', () => lit('a').str.matches('(a'), /no regular expression/],
    [
      'matches with a back-reference',
      () => lit('a').str.matches('(a)\\1'),
      /no regular expression/,
    ],
    ['matchAt', () => lit('a').str.matchAt('(a)', 2), /has 1 groups, and none 2/],
    ['date', () => fn.date(2026, 2, 30), /no date 2026-2-30/],
    ['timestamp', () => fn.timestamp(2026, 2, 3, 24), /no time 24:0:0/],
    ['toDate', () => lit('31.2.2026').str.toDate('%d.%m.%Y'), /has no day 31/],
    ['add', (o) => o.at.dt.add(9000, 'year'), /outside of the years/],
    ['nextDay', (o) => o.at.dt.nextDay(8), /got 8/],
  ]
  test.each(cases)('%s', async (_name, build, message) => {
    const error = (await computed(build).catch((thrown) => thrown)) as Error
    expect(error).toMatchObject({ code: 'INVALID' })
    expect(error.message).toMatch(message)
  })
})

describe('a wrong constant is refused where the verb is called', () => {
  test.each<[string, (o: any) => any, RegExp]>([
    ['a unit', (o) => o.at.dt.add(1, 'fortnight'), /needs one of year/],
    ['a format', (o) => o.at.dt.format('%Q'), /"%Q" is no part of a format/],
    ['a pattern that is a column', (o) => lit('a').str.matches(o.at as never), /as a constant/],
    ['text where a number has to be', () => lit('a').str.left('x' as never), /whole number/],
  ])('%s', (_name, build, message) => {
    expect(() => one.select((o) => ({ v: build(o) }))).toThrow(message)
  })
})

test('weeks begin on Mondays, before 1970 too', async () => {
  const weeks = (later: string, earlier: string) =>
    computed(() => lit(later, t.date()).dt.diff(earlier, 'week'))
  expect(await weeks('2026-03-30', '2026-03-29')).toBe(1n)
  expect(await weeks('2026-03-29', '2026-03-23')).toBe(0n)
  expect(await weeks('1969-12-29', '1969-12-28')).toBe(1n)
  expect(await weeks('1969-12-28', '1969-12-29')).toBe(-1n)
})

test('the next weekday is after the day, a week later for the same one', async () => {
  // 2026-03-29 was a Sunday.
  expect(await computed((o) => o.at.dt.nextDay(7).dt.format('%d.%m.'))).toBe('05.04.')
  expect(await computed((o) => o.at.dt.nextDay(1).dt.format('%d.%m.'))).toBe('30.03.')
})

test('a regular expression that takes others exponential time takes this one no time', async () => {
  expect(await computed(() => lit('a'.repeat(40)).str.matches('^(a+)+$'))).toBe(true)
  expect(await computed(() => lit(`${'a'.repeat(5000)}b`).str.matches('^(a|aa)+$'))).toBe(false)
})
