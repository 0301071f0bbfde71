import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, GraupelError, type LoadOptions, t } from '../../src/index.ts'
import { Prng } from '../support/prng.ts'
import { runs, seed } from '../support/random.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let workers = 0
const onWorker = () => void workers++
beforeAll(async () => {
  folder = await temporaryFolder()
  process.on('worker', onWorker)
  // Once there are threads, few bytes are worth them.
  await using lake = await connect('memory:', { threads: 3 })
  const db = await lake.database('a/b', { create: true })
  const table = await db.createTable('t', { id: t.int64() })
  const path = join(folder.path, 'many.csv')
  writeFileSync(path, `id\n${'123456789\n'.repeat(700_000)}`)
  await table.load(path)
})
afterAll(async () => {
  process.off('worker', onWorker)
  await folder.remove()
})

const COLUMNS = {
  id: t.int64(),
  small: t.int16().nullable(),
  wide: t.int64().nullable(),
  price: t.decimal(12, 2).nullable(),
  exact: t.decimal(30, 4).nullable(),
  weight: t.float64().nullable(),
  light: t.float32().nullable(),
  paid: t.bool().nullable(),
  day: t.date().nullable(),
  clock: t.time().nullable(),
  at: t.timestamp().nullable(),
  seen: t.timestamp({ unit: 'us', zone: 'UTC' }).nullable(),
  text: t.utf8().nullable(),
  word: t.utf8(),
  bytes: t.binary().nullable(),
  extra: t.json().nullable(),
  tags: t.list(t.int32()).nullable(),
  omitted: t.utf8().default('given'),
}
const GIVEN = Object.keys(COLUMNS).filter((name) => name !== 'omitted')

interface Habits {
  readonly lineEnd: string
  /** Chances of a null, a quoted text, a doubled quote and a wrong record. */
  readonly nulls: number
  readonly quoted: number
  readonly doubled: number
  readonly wrong: number
}

const LETTERS = 'abc defghijk öß,;"\\\'0123456789\n\r\t😀'

class RandomCsv {
  readonly #prng: Prng
  readonly #habits: Habits
  #id = 0

  constructor(prng: Prng, habits: Habits) {
    this.#prng = prng
    this.#habits = habits
  }

  /** A file of at least so many bytes. */
  file(bytesMin: number): Buffer {
    const { lineEnd, wrong } = this.#habits
    const parts: Uint8Array[] = [Buffer.from(GIVEN.join(',') + lineEnd)]
    for (let size = 0; size < bytesMin; ) {
      const line = this.#prng.chance(wrong) ? this.#wrongRecord() : this.#record().join(',')
      const part = typeof line === 'string' ? Buffer.from(line) : line
      parts.push(part, Buffer.from(lineEnd))
      size += part.length + lineEnd.length
    }
    return Buffer.concat(parts)
  }

  #record(): string[] {
    const prng = this.#prng
    this.#id += prng.int(1, 3)
    const digits = (most: number) => String(prng.int(0, 10 ** prng.int(1, most) - 1))
    const two = (least: number, most: number) => String(prng.int(least, most)).padStart(2, '0')
    const day = () => `${prng.int(1900, 2100)}-${two(1, 12)}-${two(1, 28)}`
    const clock = () => `${two(0, 23)}:${two(0, 59)}:${two(0, 59)}`
    const sign = () => (prng.chance(0.3) ? '-' : '')
    return [
      String(this.#id),
      this.#orNull(`${sign()}${prng.int(0, 32767)}`),
      this.#orNull(prng.chance(0.001) ? '9223372036854775807' : digits(15)),
      this.#orNull(`${sign()}${digits(9)}.${two(0, 99)}`),
      this.#orNull(prng.chance(0.001) ? `${'9'.repeat(26)}.0001` : `${digits(9)}.5`),
      this.#orNull(prng.pick([`${sign()}${digits(9)}.${digits(5)}`, '1e-7', 'NaN', '-0'])),
      this.#orNull(`${digits(3)}.${digits(2)}`),
      this.#orNull(prng.pick(['true', 'false'])),
      this.#orNull(day()),
      this.#orNull(clock()),
      this.#orNull(`${day()}T${clock()}`),
      this.#orNull(`${day()}T${clock()}.${digits(3).padStart(3, '0')}Z`),
      this.#orNull(this.#text()),
      prng.pick(['red', 'green', '"blue"', 'grey ', 'NONE']),
      this.#orNull('00ff'.repeat(prng.int(0, 4)) || '""'),
      this.#orNull(this.#habits.doubled > 0 ? '"{""a"": 1}"' : '[true]', 0.9),
      this.#orNull('"[1, 2]"', 0.9),
    ]
  }

  #orNull(text: string, chance = 0): string {
    if (!this.#prng.chance(Math.max(chance, this.#habits.nulls))) return text
    return this.#prng.pick(['', '\\N'])
  }

  #text(): string {
    const prng = this.#prng
    const { quoted, doubled } = this.#habits
    const letters = [...LETTERS]
    const text = Array.from({ length: prng.int(0, 24) }, () => prng.pick(letters)).join('')
    const isQuoted = prng.chance(quoted)
    if (isQuoted && prng.chance(doubled)) return `"${text.replaceAll('"', '""')}"`
    const plain = text.replaceAll('"', '')
    return isQuoted ? `"${plain}"` : plain.replaceAll(/[,\n\r]/g, '')
  }

  #wrongRecord(): string | Buffer {
    const fields = this.#record()
    switch (this.#prng.int(0, 4)) {
      case 0:
        return fields.slice(1).join(',')
      case 1:
        return [...fields, 'more'].join(',')
      case 2:
        return Buffer.concat([Buffer.from(fields.join(',')), Buffer.of(0xff, 0xfe)])
      case 3:
        return ['none', ...fields.slice(1)].join(',')
      default:
        return fields.with(3, '1.005').with(8, '2026-02-30').join(',')
    }
  }
}

const SELECT: LoadOptions['select'] = (f) => ({
  id: f['id']!,
  word: f['word']!.str.upper(),
  text: f['text']!,
})

interface Job {
  readonly files: readonly string[]
  readonly options: LoadOptions
  readonly clusterBy: readonly (keyof typeof COLUMNS)[]
  readonly isConstrained: boolean
  readonly partitionRows: number
}

/** What a load comes to: its report or its error, and all column files with their statistics. */
async function outcome(name: string, threads: number, job: Job) {
  const { files, options, clusterBy, isConstrained, partitionRows } = job
  const root = join(folder.path, name)
  await using lake = await connect(root, { threads })
  const db = await lake.database('a/b', { create: true })
  const table = await db.createTable('t', COLUMNS, {
    clusterBy,
    partitionRows,
    ...(isConstrained
      ? { primaryKey: ['id'], checks: { short: (o) => o.small.lt(32_000).or(o.small.gt(32_100)) } }
      : {}),
  })
  const report = await table.load([...files], options).then(
    ({ version, rows, partitions, bytes, rowsRejected, rejects, files: told }) => {
      return { version, rows, partitions, bytes, rowsRejected, rejects, told }
    },
    (error: unknown) => {
      if (!(error instanceof GraupelError)) throw error
      const { code, message, facts } = error
      return { code, message, facts }
    },
  )
  return { report, stored: storedIn(root) }
}

/** Hashes of the column files below `root`, and the checkpoints of their statistics. */
function storedIn(root: string): Record<string, string> {
  const stored: Record<string, string> = {}
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/(partition\d+|metadata)\.csv$/.test(name)) continue
    stored[name] = createHash('sha256')
      .update(readFileSync(join(root, name)))
      .digest('hex')
  }
  return stored
}

const MB = 1 << 20

function randomJob(prng: Prng, name: string): Job {
  const habits: Habits = {
    lineEnd: prng.pick(['\n', '\r\n']),
    nulls: prng.pick([0, 0.2]),
    quoted: prng.pick([0, 0.01, 0.5]),
    doubled: prng.pick([0, 0, 0, 0.01]),
    wrong: prng.pick([0, 0, 0.0002]),
  }
  const sizes = prng.pick([[6 * MB], [3 * MB, 100, 3 * MB], [2.5 * MB, 5 * MB]])
  mkdirSync(join(folder.path, name))
  const csv = new RandomCsv(prng, habits)
  const files = sizes.map((size, index) => {
    const isPacked = prng.chance(0.2)
    const path = join(folder.path, name, `${index}.csv${isPacked ? '.gz' : ''}`)
    const content = csv.file(size)
    writeFileSync(path, isPacked ? gzipSync(content) : content)
    return path
  })
  const onError = prng.pick(['abort', 'continue', 'continue', 'skipFile', 'skipFile:2'] as const)
  return {
    files,
    options: prng.chance(0.25) ? { onError, select: SELECT } : { onError },
    clusterBy: prng.pick([[], [], ['day', 'word']] as const),
    isConstrained: prng.chance(0.3),
    partitionRows: prng.pick([1_000_000, 1_000_000, 11_000, 3_777]),
  }
}

test('a load that is ended leaves nothing, and the next one on the same threads all', async () => {
  const csv = new RandomCsv(new Prng(seed), {
    lineEnd: '\n',
    nulls: 0,
    quoted: 0,
    doubled: 0,
    wrong: 0,
  })
  const path = join(folder.path, 'ended.csv')
  writeFileSync(path, csv.file(2 * MB))
  const root = join(folder.path, 'ended')
  await using lake = await connect(root, { threads: 3 })
  const db = await lake.database('a/b', { create: true })
  const table = await db.createTable('t', COLUMNS, { partitionRows: 1000 })
  const ending = new AbortController()
  const onProgress = ({ rows }: { readonly rows?: number }) => {
    if (rows !== undefined && rows > 5000) ending.abort()
  }
  const load = table.load(path, { signal: ending.signal, onProgress })
  await expect(load).rejects.toMatchObject({ code: 'ABORTED' })
  expect(Object.keys(storedIn(root)).filter((name) => name.includes('partition'))).toEqual([])
  const { rows } = await table.load(path)
  expect(await table.count()).toBe(rows)
})

describe('a load on several threads comes to what it comes to on one', () => {
  for (let run = 0; run < runs(3); run++) {
    test(`files, statistics, report and errors of random CSV ${run}`, async () => {
      const prng = new Prng(seed + run)
      const job = randomJob(prng, `csv-${run}`)
      const one = await outcome(`one-${run}`, 1, job)
      for (const threads of [2, 3]) {
        expect(await outcome(`${threads}-${run}`, threads, job)).toEqual(one)
      }
      expect(workers).toBe(2)
    }, 300_000)
  }
})
