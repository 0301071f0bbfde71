import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { expect, test } from 'vitest'

/** Names of the methods that an interface declares. */
function methodsOf(path: string, wanted: string): string[] {
  const text = readFileSync(path, 'utf8')
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)
  const found = file.statements.find(
    (node): node is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(node) && node.name.text === wanted,
  )
  const names = found?.members.filter(ts.isMethodSignature).map(({ name }) => name) ?? []
  return [...new Set(names.filter(ts.isIdentifier).map(({ text }) => text))]
}

const refused = readFileSync('test/types/refused.test-d.ts', 'utf8')
const cases = [...refused.matchAll(/@ts-expect-error ([\w.]+):/g)].map(([, name]) => name)

test.each([
  ['src/frame/data-frame.ts', 'DataFrame', 40],
  ['src/frame/data-frame.ts', 'GroupedFrame', 1],
  ['src/frame/data-frame.ts', 'GroupingSets', 1],
  ['src/frame/table.ts', 'Table', 15],
  ['src/frame/database.ts', 'Database', 8],
] as const)('%s: every method of %s has a call that the compiler refuses', (path, name, least) => {
  const methods = methodsOf(path, name)
  expect(methods.length).toBeGreaterThanOrEqual(least)
  expect(methods.filter((method) => !cases.includes(method))).toEqual([])
})
