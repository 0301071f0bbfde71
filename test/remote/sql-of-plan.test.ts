import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8 } from '../../src/arrow/data-type.ts'
import { bindFrame } from '../../src/frame/execute.ts'
import { type FrameState, frameState } from '../../src/frame/frame-state.ts'
import { engineDoor } from '../../src/frame/query-engine.ts'
import { connect, fn, t } from '../../src/index.ts'
import { filesSql } from '../../src/remote/bucket-place.ts'
import { clusterOf } from '../../src/remote/fragments.ts'
import { clickhouse } from '../../src/remote/index.ts'
import { sqlOfPlan } from '../../src/remote/sql-of-plan.ts'
import { sqlLiteral, sqlText } from '../../src/remote/sql-type.ts'
import { runs } from '../support/random.ts'

const endpoint = 'http://localhost:9000'
const engine = clickhouse({ url: 'http://localhost:8123', endpoint })
const ACCESS = { endpoint: 'http://localhost:9000', keys: null }

/** What ClickHouse takes a quoted string for; null unless `sql` is exactly one. */
function unquoted(sql: string): string | null {
  const inner = /^'((?:[^'\\]|\\x[0-9a-f]{2})*)'$/.exec(sql)?.[1]
  if (inner === undefined) return null
  const bytes: number[] = []
  for (let at = 0; at < inner.length; at++) {
    if (inner[at] !== '\\') bytes.push(inner.charCodeAt(at))
    else {
      bytes.push(Number.parseInt(inner.slice(at + 2, at + 4), 16))
      at += 3
    }
  }
  return Buffer.from(bytes).toString()
}

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.constantFrom(
      "'",
      '\\',
      '"',
      '`',
      ';',
      '-',
      '/',
      '*',
      '{',
      '}',
      '\0',
      '\n',
      'x',
      '2',
      '7',
      ')',
    ),
  }),
)

describe('no value can break out of a statement', () => {
  test('text of any kind is one string in quotes, and that text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(unquoted(sqlText(text))).toBe(text)
        expect(unquoted(sqlLiteral(text, utf8))).toBe(text)
      }),
      { numRuns: runs(500) },
    )
  })

  test('a key is read as it stands, or refused: never as a pattern', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 3 }), (keys) => {
        const pattern = /[{}*?,#%]/
        if (keys.some((key) => pattern.test(key))) {
          expect(() => filesSql('s3://bucket/lake', keys, ACCESS)).toThrow(/path has one of/)
          return
        }
        const sql = filesSql('s3://bucket/lake', keys, ACCESS)
        const [, url] = /^s3\(('(?:[^']*)'),'RawBLOB','raw String'\)$/.exec(sql)!
        const list = keys.length === 1 ? keys[0] : `{${keys.join(',')}}`
        expect(unquoted(url!)).toBe(`http://localhost:9000/bucket/lake/${list}`)
      }),
      { numRuns: runs(300) },
    )
  })

  test('no name of a column, of the frame or the file, stands in it', async () => {
    await using lake = await connect('memory:')
    const db = await lake.database('a/b', { create: true })
    let number = 0
    const name = anyText.filter((text) => text.isWellFormed() && text.length > 6)
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 3, maxLength: 3 }), async (names) => {
        const [key, value, total] = names as [string, string, string]
        const schema = Object.fromEntries([
          [key, t.int64()],
          [value, t.int64()],
        ])
        const table = await db.createTable(`t${number++}`, schema as never)
        await table.insert([
          { [key]: 1n, [value]: 2n },
          { [key]: 3n, [value]: 4n },
        ] as never)
        const frame = (table as any)
          .filter((row: any) => row[value].gt(2n))
          .groupBy(key)
          .agg((row: any) => Object.fromEntries([[total, row[value].sum()]]))
          .withColumns((row: any) =>
            Object.fromEntries([[value, row[total].lag(1).over({ orderBy: row[key] })]]),
          )
          .sort(total)
        const state = frame[frameState] as FrameState
        const { plan } = await bindFrame(state, { optimized: true })
        const secrets = { username: names[0]!, password: names[1]!, secure: true }
        const cluster = clusterOf(['node-1:9000', '[::1]:9000'], secrets)
        const sql = sqlOfPlan(toBucket(plan) as never, ACCESS, cluster)
        expect(sql).toContain('remoteSecure(')
        expectNoName(sql, names)
      }),
      { numRuns: runs(40) },
    )
  })

  test('nor in those that write the sides of joins into buckets and read them', async () => {
    await using lake = await connect('memory:')
    const db = await lake.database('a/b', { create: true })
    let number = 0
    const name = anyText.filter((text) => text.isWellFormed() && text.length > 6)
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 4, maxLength: 4 }), async (names) => {
        const [key, value, other, text] = names as [string, string, string, string]
        const made = async (of: string, with_: string) => {
          const table = await db.createTable(`s${number++}`, {
            [of]: t.utf8(),
            [with_]: t.float64(),
          } as never)
          await table.insert([
            { [of]: text, [with_]: 1 },
            { [of]: key, [with_]: 2 },
          ] as never)
          return table as any
        }
        const right = (await made(other, text)).filter((row: any) => row[other].ne(value))
        const frame = (await made(key, value)).join(right, { on: [[key, other]], how: 'full' })
        const { plan } = await bindFrame(frame[frameState] as FrameState, { optimized: true })
        const shuffling = clickhouse({
          url: 'http://localhost:8123',
          endpoint,
          user: names[0]!,
          password: names[1]!,
          cluster: ['one:9000', 'two:9000'],
          shuffleFromBytes: 1,
        })
        const told = await shuffling[engineDoor].explain(toBucket(plan) as never)
        const statements = told.split('\n').filter((line) => /^(?:INSERT|SELECT) /.test(line))
        expect(statements.map((of) => of.slice(0, 6))).toEqual(['INSERT', 'INSERT', 'SELECT'])
        for (const sql of statements) expectNoName(sql, names)
      }),
      { numRuns: runs(40) },
    )
  })
})

/** `sql` is words of ClickHouse and harmless strings, with none of `names` but in strings. */
function expectNoName(sql: string, names: readonly string[]): void {
  const words = sql.replaceAll(/'(?:[^'\\]|\\.)*'/g, "''")
  expect(words).toMatch(/^[A-Za-z0-9_ (),.=<>!*+%[\]-]*(?:''[A-Za-z0-9_ (),.=<>!*+%[\]-]*)*$/)
  for (const one of names) expect(words).not.toContain(one)
}

/** The same plan over a table that is in a bucket. */
function toBucket(plan: any): unknown {
  if (plan.kind === 'scan')
    return { ...plan, table: { ...plan.table, storeUrl: 's3://bucket/lake' } }
  if (plan.kind === 'join') {
    return { ...plan, left: toBucket(plan.left), right: toBucket(plan.right) }
  }
  return { ...plan, input: toBucket(plan.input) }
}

describe('what the engine cannot do is said before anything runs', () => {
  const refusal = async (step: (frame: any) => any) => {
    await using lake = await connect('memory:')
    const db = await lake.database('a/b', { create: true })
    const table = await db.createTable('t', { a: t.float64(), b: t.utf8(), d: t.date() })
    await table.insert([
      { a: 1, b: 'x', d: '1600-01-01' },
      { a: 2, b: 'y', d: '2000-01-01' },
    ])
    const frame = step(table)
    const { plan } = await bindFrame(frame[frameState], { optimized: true })
    try {
      await engine[engineDoor].explain(toBucket(plan) as never)
    } catch (error) {
      return (error as { readonly facts: { readonly node: string } }).facts.node
    }
    return null
  }

  test('by the name of the node, the function or the type', async () => {
    expect(await refusal((frame) => frame.select('b').sort('b'))).toBeNull()
    expect(await refusal((frame) => frame.select('b').sample({ rows: 1 }))).toBe('sample')
    expect(await refusal((frame) => frame.select('b').limit(1))).toBe('a limit')
    expect(await refusal((frame) => frame.groupBy('a').agg(() => ({ n: fn.count() })))).toBeNull()
    expect(await refusal((frame) => frame.select((o: any) => ({ x: o.b.str.reverse() })))).toBe(
      'reverse',
    )
    expect(await refusal((frame) => frame.select('d').sort('d'))).toBe('a scan of "d"')
    expect(
      await refusal((frame) =>
        frame.select((o: any) => ({ x: fn.rowNumber().over({ orderBy: o.b }) })),
      ),
    ).toBeNull()
    expect(
      await refusal((frame) =>
        frame.select((o: any) => ({ x: fn.rowNumber().over({ partitionBy: o.b }) })),
      ),
    ).toBe('rowNumber over rows')
  })
})

test('a table that is in no bucket is INVALID', async () => {
  await using lake = await connect('memory:')
  const db = await lake.database('a/b', { create: true })
  const table = await db.createTable('t', { a: t.int64() })
  await table.insert([{ a: 1n }])
  await expect(table.collect({ engine })).rejects.toMatchObject({ code: 'INVALID' })
})

test('an option that cannot be is INVALID, and no secret stands in what is explained', async () => {
  const url = 'http://localhost:8123'
  const bad: [unknown, string][] = [
    [{ url: [] }, 'url'],
    [{ url: 'ftp://host' }, 'url'],
    [{ url, endpoint: 'host' }, 'endpoint'],
    [{ url, cluster: ["node:9000'),('"] }, 'cluster'],
    [{ url, cluster: ['node'] }, 'cluster'],
    [{ url, cluster: ['node:9000', 'node:9000'] }, 'cluster'],
    [{ url, otherwise: 'never' }, 'otherwise'],
    [{ url, shuffleFromBytes: '1GB' }, 'shuffleFromBytes'],
  ]
  for (const [options, option] of bad) {
    const made = () => clickhouse(options as never)
    expect(made).toThrow(expect.objectContaining({ code: 'INVALID', facts: { option } }))
  }
  for (const shuffleFromBytes of [0, -1, Number.NaN, 'much', true]) {
    const made = () => clickhouse({ url, cluster: ['node:9000'], shuffleFromBytes } as never)
    expect(made).toThrow(/clickhouse: shuffleFromBytes has to be a number of bytes or text/)
  }
  await using lake = await connect('memory:')
  const db = await lake.database('a/b', { create: true })
  const table = await db.createTable('t', { a: t.int64() })
  for (const a of [1n, 2n, 3n]) await table.insert([{ a }])
  const { plan } = await bindFrame((table as any)[frameState], { optimized: true })
  const spread = clickhouse({
    url,
    endpoint,
    user: 'reader',
    password: 'hush-hush',
    cluster: ['one:9000', 'two:9000'],
    s3Credentials: { accessKeyId: 'who', secretAccessKey: 'hush-hush' },
  })
  const told = await spread[engineDoor].explain(toBucket(plan) as never)
  expect(told).not.toContain('hush-hush')
  expect(told).toMatch(
    /^fragment 0 on one:9000: \d partitions?, \d+ bytes\nfragment 1 on two:9000: /,
  )
})
