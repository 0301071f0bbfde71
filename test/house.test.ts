import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const FILE_LINES_MAX = 400
/** Longer by a decision record. */
const LONGER = new Map([
  ['frame/data-frame.ts', 600], // 0029
  ['frame/expr.ts', 700], // 0031
])

const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => path.replaceAll('\\', '/'))
    .sort()

const sources = files('src').map((path) => ({
  path,
  text: readFileSync(join('src', path), 'utf8'),
}))

describe('every source file', () => {
  test(`has at most ${FILE_LINES_MAX} lines`, () => {
    const long = sources.filter(
      ({ path, text }) => text.split('\n').length > (LONGER.get(path) ?? FILE_LINES_MAX) + 1,
    )
    expect(long.map(({ path }) => path)).toEqual([])
  })

  test('is small as a rule: the median is at most 150 lines', () => {
    const lengths = sources.map(({ text }) => text.split('\n').length).sort((a, b) => a - b)
    expect(lengths[lengths.length >> 1]).toBeLessThanOrEqual(150)
  })

  test('names no loose end', () => {
    const loose = sources.filter(({ text }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text))
    expect(loose.map(({ path }) => path)).toEqual([])
  })

  test('has a name that says what is in it', () => {
    const vague = /(^|\/)(utils?|common|helpers?|types|manager|data|info|misc)(\.ts|\/)/
    expect(sources.map(({ path }) => path).filter((path) => vague.test(path))).toEqual([])
  })

  test('generates no code', () => {
    const generating = sources.filter(({ text }) => /new Function|\beval\(/.test(text))
    expect(generating.map(({ path }) => path)).toEqual([])
  })
})

describe('the pure floors', () => {
  const pure = sources.filter(({ path }) => /^(plan|kernel|catalog\/model)\//.test(path))

  test('have no async', () => {
    const waiting = pure.filter(({ text }) => /\b(async|await)\b/.test(withoutComments(text)))
    expect(waiting.map(({ path }) => path)).toEqual([])
  })

  test('touch no clock and no chance', () => {
    const impure = pure.filter(({ text }) => /Date\.now|Math\.random|performance\./.test(text))
    expect(impure.map(({ path }) => path)).toEqual([])
  })
})

test('every rule states its law and has a test of the same name', () => {
  const rules = sources.filter(({ path }) => path.startsWith('plan/rule/'))
  expect(rules.length).toBeGreaterThan(8)
  for (const { path, text } of rules) {
    expect(text, `${path} shows before ==> after`).toContain('==>')
    expect(existsSync(`test/${path.replace(/\.ts$/, '.test.ts')}`), `${path} has a test`).toBe(true)
  }
})

test('dependencies are few, and every version is exact', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(Object.keys(manifest.dependencies)).toEqual([
    '@aws-sdk/client-s3',
    'apache-arrow',
    'commander',
    'csv-parse',
    'hyparquet',
    'hyparquet-compressors',
    'hyparquet-writer',
    'lru-cache',
    're2js',
  ])
  for (const version of Object.values({ ...manifest.dependencies, ...manifest.devDependencies })) {
    expect(version).toMatch(/^\d+\.\d+\.\d+(-r\.\d+)?$/)
  }
  expect(manifest.scripts.install ?? manifest.scripts.postinstall).toBeUndefined()
})

test('no test is skipped or alone', () => {
  const marked = files('test').filter((path) =>
    /\b(test|it|describe)\.(skip|only|todo)\b/.test(
      path === 'house.test.ts' ? '' : readFileSync(join('test', path), 'utf8'),
    ),
  )
  expect(marked).toEqual([])
})

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}
