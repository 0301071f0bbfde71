// What somebody does who has never seen this: packs the package, installs it in an empty folder, and
// asks a CSV file a question, by import, by require, and with the compiler looking. Prints the seconds
// of each step, and fails at the first that does not work. Needs `npm run build` and a registry.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const here = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'graupel-stranger-'))
const EXPECTED = '[{"city":"Ulm","total":7.5},{"city":"Bonn","total":2.25}]'

const BODY = `await using lake = await connect('memory:')
const db = await lake.database('acme/sales', { create: true })
const orders = await db.createTableFrom('orders', './orders.csv')
const rows = await orders
  .groupBy('city')
  .agg((o) => ({ total: o.amount.sum() }))
  .sort(desc('total'))
  .toArray()
console.log(JSON.stringify(rows))
`
// Node 20 does not know `await using`; plain scripts close the lake themselves.
const plain = (body) => `${body.replace('await using lake', 'const lake')}await lake.close()\n`

function run(command, args, cwd = folder) {
  return execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  }).trim()
}

function step(name, work) {
  const start = performance.now()
  work()
  console.log(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s  ${name}`)
}

function answers(file) {
  const printed = run(process.execPath, [file])
  if (printed !== EXPECTED) throw new Error(`${file} printed ${printed}, expected ${EXPECTED}`)
}

try {
  step('npm pack', () => run('npm', ['pack', '--silent', '--pack-destination', folder], here))
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  writeFileSync(join(folder, 'orders.csv'), 'city,amount\nUlm,5.00\nBonn,2.25\nUlm,2.50\n')
  step('npm install', () => run('npm', ['install', '--silent', '--no-audit', `./${tarball}`]))
  const imported = `import { connect, desc } from 'graupel'\n`
  writeFileSync(join(folder, 'ask.mjs'), imported + plain(BODY))
  step('import: CSV to answer', () => answers('ask.mjs'))
  const required = `const { connect, desc } = require('graupel')\n`
  const inside = `async function main() {\n${plain(BODY)}}\nmain()\n`
  writeFileSync(join(folder, 'ask.cjs'), required + inside)
  step('require: CSV to answer', () => answers('ask.cjs'))
  step('npx graupel --help', () => {
    const help = run(process.execPath, ['node_modules/graupel/dist/cli/main.js', '--help'])
    if (!help.includes('graupel load ./lake')) throw new Error(`the command line says ${help}`)
  })
  writeFileSync(
    join(folder, 'ask.mts'),
    `${imported}import 'graupel/plot'\nimport 'graupel/testing'\n${BODY}`,
  )
  const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext']
  const libraries = ['--lib', 'es2023,esnext.disposable', '--types', 'node', '--skipLibCheck']
  step('npm install typescript@6.0.3 @types/node', () =>
    run('npm', ['install', '--silent', '--no-audit', 'typescript@6.0.3', '@types/node@20']),
  )
  step('tsc', () => run('npx', ['tsc', ...options, ...libraries, 'ask.mts']))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
