// Builds the site into site/dist: the pages of docs/, the examples, and the API out of the source.
// Fails on a link to a page that is not there. Needs `npm ci` here and in the folder above.
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const here = import.meta.dirname
const root = resolve(here, '..')
const source = join(here, '.src')
const LINK = /\[([^\]]*)\]\(([^)#:\s]+)(#[^)]*)?\)/g
const node = (script, ...args) =>
  execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' })
const installed = (path) => join(here, 'node_modules', path)

rmSync(source, { recursive: true, force: true })
cpSync(join(root, 'docs'), source, { recursive: true })
cpSync(join(here, 'index.md'), join(source, 'index.md'))
cpSync(join(root, 'CHANGELOG.md'), join(source, 'changelog.md'))
cpSync(join(root, 'CONTRIBUTING.md'), join(source, 'contributing.md'))

mkdirSync(join(source, 'examples'))
for (const name of readdirSync(join(root, 'examples'))) {
  const code = readFileSync(join(root, 'examples', name), 'utf8')
  const title = `# examples/${name}`
  const page = `${title}\n\nRun with the tests, as it stands.\n\n\`\`\`ts\n${code}\`\`\`\n`
  writeFileSync(join(source, 'examples', `${name.replace(/\.tsx?$/, '')}.md`), page)
}

const decisions = readdirSync(join(source, 'decisions')).sort()
const titles = decisions.map((name) => {
  const [, title] = /^# (.*)$/m.exec(readFileSync(join(source, 'decisions', name), 'utf8'))
  return `- [${title}](./${name})`
})
writeFileSync(join(source, 'decisions/index.md'), `# Decisions\n\n${titles.join('\n')}\n`)

for (const path of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
  if (!path.endsWith('.md')) continue
  const file = join(source, path)
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replaceAll(LINK, (...of) => linked(file, of)),
  )
}

/** A link as the site has it; a file of the repository that is no page is named, and not linked. */
function linked(file, [whole, text, target, anchor = '']) {
  if (existsSync(resolve(dirname(file), target))) {
    return target.endsWith('decisions') ? `[${text}](/decisions/index)` : whole
  }
  // Where it leads to from where the page was taken.
  const isFromRoot = ['changelog.md', 'contributing.md'].includes(relative(source, file))
  const folder = isFromRoot ? root : resolve(root, 'docs', relative(source, dirname(file)))
  const path = relative(root, resolve(folder, target))
  const page = pageOf(path)
  if (page !== undefined) return `[${text}](${page}${anchor})`
  return existsSync(join(root, path)) ? text : whole
}

function pageOf(path) {
  if (path === 'CHANGELOG.md' || path === 'CONTRIBUTING.md')
    return `/${path.slice(0, -3).toLowerCase()}`
  const [, inDocs] = /^docs\/(.*?)(?:\.md)?$/.exec(path) ?? []
  if (inDocs !== undefined) return inDocs === 'decisions' ? '/decisions/index' : `/${inDocs}`
  const [, example] = /^examples\/(.*)\.tsx?$/.exec(path) ?? []
  return example === undefined ? undefined : `/examples/${example}`
}

node(
  installed('typedoc/bin/typedoc'),
  ...['--plugin', installed('typedoc-plugin-markdown/dist/index.js')],
  ...['--entryPoints', 'src/index.ts', '--entryPoints', 'src/plot/index.ts'],
  ...['--entryPoints', 'src/testing/index.ts', '--tsconfig', 'tsconfig.json'],
  ...['--out', join(source, 'api'), '--entryFileName', 'index', '--readme', 'none'],
  ...['--excludeInternal', '--disableSources', '--githubPages', 'false', '--logLevel', 'Warn'],
  ...['--name', 'graupel', '--sanitizeComments', 'true', '--validation.notExported', 'false'],
)
node(installed('vitepress/bin/vitepress.js'), 'build', here)
