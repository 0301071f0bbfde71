import { expect, test } from 'vitest'
import { compile } from './compile.ts'

const COLUMNS = 100

/** A table of 100 columns, and verbs in turn, `steps` of them, in one chain. */
function chain(steps: number): string {
  const columns = Array.from({ length: COLUMNS }, (_, at) => `c${at}: t.int64()`).join(', ')
  const verbs = Array.from({ length: steps }, (_, at) => {
    const column = `c${at % COLUMNS}`
    switch (at % 5) {
      case 0:
        return `.withColumns(o => ({ x${at}: o.${column}.add(1) }))`
      case 1:
        return `.filter(o => o.${column}.gt(${at}))`
      case 2:
        return `.withColumns(o => ({ ${column}: o.${column}.mul(2) }))`
      case 3:
        return `.sort('${column}')`
      default:
        return `.join(small, { on: '${column}', how: 'left', suffix: '_${at}' })`
    }
  })
  const keys = Array.from({ length: COLUMNS }, (_, at) => `c${at}: t.int64()`).filter(
    (_, at) => at % 5 === 4,
  )
  return `
    import { type Database, t } from '../../src/index.ts'
    declare const db: Database
    const wide = await db.createTable('wide', { ${columns} })
    const small = await db.createTable('small', { ${keys.join(', ')} })
    export const last = await wide${verbs.join('')}.select('c0').toArray()
    ${steps === 0 ? 'void small' : ''}
  `
}

const base = compile(chain(0)).instantiations

test('a pattern over the names of 100 columns takes less than 7,600 type instantiations', () => {
  const text = chain(0).replace('.select(', ".selectLike('%9%').select(").replace("'c0'", "'c90'")
  const { errors, instantiations } = compile(text)
  expect(errors).toEqual([])
  expect(instantiations - base).toBeLessThan(7600)
})

// 37,924 and 167,028 when this was written; a budget is 1.5 times that. More means that some verb's
// type is no longer one mapped type per step.
test.each([
  [20, 57_000],
  [60, 250_000],
])('%i steps over 100 columns take less than %i type instantiations', (steps, budget) => {
  const { errors, instantiations } = compile(chain(steps))
  expect(errors).toEqual([])
  expect(instantiations - base).toBeLessThan(budget)
})
