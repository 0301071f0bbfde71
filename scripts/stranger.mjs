// What somebody does who has never seen this: packs the package, installs it in an empty folder, and
// asks a CSV file a question, by import, by require, and with the compiler looking. Prints the seconds
// of each step, and fails at the first that does not work. Needs `npm run build` and a registry.
// With `--matrix` also under newer versions of Node and every compiler that users may have.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const here = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'graupel-stranger-'))
const COMPILERS = ['5.4.5', '5.9.3', '6.0.3', '7.0.2']
/** The package `node` gets its binary by a script; these are the packages that have it. */
const NODES = ['22.23.5', '24.22.3']
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
const WRONG = `import { connect, t } from 'graupel'
const lake = await connect('memory:')
lake.from([{ amount: 1 }], { amount: t.int32() }).filter((o) => o.amuont.gt(1))
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

function answers(file, node = process.execPath, ...options) {
  const printed = run(node, [...options, file])
  if (printed !== EXPECTED) throw new Error(`${file} printed ${printed}, expected ${EXPECTED}`)
}

function install(...packages) {
  // Nothing of it is kept in package.json, so that what npm leaves out of one call stays.
  run('npm', ['install', '--silent', '--no-audit', '--ignore-scripts', ...packages])
}

/** The compiler of that version finds the types, and a wrong name. */
function compiles(version) {
  const alias = `typescript-${version.replaceAll('.', '-')}`
  step(`npm install typescript@${version}`, () =>
    install(`${alias}@npm:typescript@${version}`, '@types/node@20.19.43'),
  )
  const manifest = join(folder, 'node_modules', alias, 'package.json')
  const tsc = join('node_modules', alias, JSON.parse(readFileSync(manifest, 'utf8')).bin.tsc)
  const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext']
  const libraries = ['--lib', 'es2023,esnext.disposable', '--types', 'node', '--skipLibCheck']
  const compile = (file) => run(process.execPath, [tsc, ...options, ...libraries, file])
  step(`tsc ${version}`, () => compile('all.mts'))
  step(`tsc ${version} refuses a wrong name`, () => {
    let found = ''
    try {
      compile('wrong.mts')
    } catch (error) {
      found = error.stdout
    }
    if (!found.includes("'amuont'")) throw new Error(`wrong.mts: the compiler says ${found}`)
  })
}

function runsOn(version) {
  const platform = `node-${process.platform}-${process.arch}`
  const alias = `node-${version.replaceAll('.', '-')}`
  step(`npm install ${platform}@${version}`, () => install(`${alias}@npm:${platform}@${version}`))
  const node = join(folder, 'node_modules', alias, 'bin/node')
  step(`node ${version}: import`, () => answers('ask.mjs', node))
  step(`node ${version}: require`, () => answers('ask.cjs', node))
  step(`node ${version}: tsx`, () => answers('ask.mts', node, '--import', 'tsx'))
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
  const typed = `${imported}${BODY}`
  writeFileSync(join(folder, 'ask.mts'), typed)
  const all = `${imported}import 'graupel/plot'\nimport 'graupel/testing'\n${BODY}`
  writeFileSync(join(folder, 'all.mts'), all)
  writeFileSync(join(folder, 'wrong.mts'), WRONG)
  step('npm install tsx', () => install('tsx@4.23.15'))
  step('tsx: CSV to answer', () => answers('ask.mts', process.execPath, '--import', 'tsx'))
  const matrix = process.argv.includes('--matrix')
  for (const version of matrix ? COMPILERS : ['6.0.3']) compiles(version)
  for (const version of matrix ? NODES : []) runsOn(version)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
